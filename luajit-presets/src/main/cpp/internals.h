/*
** All that the bridge knows about the inside of LuaJIT. Compiled from the very source that is linked, so
** a layout cannot differ; a name that goes away stops the build here.
*/
#ifndef LUPA4J_INTERNALS_H
#define LUPA4J_INTERNALS_H

extern "C" {
#include "lauxlib.h"
#include "lua.h"
#include "luajit.h"
#include "lualib.h"

#include "lj_obj.h"

#include "lj_bc.h"
#include "lj_buf.h"
#include "lj_cdata.h"
#include "lj_ctype.h"
#include "lj_err.h"
#include "lj_ff.h"
#include "lj_frame.h"
#include "lj_func.h"
#include "lj_gc.h"
#include "lj_meta.h"
#include "lj_jit.h"
#include "lj_dispatch.h"
#include "lj_state.h"
#include "lj_strfmt.h"
#include "lj_tab.h"
#include "lj_trace.h"
#include "lj_vm.h"
#include "lj_vmevent.h"
}

/* -- The protected door ---------------------------------------------------- */

/* A step may raise freely. It returns NULL when done, or the first argument of a function to call next. */
typedef TValue* (*Step)(lua_State* L, lua_CFunction, void* data);

/* Runs a step, and the call it prepared, in protected mode; allocates nothing by itself. */
static inline int vm_protect(lua_State* L, Step step, void* data) {
  global_State* g = G(L);
  uint8_t hooks = hook_save(g);
  int status = lj_vm_cpcall(L, nullptr, data, step);
  if (LJ_UNLIKELY(status)) hook_restore(g, hooks);
  return status;
}

/* To be called last in a step: lets the function at `base` return all its results, errors going through the
** handler at `handler` first. */
static inline TValue* vm_call_next(lua_State* L, TValue* base, TValue* handler) {
  cframe_nres(L->cframe) = 0;
  cframe_errfunc(L->cframe) = (int32_t)savestack(L, handler);
  return base;
}

/* Calls the function before `base` with what lies above, all results wanted; returns its status. Past the check of the
** C stack in stack.c, which every crossing has made already. */
extern "C" int __real_lj_vm_pcall(lua_State* L, TValue* base, int nres1, ptrdiff_t handler);

static inline int vm_call_protected(lua_State* L, TValue* base, TValue* handler) {
  global_State* g = G(L);
  uint8_t hooks = hook_save(g);
  int status = __real_lj_vm_pcall(L, base, 0, savestack(L, handler));
  if (LJ_UNLIKELY(status)) hook_restore(g, hooks);
  return status;
}

/* Added by adapt-luajit.sh. */
extern "C" int lj_vm_hostrun(lua_State* L, TValue* base, int nres1, ptrdiff_t handler);

/* The same for the main thread, when nothing else runs: C functions can leave it by vm_leave, and the status is then
** LUA_YIELD. */
static inline int vm_run(lua_State* L, TValue* base, ptrdiff_t handler) {
  global_State* g = G(L);
  uint8_t hooks = hook_save(g);
  int status = lj_vm_hostrun(L, base, 0, handler);
  if (LJ_UNLIKELY(status > LUA_YIELD)) hook_restore(g, hooks);
  return status;
}

/* The next vm_run goes on after that: with results from `base` on, or if it is NULL with another call of the function
** that has left. */
static LJ_AINLINE void vm_set_left(lua_State* L) { L->status = LUA_YIELD; }

/* Whether a C function on the main thread can leave it: no other C frame is in between. */
static LJ_AINLINE bool vm_can_leave(lua_State* L) { return cframe_canyield(L->cframe) && !hook_active(G(L)); }

/* To be returned by the C function. */
static LJ_AINLINE int vm_leave(lua_State* L) {
  L->cframe = nullptr;
  return -1;
}

/* Takes all frames off a main thread that was left or has failed, which keeps the value on the top. */
static inline void vm_unwind(lua_State* L, ptrdiff_t bottom) {
  TValue* to = restorestack(L, bottom);
  lj_func_closeuv(L, to);
  copyTV(L, to, L->top - 1);
  L->base = tvref(L->stack) + 1 + LJ_FR2;
  L->top = to + 1;
  L->cframe = nullptr;
  L->status = LUA_OK;
}

