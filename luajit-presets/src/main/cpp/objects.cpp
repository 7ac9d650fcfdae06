/*
** Java objects seen from Lua: userdata, their metatable, and calls of what they are or have.
*/
#include "parts.h"

/* -- Userdata ---------------------------------------------------------------------- */

int32_t object_id_of(Context* c, const GCudata* userdata) {
  Box* box = box_in(c, userdata);
  return box ? box->id : 0;
}

int32_t object_id(Context* c, cTValue* value) {
  Box* box = box_of(c, value);
  return box ? box->id : 0;
}

static void forget_release(Context* c, int32_t id) {
  int32_t* ids = (int32_t*)c->released.data;
  size_t n = c->released.size / sizeof(int32_t);
  for (size_t i = 0; i < n; i++) {
    if (ids[i] == id) {
      ids[i] = ids[n - 1];
      c->released.size -= sizeof(int32_t);
      c->shared->released--;
      c->entries[id].released = false;
      return;
    }
  }
}

static void release_object(Context* c, int32_t id) {
  HostEntry* entry = &c->entries[id];
  if (--entry->userdata > 0) return;
  /* When memory is too short to tell Java, the object merely lives as long as the runtime. */
  if (c->released.append(&id, sizeof id)) {
    entry->released = true;
    c->shared->released++;
  }
}

static LJ_NOINLINE void make_object_room(Context* c, lua_State* L, int32_t id) {
  int32_t size = id < 16 ? 16 : id * 2;
  HostEntry* grown = (HostEntry*)realloc(c->entries, sizeof(HostEntry) * (size_t)size);
  if (!grown) luaL_error(L, "not enough memory");
  memset(grown + c->entry_count, 0, sizeof(HostEntry) * (size_t)(size - c->entry_count));
  c->entries = grown;
  if (!anchor_has(c->objects, size - 1)) anchor_grow(L, c->objects, size);
  c->entry_count = size;
}

/* Makes a userdata one of an object. */
static void set_object(Context* c, GCudata* ud, uint64_t payload) {
  int32_t id = (int32_t)(payload & 0x7FFFFFFF);
  Box* box = (Box*)uddata(ud);
  box->id = id;
  box->shape = (int32_t)(payload >> 31);
  setgcref(ud->metatable, obj2gco(c->object_metatable));
  setgcref(ud->env, obj2gco(c->globals)); /* not those of a chunk that runs: others get the object, too */
  HostEntry* entry = &c->entries[id];
  if (entry->released) forget_release(c, id);
  entry->userdata++;
  entry->quiet = false;
  TValue value;
  setudataV(c->main, &value, ud);
  anchor_set(c->main, c->objects, id, &value);
}

void push_object(Context* c, lua_State* L, uint64_t payload) {
  int32_t id = (int32_t)(payload & 0x7FFFFFFF);
  if (LJ_UNLIKELY(id >= c->entry_count)) make_object_room(c, L, id);
  TValue* known = anchor_slot(c->objects, id);
  if (tvisudata(known)) {
    vm_push_value(L, known);
    return;
  }
  lua_newuserdata(L, sizeof(Box));
  set_object(c, udataV(L->top - 1), payload);
}

bool put_object(Context* c, TValue* to, uint64_t payload) {
  int32_t id = (int32_t)(payload & 0x7FFFFFFF);
  if (LJ_UNLIKELY(id >= c->entry_count)) return false;
  TValue* known = anchor_slot(c->objects, id);
  if (!tvisudata(known)) {
    GCudata* ud = vm_try_userdata(c->main, sizeof(Box));
    if (LJ_UNLIKELY(!ud)) return false;
    set_object(c, ud, payload);
  }
  copyTV(c->main, to, known);
  return true;
}

/* Called by the collector. */
extern "C" __attribute__((visibility("hidden"))) void bridge_free_userdata(Context* c, GCudata* ud) {
  int32_t id = object_id_of(c, ud);
  if (id) release_object(c, id);
}

/* -- Methods ------------------------------------------------------------------------ */

/* The debug library can put anything there: what cannot be a number of ours is one that nothing has. */
static int32_t number_in(cTValue* upvalue) {
  lua_Number number = tvisnum(upvalue) ? numV(upvalue) : INT32_MAX;
  return number >= 0 && number < INT32_MAX ? (int32_t)number : INT32_MAX;
}

/* Calls a method of an object with the arguments from `from` on. */
static int invoke_method(lua_State* L, Context* c, int32_t id, int32_t method, TValue* from, int32_t shape) {
  if (is_left_trace(L, c)) return leave_call(L, c, id, method);
  int32_t nargs = (int32_t)(L->top - from);
  c->text_used = 0;
  put_values(L, c, 0, savestack(L, from), nargs);
  return invoke_last(L, c, method, id, shape | nargs | count_call(c, L, id, method));
}

/* A method of an object; upvalues: the object, the method's number. */
int call_method(lua_State* L) {
  Context* c = context_of(L);
  if (is_answered(L, c)) return take_answer(L, c);
  cTValue* upvalues = curr_func(L)->c.upvalue;
  Box* box = box_of(c, &upvalues[0]);
  if (LJ_UNLIKELY(!box)) return luaL_error(L, "the Java object of this method was released");
  TValue* from = L->base;
  bool self = L->top > from && tvisudata(from) && udataV(from) == udataV(&upvalues[0]);
  return invoke_method(L, c, box->id, number_in(&upvalues[1]), from + self, self ? BRIDGE_INVOKE_SELF : 0);
}

