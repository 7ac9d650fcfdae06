/*
** Calls of Lua functions and coroutines.
*/
#include "crossing.h"

/* -- Calls ----------------------------------------------------------------------- */

TValue* call_prepared(Request* r, lua_State* L, int32_t nargs) {
  r->skip = 1;
  vm_check_collector(L); /* it was paused while the arguments were pushed */
  if (r->outermost) {
    r->prepared = true;
    return nullptr;
  }
  TValue* base = L->top - nargs;
  return vm_call_next(L, base, base - 3);
}

void push_handler(Context* c, lua_State* L) {
  setfuncV(L, L->top, c->handler);
  L->top++;
}

static TValue* step_call(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  vm_check_stack(L, 3);
  push_handler(r->c, L);
  vm_push_value(L, anchor_slot(r->c->references, r->a));
  lua_pushnil(L);
  push_slots(r->c, L, 0, r->nargs);
  return call_prepared(r, L, r->nargs);
}

int64_t bridge_call(JNIEnv* env, jclass, jobject self, int64_t context, int32_t function, int32_t nargs) {
  Context* c = (Context*)(intptr_t)context;
  int32_t n = cross_call(env, self, context, anchor_slot(c->references, function), nullptr, nargs);
  if (LJ_LIKELY(n != NOT_PLAIN)) return asking_or_in_slots(c, n);
  Request r = {};
  r.a = function;
  r.nargs = nargs;
  return asking_or_in_slots(c, cross(env, self, context, step_call, &r));
}

static bool is_callable(lua_State* L, cTValue* value) {
  if (tvisfunc(value)) return true;
  bool callable = luaL_getmetafield(L, -1, "__call") != 0;
  if (callable) lua_pop(L, 1);
  return callable;
}

static TValue* step_call_field(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  Context* c = r->c;
  vm_check_stack(L, 8);
  push_handler(c, L);
  lua_pushnil(L); /* the function */
  lua_pushnil(L);
  int32_t nargs = r->nargs;
  if (r->flags & BRIDGE_CALL_METHOD) {
    vm_push_value(L, anchor_slot(c->references, r->a));
    nargs++;
  }
  push_slots(c, L, 0, r->nargs);
  /* Only now, for a metamethod may be asked, and that may use the slots. */
  vm_check_stack(L, 4);
  vm_push_value(L, anchor_slot(c->references, r->a));
  lua_getfield(L, -1, strVdata(anchor_slot(c->references, r->b)));
  if (!tvisfunc(L->top - 1) && !is_callable(L, L->top - 1)) {
    r->status = BRIDGE_FAILED_MISSING;
    return nullptr;
  }
  lua_replace(L, -nargs - 4);
  lua_pop(L, 1);
  return call_prepared(r, L, nargs);
}

int64_t bridge_call_field(JNIEnv* env, jclass, jobject self, int64_t context, int64_t field, int32_t shape) {
  Context* c = (Context*)(intptr_t)context;
  int32_t flags = shape >> 16, nargs = shape & 0xFFFF;
  TValue* table = anchor_slot(c->references, (int32_t)(field >> 32));
  cTValue* function = vm_get_field(tabV(table), strV(anchor_slot(c->references, (int32_t)field)));
  if (LJ_LIKELY(function && tvisfunc(function))) {
    int32_t n = cross_call(env, self, context, function, flags & BRIDGE_CALL_METHOD ? table : nullptr, nargs);
    if (LJ_LIKELY(n != NOT_PLAIN)) return asking_or_in_slots(c, n);
  }
  Request r = {};
  r.a = (int32_t)(field >> 32);
  r.b = (int32_t)field;
  r.flags = flags;
  r.nargs = nargs;
  return asking_or_in_slots(c, cross(env, self, context, step_call_field, &r));
}

int32_t bridge_parameter_count(int64_t context, int32_t function) {
  GCfunc* fn = funcV(anchor_slot(((Context*)(intptr_t)context)->references, function));
  return isluafunc(fn) && !(funcproto(fn)->flags & PROTO_VARARG) ? funcproto(fn)->numparams : -1;
}

/* -- Coroutines ------------------------------------------------------------------------ */

TValue* step_take_resumed(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  lua_State* co = threadV(anchor_slot(r->c->references, r->a));
  int status = r->nargs;
  int32_t n = status > LUA_YIELD ? 1 : (int32_t)(co->top - co->base);
  vm_check_stack(L, n);
  lua_xmove(co, L, n);
  r->c->shared->yielded = status == LUA_YIELD;
  if (status > LUA_YIELD) {
    record_frames(co, 0);
    lj_err_throw(L, status);
  }
  return nullptr;
}

static TValue* step_resume(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  Context* c = r->c;
  lua_State* co = threadV(anchor_slot(c->references, r->a));
  static const char* const refusal[] = {nullptr, "cannot resume running coroutine",
      "cannot resume non-suspended coroutine", "cannot resume dead coroutine", nullptr};
  const char* refused = refusal[vm_coroutine_status(L, co)];
  if (refused) luaL_error(L, "%s", refused);
  if (!lua_checkstack(co, r->nargs + 1)) luaL_error(L, "too many arguments to resume");
  push_slots(c, co, 0, r->nargs);
  c->L = co;
  r->nargs = vm_resume(co, r->nargs);
  c->L = L;
  return step_take_resumed(L, nullptr, r);
}

int32_t bridge_resume(JNIEnv* env, jclass, jobject self, int64_t context, int32_t thread, int32_t nargs) {
  Request r = {};
  r.a = thread;
  r.nargs = nargs;
  return cross(env, self, context, step_resume, &r);
}

static TValue* step_new_coroutine(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  vm_check_stack(L, 1);
  lua_State* co = lua_newthread(L);
  vm_push_value(co, anchor_slot(r->c->references, r->a));
  return nullptr;
}

int32_t bridge_new_coroutine(JNIEnv* env, jclass, jobject self, int64_t context, int32_t function) {
  Request r = {};
  r.a = function;
  r.repeatable = true;
  return cross(env, self, context, step_new_coroutine, &r);
}

static TValue* step_coroutine_function(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  lua_State* co = threadV(anchor_slot(r->c->references, r->a));
  vm_check_stack(L, 1);
  if (vm_coroutine_status(L, co) == VM_NOT_STARTED && tvisfunc(co->base))
    vm_push_value(L, co->base);
  else
    r->status = BRIDGE_FAILED_MISSING;
  return nullptr;
}

int32_t bridge_coroutine_function(JNIEnv* env, jclass, jobject self, int64_t context, int32_t thread) {
  Request r = {};
  r.a = thread;
  return cross(env, self, context, step_coroutine_function, &r);
}

int32_t bridge_coroutine_status(int64_t context, int32_t thread) {
  Context* c = (Context*)(intptr_t)context;
  return vm_coroutine_status(c->L, threadV(anchor_slot(c->references, thread)));
}
