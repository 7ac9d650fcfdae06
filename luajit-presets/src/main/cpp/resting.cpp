/*
** Functions that rest: the globals of the chunk that made them serve others, until they are used again. See vm/Origin.java.
*/
#include "parts.h"

enum { MOST_RESTING = 100 }; /* functions and values that one leads to */

static void set_globals(lua_State* L, GCfunc* fn, GCtab* globals) {
  setgcref(fn->l.env, obj2gco(globals));
  lj_gc_objbarrier(L, obj2gco(fn), globals);
}

static bool detach(Context* c, cTValue* value, GCtab* globals, int32_t* most);

static bool detach_function(Context* c, GCfunc* fn, GCtab* globals, int32_t* most) {
  if (tabref(fn->l.env) == c->nowhere) return true;
  if (tabref(fn->l.env) != globals || --*most < 0) return false;
  set_globals(c->L, fn, c->nowhere);
  for (int32_t i = 0; i < fn->l.nupvalues; i++) {
    GCupval* upvalue = gco2uv(gcref(fn->l.uvptr[i]));
    if (!upvalue->closed || !detach(c, uvval(upvalue), globals, most)) return false;
  }
  return true;
}

/* Takes their globals from the Lua functions that a value leads to. False if it leads to them in a way that attach() does not
** find, with only a part of it done. */
static bool detach(Context* c, cTValue* value, GCtab* globals, int32_t* most) {
  if (tvisfunc(value)) {
    GCfunc* fn = funcV(value);
    return isluafunc(fn) ? detach_function(c, fn, globals, most) : !fn->c.nupvalues && tabref(fn->c.env) != globals;
  }
  if (tvisudata(value)) return object_id(c, value) != 0;
  return vm_is_data(value, most);
}

static void attach(Context* c, cTValue* value, GCtab* globals) {
  if (!tvisfunc(value) || !isluafunc(funcV(value)) || tabref(funcV(value)->l.env) != c->nowhere) return;
  GCfunc* fn = funcV(value);
  set_globals(c->L, fn, globals);
  for (int32_t i = 0; i < fn->l.nupvalues; i++) attach(c, uvval(gco2uv(gcref(fn->l.uvptr[i]))), globals);
}

int32_t bridge_rest(int64_t context, int32_t value, int32_t chunk, int32_t globals) {
  Context* c = (Context*)(intptr_t)context;
  cTValue* tv = anchor_slot(c->references, value);
  GCtab* env = tabV(anchor_slot(c->references, globals));
  int32_t most = MOST_RESTING;
  if (!tvisfunc(tv)) return vm_is_data(tv, &most) ? BRIDGE_REST_DATA : BRIDGE_REST_NONE;
  GCfunc* fn = funcV(tv);
  if (!isluafunc(fn)) return BRIDGE_REST_NONE;
  if (chunk && !fn->l.nupvalues && tabref(fn->l.env) == env) {
    int32_t number = vm_child_number(funcproto(funcV(anchor_slot(c->references, chunk))), funcproto(fn));
    if (number >= 0) return number;
  }
  if (detach(c, tv, env, &most)) return BRIDGE_REST_DETACHED;
  attach(c, tv, env);
  return BRIDGE_REST_NONE;
}

void bridge_attach(int64_t context, int32_t function, int32_t globals) {
  Context* c = (Context*)(intptr_t)context;
  attach(c, anchor_slot(c->references, function), tabV(anchor_slot(c->references, globals)));
}

static TValue* step_new_child(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  GCtab* references = r->c->references;
  vm_check_stack(L, 1);
  vm_push_child(L, funcproto(funcV(anchor_slot(references, r->a))), r->nargs, tabV(anchor_slot(references, r->b)));
  return nullptr;
}

int32_t bridge_new_child(JNIEnv* env, jclass, jobject self, int64_t context, int32_t chunk, int32_t number, int32_t globals) {
  Request r = {};
  r.a = chunk;
  r.b = globals;
  r.nargs = number;
  r.repeatable = true;
  return cross(env, self, context, step_new_child, &r);
}