/* An overflow has made the stack larger than it may be. May raise. */
static inline void vm_limit_stack(lua_State* L) { lj_state_relimitstack(L); }

/* Resumes a coroutine; what it gives, or its error value, then lies on its own stack. */
static inline int vm_resume(lua_State* co, int nargs) {
  global_State* g = G(co);
  uint8_t hooks = hook_save(g);
  int status = lua_resume(co, nargs);
  if (LJ_UNLIKELY(status > LUA_YIELD)) hook_restore(g, hooks);
  return status;
}

/* -- Stack ------------------------------------------------------------------ */

static inline bool vm_has_stack(lua_State* L, int slots) {
  return (char*)tvref(L->maxstack) - (char*)L->top > (ptrdiff_t)(slots + 8) * (ptrdiff_t)sizeof(TValue);
}

/* Makes room. May raise. */
static inline void vm_check_stack(lua_State* L, int slots) {
  if (LJ_UNLIKELY(!vm_has_stack(L, slots))) lj_state_growstack(L, (MSize)slots + 8);
}

static inline void vm_push_number_bits(lua_State* L, uint64_t bits) {
  L->top->u64 = bits;
  L->top++;
}

/* Added by adapt-luajit.sh: the chain in which a string is, if it is interned. */
extern "C" GCRef* lj_str_chain(global_State* g, const char* text, MSize length);

/* Whether the strings of a state are more than the processor has at hand. */
static inline bool vm_has_many_strings(lua_State* L) { return G(L)->str.mask >= 0x3FFF; }

/* Two steps in which what an interned string needs is fetched while other things are done: its chain, and what is first
** there. */
static inline const void* vm_fetch_chain(lua_State* L, const char* text, size_t length) {
  const GCRef* chain = lj_str_chain(G(L), text, (MSize)length);
  __builtin_prefetch(chain);
  return chain;
}

/* The string if it is interned, in the usual way; else NULL. */
static inline GCstr* vm_find_string(lua_State* L, const char* text, size_t length) {
  uintptr_t chain = gcrefu(*lj_str_chain(G(L), text, (MSize)length));
  for (GCobj* o = (GCobj*)(chain & ~(uintptr_t)1); o; o = gcnext(o)) {
    GCstr* string = gco2str(o);
    if (string->len != length || memcmp(strdata(string), text, length)) continue;
    if (isdead(G(L), o)) flipwhite(o); /* what lj_str_new does, too */
    return string;
  }
  return nullptr;
}

static inline void vm_fetch_first(const void* chain) {
  __builtin_prefetch((const void*)(gcrefu(*(const GCRef*)chain) & ~(uintptr_t)1));
}

/* Makes a slot hold a function, which it often does already. */
static LJ_AINLINE void vm_put_function(lua_State* L, TValue* slot, GCfunc* function) {
  if (LJ_UNLIKELY(!tvisfunc(slot) || funcV(slot) != function)) setfuncV(L, slot, function);
}

static inline void vm_push_value(lua_State* L, cTValue* value) {
  copyTV(L, L->top, value);
  L->top++;
}

/* -- The root ---------------------------------------------------------------------- */

/* Keeps a table and all in it, out of reach of any script. */
static inline void vm_set_root(lua_State* L, GCtab* table) {
  setgcref(G(L)->gcroot[GCROOT_HOST], obj2gco(table));
  lj_gc_anybarriert(L, table);
}

static inline void vm_push_root(lua_State* L) {
  settabV(L, L->top, tabref(G(L)->gcroot[GCROOT_HOST]));
  L->top++;
}

/* -- Anchor tables: arrays of values, indexed from 1, never rehashed --------- */

static inline bool anchor_has(GCtab* table, int32_t index) {
  return index > 0 && (MSize)index < table->asize;
}

static inline TValue* anchor_slot(GCtab* table, int32_t index) { return arrayslot(table, index); }

static inline void anchor_set(lua_State* L, GCtab* table, int32_t index, cTValue* value) {
  copyTV(L, arrayslot(table, index), value);
  lj_gc_anybarriert(L, table);
}

static inline void anchor_grow(lua_State* L, GCtab* table, int32_t size) {
  lj_tab_reasize(L, table, (uint32_t)size);
}

/* Adds one to the first item, a number. */
static LJ_AINLINE void vm_increment(GCtab* table) { arrayslot(table, 1)->n += 1; }

