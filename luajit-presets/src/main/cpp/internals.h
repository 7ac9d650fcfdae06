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

/* A new table with the same entries in the same places, without a metatable. */
static inline void vm_push_copy(lua_State* L, GCtab* table) {
  settabV(L, L->top, lj_tab_dup_helper(L, table, 1));
  L->top++;
}

/* Whether that is what a table still is. */
static inline bool vm_is_copy(GCtab* table, GCtab* original) {
  if (tabref(table->metatable) || table->asize != original->asize || table->hmask != original->hmask) return false;
  for (MSize i = 0; i < table->asize; i++)
    if (arrayslot(table, i)->u64 != arrayslot(original, i)->u64) return false;
  const Node *node = noderef(table->node), *other = noderef(original->node);
  for (MSize i = 0; i <= table->hmask; i++)
    if (node[i].val.u64 != other[i].val.u64 || (node[i].key.u64 != other[i].key.u64 && !tvisnil(&node[i].val)))
      return false;
  return true;
}

/* Whether a value leads to nothing but numbers, strings, booleans and plain tables, as far as so many values tell. */
static inline bool vm_is_data(cTValue* value, int32_t* most) {
  if (--*most < 0) return false;
  if (!tvistab(value)) return tvisnumber(value) || tvisstr(value) || tvispri(value);
  GCtab* table = tabV(value);
  if (tabref(table->metatable) || table->asize > (MSize)*most || table->hmask > (MSize)*most) return false;
  for (MSize i = 0; i < table->asize; i++)
    if (!vm_is_data(arrayslot(table, i), most)) return false;
  const Node* node = noderef(table->node);
  for (MSize i = 0; i <= table->hmask; i++)
    if (!tvisnil(&node[i].val) && !(vm_is_data(&node[i].key, most) && vm_is_data(&node[i].val, most))) return false;
  return true;
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

/* -- Numbers ----------------------------------------------------------------- */

static inline void vm_push_int64(lua_State* L, uint64_t value, bool is_unsigned) {
  ctype_loadffi(L);
  GCcdata* cd = lj_cdata_new_(L, is_unsigned ? CTID_UINT64 : CTID_INT64, 8);
  *(uint64_t*)cdataptr(cd) = value;
  setcdataV(L, L->top, cd);
  L->top++;
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
