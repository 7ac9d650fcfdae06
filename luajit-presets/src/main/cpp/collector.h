/*
** Hooks, the collector, the compiler and finalizers: what runs in between, and when.
*/
#ifndef LUPA4J_COLLECTOR_H
#define LUPA4J_COLLECTOR_H

#include "internals.h"

static inline void vm_leave_hook(lua_State* L) { hook_leave(G(L)); }

static LJ_AINLINE bool vm_is_collection_due(const global_State* g) { return g->gc.total >= g->gc.threshold; }

/* Lets the collector do a step if one is due. Finalizers may run. */
static LJ_AINLINE void vm_check_collector(lua_State* L) { lj_gc_check(L); }

static inline GCSize vm_swap_threshold(lua_State* L, GCSize threshold) {
  GCSize old = G(L)->gc.threshold;
  G(L)->gc.threshold = threshold;
  return old;
}

/* Lets the next check for garbage come at once. */
static inline void vm_hurry_collector(global_State* g) {
  if (g->gc.threshold > g->gc.total) g->gc.threshold = g->gc.total;
}

/* What was alive after the last collection, in bytes. */
static inline size_t vm_memory_alive(global_State* g) { return (size_t)g->gc.estimate; }

/* To be called where the collector may run: puts the top where the function that runs needs it. */
static inline void vm_fix_top(lua_State* L) {
  if (curr_funcisL(L)) L->top = curr_topL(L);
}

static inline bool vm_jit_is_on(lua_State* L) { return (L2J(L)->flags & JIT_F_ON) != 0; }

/* Whether the compiler records a trace, which it can give up at any time. */
static LJ_AINLINE bool vm_is_recording(global_State* g) { return (G2J(g)->state & LJ_TRACE_ACTIVE) != 0; }

/* It does so with the next instruction. */
static inline void vm_abort_recording(global_State* g) {
  jit_State* J = G2J(g);
  J->state = (TraceState)(J->state & ~LJ_TRACE_ACTIVE);
}

/* What LJ_POST_FIXGUARDSNAP waits for. If it is false that turns the last entry of the snapshot from false to true: here that
** is done to the right one. */
static inline void vm_set_recorded_condition(global_State* g, MSize entry, bool condition) {
  setboolV(&g->tmptv2, condition);
  if (condition) return;
  GCtrace* trace = &G2J(g)->cur;
  const SnapShot* snap = &trace->snap[trace->nsnap - 1];
  trace->snapmap[entry]--;
  trace->snapmap[snap->mapofs + snap->nent - 1]++;
}

/* It does so now, as what runs next may be compiled code. May run handlers of events. */
static inline void vm_end_recording(lua_State* L) {
  vm_abort_recording(G(L));
  lj_trace_ins(L2J(L), L2J(L)->pc);
}

/* All compiled code is given up, and what is recorded; not from within it. */
static inline void vm_flush_traces(lua_State* L) {
  vm_abort_recording(G(L));
  lj_trace_flushall(L);
}

static inline bool vm_in_finalizer(global_State* g) { return g->hookmask & HOOK_GC; }

/* Whether a finalizer is C code, of the bridge or of LuaJIT's libraries, that runs no Lua code. */
static inline bool vm_is_quick_finalizer(cTValue* finalizer) {
  if (!tvisfunc(finalizer)) return false;
  uint8_t id = funcV(finalizer)->c.ffid;
  return id == FF_C || id == FF_io_method___gc || id == FF_buffer_method___gc || id == FF_ffi_clib___gc;
}

/* Moves what has a finalizer to those that wait for it. Returns whether there are any in Lua. Values of the ffi library
** may wait already. */
static inline bool vm_separate_finalizers(lua_State* L) {
  global_State* g = G(L);
  lj_gc_separateudata(g, 1);
  GCobj* last = gcref(g->gc.mmudata);
  for (GCobj* o = last; o;) {
    o = gcnext(o);
    if (o->gch.gct == (uint8_t)~LJ_TCDATA) return true;
    cTValue* finalizer = lj_meta_fastg(g, tabref(gco2ud(o)->metatable), MM_gc);
    if (finalizer && !vm_is_quick_finalizer(finalizer)) return true;
    if (o == last) break;
  }
  GCtab* of_cdata = tabref(g->gcroot[GCROOT_FFI_FIN]);
  for (MSize i = 0; of_cdata && i <= of_cdata->hmask; i++)
    if (tviscdata(&noderef(of_cdata->node)[i].key) && !tvisnil(&noderef(of_cdata->node)[i].val)) return true;
  return false;
}

/* To be called in a step: runs the finalizers that wait. */
static inline void vm_run_finalizers(lua_State* L) {
  lj_gc_finalize_cdata(L);
  lj_gc_finalize_udata(L);
}

static inline bool vm_has_finalizers(lua_State* L) { return gcref(G(L)->gc.mmudata) != nullptr; }

/* No finalizer runs any more: see __wrap_lj_vm_pcall. */
static inline void vm_end_finalizers(lua_State* L) { G(L)->cstack_limit = (void*)UINTPTR_MAX; }

/* Whether no function runs on the main thread. */
static inline bool vm_is_idle(lua_State* main) { return main->base == tvref(main->stack) + 1 + LJ_FR2; }

/* Frees the buffer in which strings are put together: it stays as large as the largest of them was. Not while a string
** is being put together. */
static inline void vm_free_buffer(lua_State* L) {
  global_State* g = G(L);
  lj_buf_free(g, &g->tmpbuf);
  lj_buf_init(nullptr, &g->tmpbuf);
}

/* Opens the ffi library, if it is not yet, apart from what `require` knows. May raise. */
static inline void vm_open_ffi(lua_State* L) { ctype_loadffi(L); }

/* Pops the function that is told of errors in finalizers. */
static inline void vm_set_finalizer_handler(lua_State* L) {
  lua_getfield(L, LUA_REGISTRYINDEX, LJ_VMEVENTS_REGKEY);
  lua_insert(L, -2);
  lua_rawseti(L, -2, VMEVENT_HASH(LJ_VMEVENT_ERRFIN));
  lua_pop(L, 1);
}

#endif