/* -- Fields ---------------------------------------------------------------------- */

/* The value under a string key, metatables left out; NULL or nil if there is none. */
static LJ_AINLINE cTValue* vm_get_field(GCtab* table, const GCstr* key) {
  for (Node* n = hashmask(table, key->sid); n; n = nextnode(n))
    if (tvisstr(&n->key) && strV(&n->key) == key) return &n->val;
  return nullptr;
}

/* The same under an integer. */
static LJ_AINLINE cTValue* vm_get_item(GCtab* table, int32_t index) { return lj_tab_getint(table, index); }

/* After the value of a field was changed in place. */
static inline void vm_note_change(lua_State* L, GCtab* table) {
  table->nomm = 0; /* it may be a metamethod */
  lj_gc_anybarriert(L, table);
}

static inline void vm_clear_table(GCtab* table) { lj_tab_clear(table); }

/* -- Walking --------------------------------------------------------------------- */

enum : uint32_t { VM_NO_INDEX = ~0u, VM_AHEAD = 8 };

/* Where the entries after a key begin, nil being before the first; VM_NO_INDEX when the key is not there. */
static inline uint32_t vm_table_index(GCtab* table, cTValue* key) { return lj_tab_keyindex(table, key); }

/* Finds the next entry from the index on; false at the end. A key of the array part has its place in `number`. */
static inline bool vm_table_next(
    GCtab* table, uint32_t* index, cTValue** key, cTValue** value, TValue* number) {
  uint32_t i = *index;
  for (; i < table->asize; i++) {
    *value = arrayslot(table, i);
    if (tvisnil(*value)) continue;
    setnumV(number, (lua_Number)i);
    *key = number;
    *index = i + 1;
    return true;
  }
  for (i -= table->asize; i <= table->hmask; i++) {
    const Node* n = &noderef(table->node)[i];
    /* The strings of a large table lie anywhere. */
    if (i + VM_AHEAD <= table->hmask) __builtin_prefetch((const void*)(n[VM_AHEAD].key.u64 & LJ_GCVMASK));
    if (tvisnil(&n->val)) continue;
    *key = &n->key;
    *value = &n->val;
    *index = table->asize + i + 1;
    return true;
  }
  *index = table->asize + i;
  return false;
}

/* Whether the running C function is __index of `object:name(...)`, so that what it gives is called with the object at once.
** Nothing else copies the object to a register above the one that the member goes to, and the parser has no local
** variable in a register that it calls: what comes next of that register must be the call. */
static inline bool vm_is_method_call(lua_State* L) {
  cTValue* frame = L->base - 1;
  if (!frame_iscont(frame) || frame_contf(frame) != lj_cont_ra) return false;
  const BCIns* pc = frame_contpc(frame);
  BCIns get = pc[-1], move = pc[-2];
  BCReg function = bc_a(get);
  if (bc_op(get) != BC_TGETS || bc_op(move) != BC_MOV) return false;
  if (bc_a(move) != function + 1 + LJ_FR2 || bc_d(move) != bc_b(get)) return false;
  for (;; pc++) {
    BCOp op = bc_op(*pc);
    if (op == BC_CALLT || op == BC_CALLMT) return bc_a(*pc) == function;
    if (op == BC_CALL || op == BC_CALLM) {
      if (bc_a(*pc) <= function) return bc_a(*pc) == function;
    } else if (op >= BC_RETM && op != BC_JMP) {
      return false; /* returns and loops: a function ends with one, as the compiler has left it, or with a tail call */
    } else if (bcmode_a(op) == BCMdst ? bc_a(*pc) == function : bcmode_a(op) == BCMbase && bc_a(*pc) <= function) {
      return false;
    }
  }
}

/* -- Userdata --------------------------------------------------------------------- */

/* A new userdata without a metatable, or NULL. Never raises, and leaves the stack alone. */
static inline GCudata* vm_try_userdata(lua_State* L, MSize size) {
  global_State* g = G(L);
  MSize total = sizeof(GCudata) + size;
  GCudata* ud = (GCudata*)g->allocf(g->allocd, nullptr, 0, total);
  if (LJ_UNLIKELY(!ud)) return nullptr;
  g->gc.total += total;
  newwhite(g, ud);
  ud->gct = (uint8_t)~LJ_TUDATA;
  ud->udtype = UDTYPE_USERDATA;
  ud->len = size;
  setgcrefnull(ud->metatable);
  setgcrefr(ud->env, L->env);
  setgcrefr(ud->nextgc, mainthread(g)->nextgc); /* as lj_udata_new has it */
  setgcref(mainthread(g)->nextgc, obj2gco(ud));
  return ud;
}

