/*
** Functions that rest: the globals of the chunk that made them serve others, until they are used again. See vm/Origin.java.
*/
#include "parts.h"

enum {
  MOST_DATA = 100,   /* values of a table without functions */
  MOST_RESTING = 200 /* functions, and values of tables, that a value leads to */
};

static void set_globals(lua_State* L, GCfunc* fn, GCtab* globals) {
  setgcref(fn->l.env, obj2gco(globals));
  lj_gc_objbarrier(L, obj2gco(fn), globals);
}

/* What detach() has found, and may still find. */
struct Detaching {
  Context* c;
  GCtab* globals;
  int32_t most;
};

static bool detach(Detaching* d, cTValue* value);

static bool detach_function(Detaching* d, GCfunc* fn) {
  if (!isluafunc(fn)) return !fn->c.nupvalues && tabref(fn->c.env) != d->globals;
  if (tabref(fn->l.env) == d->c->nowhere) return true;
  if (tabref(fn->l.env) != d->globals || --d->most < 0) return false;
  set_globals(d->c->L, fn, d->c->nowhere);
  for (int32_t i = 0; i < fn->l.nupvalues; i++) {
    GCupval* upvalue = gco2uv(gcref(fn->l.uvptr[i]));
    if (!upvalue->closed || !detach(d, uvval(upvalue))) return false;
  }
  return true;
}

static bool detach_item(Detaching* d, cTValue* value) {
  if (tvisfunc(value)) return isluafunc(funcV(value)) && detach_function(d, funcV(value));
  if (tvisudata(value)) return object_id(d->c, value) != 0;
  return vm_is_data(value, &d->most);
}

/* A table may have functions, as modules do, but no tables that have some. One that has functions of C can be the globals' own
** copy of a library. */
static bool detach_table(Detaching* d, GCtab* table) {
  if (tabref(table->metatable) || table->asize > MOST_RESTING || table->hmask > MOST_RESTING) return false;
  for (MSize i = 0; i < table->asize; i++)
    if (!detach_item(d, arrayslot(table, i))) return false;
  const Node* node = noderef(table->node);
  for (MSize i = 0; i <= table->hmask; i++)
    if (!tvisnil(&node[i].val) && !(vm_is_data(&node[i].key, &d->most) && detach_item(d, &node[i].val))) return false;
  return true;
}

/* Takes their globals from the Lua functions that a value leads to. False if it leads to them in a way that attach() does not
** find, with only a part of it done. */
static bool detach(Detaching* d, cTValue* value) {
  if (tvisfunc(value)) return detach_function(d, funcV(value));
  return tvistab(value) ? detach_table(d, tabV(value)) : detach_item(d, value);
}

static void attach(Context* c, cTValue* value, GCtab* globals);

static void attach_function(Context* c, GCfunc* fn, GCtab* globals) {
  if (!isluafunc(fn) || tabref(fn->l.env) != c->nowhere) return;
  set_globals(c->L, fn, globals);
  for (int32_t i = 0; i < fn->l.nupvalues; i++) attach(c, uvval(gco2uv(gcref(fn->l.uvptr[i]))), globals);
}

/* Java may have changed tables meanwhile, but only if it has used a handle of them: then their functions have globals. */
static void attach(Context* c, cTValue* value, GCtab* globals) {
  if (tvisfunc(value)) {
    attach_function(c, funcV(value), globals);
  } else if (tvistab(value)) {
    GCtab* table = tabV(value);
    for (MSize i = 0; i < table->asize; i++)
      if (tvisfunc(arrayslot(table, i))) attach_function(c, funcV(arrayslot(table, i)), globals);
    const Node* node = noderef(table->node);
    for (MSize i = 0; i <= table->hmask; i++)
      if (tvisfunc(&node[i].val)) attach_function(c, funcV(&node[i].val), globals);
  }
}

int32_t bridge_rest(int64_t context, int32_t value, int32_t chunk, int32_t globals) {
  Context* c = (Context*)(intptr_t)context;
  cTValue* tv = anchor_slot(c->references, value);
  GCtab* env = tabV(anchor_slot(c->references, globals));
  if (chunk && tvisfunc(tv) && isluafunc(funcV(tv)) && !funcV(tv)->l.nupvalues && tabref(funcV(tv)->l.env) == env) {
    GCproto* parent = funcproto(funcV(anchor_slot(c->references, chunk)));
    int32_t number = vm_child_number(parent, funcproto(funcV(tv)));
    if (number >= 0) return number;
  }
  int32_t most = MOST_DATA;
  if (tvistab(tv) && vm_is_data(tv, &most)) return BRIDGE_REST_DATA;
  Detaching d = {c, env, MOST_RESTING};
  if (tvistab(tv) ? detach_table(&d, tabV(tv)) : detach_item(&d, tv)) return BRIDGE_REST_DETACHED;
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
  GCproto* parent = funcproto(funcV(anchor_slot(references, r->a)));
  vm_push_instance(L, vm_child(parent, r->nargs), tabV(anchor_slot(references, r->b)));
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
