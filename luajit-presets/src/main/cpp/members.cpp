/*
** What names of members mean.
**
** Objects of one class share a *shape*, a table of what is known of the names of its members: a method by its number,
** a field or property by its number negated. So obj:method() asks Java only once which method that is, and afterwards
** only to call it. What is in a shape holds for every object of the class; maps, where a key comes before a member,
** have none. No script reaches a shape: userdata hold its number, and the table of shapes is a root of the collector.
*/
#include "context.h"

#include "objects.h" /* src/main/lua/objects.lua, compiled */

/* -- Methods in loops ------------------------------------------------------------------ */

LJ_NOINLINE void open_library(Context* c, lua_State* L) {
  int top = lua_gettop(L);
  luaL_checkstack(L, 12, "no room to open the library");
  push_own_chunk(L, luaJIT_BC_objects, luaJIT_BC_objects_SIZE, "@[objects]");
  lua_newtable(L);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  for (int i = 0; i < 2; i++) {
    lua_newtable(L);
    lua_pushvalue(L, top + 2);
    lua_setmetatable(L, -2);
  }
  lua_remove(L, top + 2);
  settabV(L, L->top, c->epoch);
  L->top++;
  lua_pushcfunction(L, index_object);
  settabV(L, L->top, c->library);
  L->top++;
  lua_getfield(L, -1, "rawequal");
  lua_remove(L, -2);
  lua_pushvalue(L, top + 2);
  GCtab* functions = &keep(L)->tab;
  lua_pushvalue(L, top + 3);
  GCtab* objects = &keep(L)->tab;
  lua_call(L, 5, 4);
  lua_createtable(L, 4, 0);
  lua_insert(L, -4);
  for (int i = 3; i >= 1; i--) lua_rawseti(L, top + 2, i);
  c->walkers = &keep(L)->tab;
  settabV(L, L->top, c->object_metatable);
  L->top++;
  lua_insert(L, -2);
  lua_setfield(L, -2, "__index");
  lua_settop(L, top);
  c->last_functions = functions;
  c->last_objects = objects;
}

/* Stack: object, name, function. Keeps the object and its function as the last ones of that name. */
static int keep_last(lua_State* L, Context* c) {
  if (LJ_UNLIKELY(!c->last_functions)) open_library(c, L);
  settabV(L, L->top, c->last_functions);
  settabV(L, L->top + 1, c->last_objects);
  L->top += 2;
  /* Memory may be short at any step: the function must not be there with another object. */
  lua_pushvalue(L, 2);
  lua_pushboolean(L, 0);
  lua_rawset(L, 4);
  lua_pushvalue(L, 2);
  lua_pushvalue(L, 1);
  lua_rawset(L, 5);
  lua_pushvalue(L, 2);
  lua_pushvalue(L, 3);
  lua_rawset(L, 4);
  lua_settop(L, 3);
  return 1;
}

/* Stack: object, name. What the name means may change if the object has no shape. */
static int push_method(lua_State* L, Context* c, int32_t method, int32_t shape) {
  lua_settop(L, 2);
  push_call_method(L, method);
  return shape ? keep_last(L, c) : 1;
}

/* -- Names ------------------------------------------------------------------------------ */

static void remember(Context* c, lua_State* L, int32_t shape, lua_Number number) {
  if (!anchor_has(c->shapes, shape)) anchor_grow(L, c->shapes, shape * 2);
  TValue* slot = anchor_slot(c->shapes, shape);
  if (!tvistab(slot)) {
    lua_newtable(L);
    anchor_set(L, c->shapes, shape, L->top - 1);
  } else {
    vm_push_value(L, slot);
  }
  lua_pushvalue(L, 2);
  lua_pushnumber(L, number);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

static int read_member(lua_State* L, Context* c, int32_t id, int32_t member) {
  if (LJ_UNLIKELY(c->recorded.member)) {
    bool this_one = c->recorded.member == member && c->recorded.id == id && vm_is_recording(G(L));
    c->recorded.member = 0;
    if (this_one) {
      copyTV(L, L->top++, &c->recorded.value);
      return 1;
    }
  }
  if (LJ_LIKELY(read_field(c, id, member, L->top))) {
    L->top++;
    return 1;
  }
  c->text_used = 0;
  if (LJ_UNLIKELY(!c->env)) luaL_error(L, "Java is not available while the runtime closes");
  return invoke_last(L, c, member, id, count_use(c, id, member));
}

/* What Java has answered is a value, or a member to be remembered. */
static int take_index(lua_State* L, Context* c, int n) {
  if (n < BRIDGE_ANSWER_METHOD) return n;
  Box* box = box_of(c, L->base);
  lua_Number number;
  memcpy(&number, &c->shared->slots[0].word, sizeof number);
  if ((n & BRIDGE_ANSWER_SHARED) && box && box->shape && tvisstr(L->base + 1)) {
    remember(c, L, box->shape, number);
    if (n & BRIDGE_ANSWER_FIELD) note_field(c, (int32_t)-number);
  }
  if (number > 0) return box ? push_method(L, c, (int32_t)number, box->shape) : 0;
  return box ? read_member(L, c, box->id, (int32_t)-number) : 0;
}

static LJ_AINLINE int32_t member_of_shape(Context* c, int32_t shape, const GCstr* name) {
  if (LJ_UNLIKELY(!anchor_has(c->shapes, shape))) return 0;
  cTValue* members = anchor_slot(c->shapes, shape);
  cTValue* known = tvistab(members) ? vm_get_field(tabV(members), name) : nullptr;
  return LJ_LIKELY(known && tvisnum(known)) ? (int32_t)numV(known) : 0;
}

/* The same as known_member, of the object and the name at base. */
static LJ_AINLINE int32_t member_asked(Context* c, TValue* base, Box** box) {
  if (LJ_UNLIKELY(!tvisstr(base + 1) || !(*box = box_of(c, base)))) return 0;
  return member_of_shape(c, (*box)->shape, strV(base + 1));
}

int32_t known_member(Context* c, const GCudata* object, const GCstr* name, int32_t* id) {
  Box* box = box_in(c, object);
  if (LJ_UNLIKELY(!box)) return 0;
  *id = box->id;
  return member_of_shape(c, box->shape, name);
}

int index_object(lua_State* L) {
  Context* c = context_of(L);
  Box* box;
  if (is_answered(L, c)) return take_index(L, c, take_answer(L, c));
  int32_t number = L->top - L->base >= 2 ? member_asked(c, L->base, &box) : 0;
  if (LJ_LIKELY(number > 0)) return push_method(L, c, number, box->shape);
  if (LJ_LIKELY(number < 0)) return read_member(L, c, box->id, -number);
  int n = ask_last_with_arguments(L, c, BRIDGE_REQUEST_INDEX, 2);
  return n < 0 ? n : take_index(L, c, n);
}

int newindex_object(lua_State* L) {
  Context* c = context_of(L);
  Box* box;
  if (is_answered(L, c)) return take_answer(L, c);
  lua_settop(L, 3);
  int32_t number = member_asked(c, L->base, &box);
  if (LJ_UNLIKELY(number >= 0)) return ask_last_with_arguments(L, c, BRIDGE_REQUEST_NEWINDEX, 3);
  int32_t id = box->id;
  if (LJ_LIKELY(write_field(c, id, -number, L->base + 2))) {
    note_java(c); /* as the code that reads the field is Java's */
    return 0;
  }
  c->text_used = 0;
  put_values(L, c, 0, savestack(L, L->base + 2), 1);
  return invoke_last(L, c, -number, id, 1 | BRIDGE_INVOKE_WRITE | count_use(c, id, -number));
}