void push_call_method(lua_State* L, int32_t method) {
  lua_pushvalue(L, 1);
  lua_pushinteger(L, method);
  lua_pushcclosure(L, call_method, 2);
}

int32_t method_of_shared(const GCfunc* function) { return number_in(&function->c.upvalue[1]); }

bool is_shared_by(const GCfunc* function, Context* c, cTValue* object) {
  Box* box = box_of(c, object);
  return box && box->shape == number_in(&function->c.upvalue[0]);
}

/* A method of all objects of a shape, for `object:name(...)`; upvalues: the shape, the method's number. */
int call_shared(lua_State* L) {
  Context* c = context_of(L);
  if (is_answered(L, c)) return take_answer(L, c);
  const GCfunc* function = curr_func(L);
  if (LJ_UNLIKELY(L->top == L->base || !is_shared_by(function, c, L->base)))
    return luaL_error(L, "a Java method was called without an object that has it");
  return invoke_method(L, c, object_id(c, L->base), method_of_shared(function), L->base + 1, BRIDGE_INVOKE_SELF);
}

void push_call_shared(lua_State* L, int32_t shape, int32_t method) {
  lua_pushinteger(L, shape);
  lua_pushinteger(L, method);
  lua_pushcclosure(L, call_shared, 2);
}

bool find_callee(Context* c, cTValue* value, int32_t* method, int32_t* object) {
  cTValue* upvalues = tvisfunc(value) && iscfunc(funcV(value)) ? funcV(value)->c.upvalue : nullptr;
  lua_CFunction f = upvalues ? funcV(value)->c.f : nullptr;
  bool is_method = f == call_method;
  Box* box = is_method || f == call_upvalue ? box_of(c, &upvalues[0]) : box_of(c, value);
  if (!box || (is_method && !tvisnum(&upvalues[1]))) return false;
  *method = is_method ? number_in(&upvalues[1]) : 0;
  *object = box->id;
  return true;
}

static int call_object(lua_State* L, Context* c, cTValue* object, int32_t first) {
  Box* box = box_of(c, object);
  if (LJ_UNLIKELY(!box)) return luaL_error(L, "the Java object was released");
  int32_t id = box->id, nargs = (int32_t)(L->top - L->base) - first;
  if (is_left_trace(L, c)) return leave_call(L, c, id, 0);
  c->text_used = 0;
  put_values(L, c, 0, savestack(L, L->base + first), nargs);
  return invoke_last(L, c, 0, id, nargs | count_call(c, L, id, 0));
}

/* A function whose first upvalue is a Java object: calls it. */
int call_upvalue(lua_State* L) {
  Context* c = context_of(L);
  return is_answered(L, c) ? take_answer(L, c) : call_object(L, c, curr_func(L)->c.upvalue, 0);
}

void push_host_function(lua_State* L) { lua_pushcclosure(L, call_upvalue, 1); }

int call_self(lua_State* L) {
  Context* c = context_of(L);
  if (is_answered(L, c)) return take_answer(L, c);
  luaL_checkany(L, 1);
  return call_object(L, c, L->base, 1);
}

/* -- The metatable -------------------------------------------------------------------- */

template <int operation>
static int arithmetic(lua_State* L) {
  Context* c = context_of(L);
  if (is_answered(L, c)) return take_answer(L, c);
  lua_settop(L, 2);
  lua_pushinteger(L, operation);
  lua_insert(L, 1);
  return ask_last_with_arguments(L, c, BRIDGE_REQUEST_ARITHMETIC, 3);
}

static const luaL_Reg metamethods[] = {
    {"__index", index_object},
    {"__newindex", newindex_object},
    {"__call", call_self},
    {"__tostring", ask_fixed<BRIDGE_REQUEST_TOSTRING, 1>},
    {"__len", ask_fixed<BRIDGE_REQUEST_LENGTH, 1>},
    {"__eq", ask_fixed<BRIDGE_REQUEST_EQUAL, 2>},
    {"__lt", ask_fixed<BRIDGE_REQUEST_LESS, 2>},
    {"__le", ask_fixed<BRIDGE_REQUEST_LESS_EQUAL, 2>},
    {"__concat", ask_fixed<BRIDGE_REQUEST_CONCAT, 2>},
    {"__pairs", start_pairs},
    {"__ipairs", start_ipairs},
    {"__add", arithmetic<'+'>},
    {"__sub", arithmetic<'-'>},
    {"__mul", arithmetic<'*'>},
    {"__div", arithmetic<'/'>},
    {"__mod", arithmetic<'%'>},
    {"__pow", arithmetic<'^'>},
    {"__unm", arithmetic<'_'>},
    {nullptr, nullptr},
};

void open_objects(Context* c, lua_State* L) {
  settabV(L, L->top, c->object_metatable);
  L->top++;
  luaL_register(L, nullptr, metamethods);
  lua_pushliteral(L, "java object");
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
}
