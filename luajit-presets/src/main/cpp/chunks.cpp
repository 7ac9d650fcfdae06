/*
** Chunks that run with globals of their own, and what their code tells.
*/
#include "crossing.h"

/* -- Variables that are set while they run --------------------------------------------- */

static void preset(Context* c, lua_State* L, const Presets* presets) {
  for (uint64_t rest = presets->which; rest; rest &= rest - 1) {
    int32_t i = __builtin_ctzll(rest);
    push_slots(c, L, i, 1);
    copyTV(L, lj_tab_setstr(L, presets->globals, strV(vm_get_item(presets->names, i + 1))), L->top - 1);
    lj_gc_anybarriert(L, presets->globals);
    L->top--;
  }
}

void end_presets(Context* c) {
  const Presets* presets = &c->presets;
  for (uint64_t rest = presets->which; rest; rest &= rest - 1) {
    int32_t i = __builtin_ctzll(rest);
    TValue* variable = (TValue*)vm_get_field(presets->globals, strV(vm_get_item(presets->names, i + 1)));
    if (variable) setnilV(variable);
  }
  c->presets.which = 0;
}

static void take_presets_away(Context* c) {
  if (c->presets.until_java) {
    begin_change(c);
    c->shared->presets_lost = 1;
  }
  end_presets(c);
}

LJ_NOINLINE void lose_presets(Context* c, lua_State* L) {
  TValue function;
  setfuncV(L, &function, curr_func(L));
  int32_t method, object;
  if (find_callee(c, &function, &method, &object) && !method && c->entries[object].quiet) return;
  take_presets_away(c);
}

void bridge_take_presets(int64_t context) {
  Context* c = (Context*)(intptr_t)context;
  if (c->presets.which) take_presets_away(c);
}

/* -- Running --------------------------------------------------------------------------- */

static TValue* step_run(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  Context* c = r->c;
  GCtab* globals = tabV(anchor_slot(c->references, r->b));
  vm_check_stack(L, 4);
  if (r->data) {
    c->presets = *(const Presets*)r->data;
    preset(c, L, &c->presets);
  }
  push_handler(c, L);
  GCfunc* chunk = funcV(anchor_slot(c->references, r->a));
  if (!isluafunc(chunk)) luaL_error(L, "a chunk must be written in Lua");
  vm_push_instance(L, funcproto(chunk), globals);
  lua_pushnil(L);
  push_slots(c, L, 0, r->nargs);
  setgcref(L->env, obj2gco(globals));
  lj_gc_objbarrier(L, obj2gco(L), globals);
  return call_prepared(r, L, r->nargs);
}

void restore_globals(lua_State* L, ptrdiff_t kept) {
  TValue* outer = restorestack(L, kept);
  L->top = outer;
  setgcref(L->env, obj2gco(tabV(outer)));
  lj_gc_objbarrier(L, obj2gco(L), tabV(outer));
}

static int64_t run(JNIEnv* env, jobject self, int64_t context, int32_t chunk, int32_t globals, int32_t nargs,
    const Presets* presets) {
  Request r = {};
  r.a = chunk;
  r.b = globals;
  r.nargs = nargs;
  r.data = presets;
  /* loadstring, require and setfenv(0) of the chunk must see its globals too: they belong to the thread. */
  Context* c = (Context*)(intptr_t)context;
  lua_State* L = c->L;
  ptrdiff_t bottom = savestack(L, L->top);
  settabV(L, L->top, tabref(L->env));
  L->top++;
  int32_t n = cross(env, self, context, step_run, &r);
  if (n == BRIDGE_ASKING) {
    c->call_has_globals = true;
  } else {
    restore_globals(L, bottom);
    if (presets) end_presets(c);
  }
  return asking_or_in_slots(c, n);
}

int64_t bridge_run(
    JNIEnv* env, jclass, jobject self, int64_t context, int32_t chunk, int32_t globals, int32_t nargs) {
  return run(env, self, context, chunk, globals, nargs, nullptr);
}

int64_t bridge_run_preset(JNIEnv* env, jclass, jobject self, int64_t context, int32_t chunk, int32_t globals,
    int32_t names, int64_t which, int32_t until_java) {
  Context* c = (Context*)(intptr_t)context;
  GCtab* references = c->references;
  bridge_take_presets(context); /* of a chunk that has called a quiet function */
  Presets presets = {tabV(anchor_slot(references, globals)), tabV(anchor_slot(references, names)), (uint64_t)which,
      until_java != 0};
  return run(env, self, context, chunk, globals, 0, &presets);
}

/* -- Code ------------------------------------------------------------------------------ */

void bridge_repeat(int64_t context, int32_t chunk) {
  GCfunc* fn = funcV(anchor_slot(((Context*)(intptr_t)context)->references, chunk));
  if (isluafunc(fn)) vm_ignore_arguments(fn);
}

int32_t bridge_code(int64_t context, int32_t function) {
  GCfunc* fn = funcV(anchor_slot(((Context*)(intptr_t)context)->references, function));
  if (!isluafunc(fn)) return 0;
  GCproto* proto = funcproto(fn);
  return (proto->flags & PROTO_CHILD ? BRIDGE_CODE_DEFINES_FUNCTIONS : 0) |
         (vm_sets_items(proto) ? BRIDGE_CODE_SETS_ITEMS : 0);
}

static TValue* step_global_names(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  GCfunc* chunk = funcV(anchor_slot(r->c->references, r->a));
  vm_check_stack(L, 4);
  lua_createtable(L, 0, 8);
  if (isluafunc(chunk)) vm_collect_globals_of_chunk(L, funcproto(chunk));
  return nullptr;
}

int32_t bridge_global_names(JNIEnv* env, jclass, jobject self, int64_t context, int32_t chunk) {
  Request r = {};
  r.a = chunk;
  r.repeatable = true;
  return cross(env, self, context, step_global_names, &r);
}