/* -- Functions --------------------------------------------------------------- */

/* The frame that lua_getstack has found. */
static inline cTValue* vm_frame(lua_State* L, const lua_Debug* frame) {
  return tvref(L->stack) + (frame->i_ci & 0xffff);
}

/* The coroutine that a frame of coroutine.wrap's function resumes, if an error has ended it; else NULL. */
static inline lua_State* vm_failed_coroutine(cTValue* frame) {
  GCfunc* fn = frame_func(frame);
  if (fn->c.ffid != FF_coroutine_wrap_aux) return nullptr;
  lua_State* co = threadV(&fn->c.upvalue[0]);
  return co->status > LUA_YIELD ? co : nullptr;
}

/* A new instance of a chunk (a Lua function without upvalues) with other globals. */
static inline void vm_push_instance(lua_State* L, GCfunc* chunk, GCtab* globals) {
  GCfunc* instance = lj_func_newL_empty(L, funcproto(chunk), globals);
  setfuncV(L, L->top, instance);
  L->top++;
}

static inline bool vm_is_tail_call(BCOp op) { return op == BC_CALLT || op == BC_CALLMT; }

/* Whether a chunk of the form `return <expressions>` ends in a tail call. */
static inline bool vm_returns_by_tail_call(GCfunc* chunk) {
  GCproto* proto = funcproto(chunk);
  return vm_is_tail_call(bc_op(proto_bc(proto)[proto->sizebc - 1]));
}

/* A tail call would take the chunk's own frame off the stack, and with it the line in error messages. Given
** `do return f() end local _`, turns the tail call into a call and what follows it into its return. */
static inline void vm_keep_frame(GCfunc* chunk) {
  GCproto* proto = funcproto(chunk);
  if (proto->sizebc < 4) return;
  BCIns* ins = proto_bc(proto) + proto->sizebc - 3;
  BCOp op = bc_op(ins[0]);
  if (!vm_is_tail_call(op)) return;
  BCReg base = bc_a(ins[0]);
  ins[0] = BCINS_ABC(op == BC_CALLT ? BC_CALL : BC_CALLM, base, 0, bc_d(ins[0]));
  ins[1] = BCINS_AD(BC_RETM, base, 0);
}

/* -- Numbers ----------------------------------------------------------------- */

static inline void vm_push_int64(lua_State* L, uint64_t value, bool is_unsigned) {
  ctype_loadffi(L);
  GCcdata* cd = lj_cdata_new_(L, is_unsigned ? CTID_UINT64 : CTID_INT64, 8);
  *(uint64_t*)cdataptr(cd) = value;
  setcdataV(L, L->top, cd);
  L->top++;
}

/* -- Hooks and the collector ------------------------------------------------------ */

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

/* What LJ_POST_FIXGUARDSNAP waits for. */
static inline void vm_set_recorded_condition(global_State* g, bool condition) { setboolV(&g->tmptv2, condition); }

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

/* -- Facts -------------------------------------------------------------------- */

static inline int64_t vm_memory_used(lua_State* L) { return (int64_t)G(L)->gc.total; }

static inline int32_t vm_trace_count(lua_State* L) {
  jit_State* J = L2J(L);
  int32_t count = 0;
  for (MSize i = 1; i < J->sizetrace; i++) count += traceref(J, i) != nullptr;
  return count;
}

/* What coroutine.status decides, and whether a suspended one was never started. */
enum { VM_SUSPENDED = 0, VM_RUNNING = 1, VM_NORMAL = 2, VM_DEAD = 3, VM_NOT_STARTED = 4 };

static inline int32_t vm_coroutine_status(lua_State* current, lua_State* co) {
  if (co == current) return VM_RUNNING;
  if (co->status == LUA_YIELD) return VM_SUSPENDED;
  if (co->status != LUA_OK) return VM_DEAD;
  if (co->base > tvref(co->stack) + 1 + LJ_FR2) return VM_NORMAL;
  return co->top == co->base ? VM_DEAD : VM_NOT_STARTED;
}

#endif
