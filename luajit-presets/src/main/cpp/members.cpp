/*
** What names of members mean.
**
** Objects of one class share a *shape*, a table of what is known of the names of its members: for a method the function that
** calls it, for a field or property its number negated. So obj:method() asks Java only once which method that is, and
** afterwards only to call it. What is in a shape holds for every object of the class; in those of maps, where a key comes
** before a member, for those that do not have the key. No script reaches a shape: userdata hold its number, and the table
** of shapes is a root of the collector.
*/
#include "parts.h"

/* -- Methods of one object --------------------------------------------------------------- */

void push_weak_table(lua_State* L) {
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
}

static LJ_NOINLINE void open_last(Context* c, lua_State* L) {
  push_weak_table(L);
  GCtab* objects = &keep(L)->tab;
  push_weak_table(L);
  c->last_functions = &keep(L)->tab;
  c->last_objects = objects;
}

/* Stack: object, name, function. Keeps the object and its function as the last ones of that name. */
static int keep_last(lua_State* L, Context* c) {
  luaL_checkstack(L, 8, "no room to keep a method");
  if (LJ_UNLIKELY(!c->last_functions)) open_last(c, L);
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

cTValue* last_function(Context* c, const GCudata* object, const GCstr* name) {
  cTValue* last = c->last_objects ? vm_get_field(c->last_objects, name) : nullptr;
  if (!last || !tvisudata(last) || udataV(last) != object) return nullptr;
  cTValue* function = vm_get_field(c->last_functions, name);
  return function && tvisfunc(function) ? function : nullptr;
}

/* Stack: object, name. What the name means may change if the object has no shape. */
static int push_method(lua_State* L, Context* c, int32_t method, int32_t shape) {
  lua_settop(L, 2);
  cTValue* last = shape ? last_function(c, udataV(L->base), strV(L->base + 1)) : nullptr;
  if (last) {
    vm_push_value(L, last);
    return 1;
  }
  push_call_method(L, method);
  return shape ? keep_last(L, c) : 1;
}

/* -- Names ------------------------------------------------------------------------------ */

/* Pushes the table of a shape. */
static void push_shape(Context* c, lua_State* L, int32_t shape) {
  if (!anchor_has(c->shapes, shape)) anchor_grow(L, c->shapes, shape * 2);
  TValue* slot = anchor_slot(c->shapes, shape);
  if (!tvistab(slot)) {
    lua_newtable(L);
    anchor_set(L, c->shapes, shape, L->top - 1);
  } else {
    vm_push_value(L, slot);
  }
}

static void remember(Context* c, lua_State* L, int32_t shape, int32_t number) {
  push_shape(c, L, shape);
  lua_pushvalue(L, 2);
  if (number > 0)
    push_call_shared(L, shape, number);
  else
    lua_pushinteger(L, number);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

static void remember_items(Context* c, lua_State* L, int32_t shape) {
  push_shape(c, L, shape);
  lua_pushinteger(L, BRIDGE_MEMBER_ITEM);
  lua_rawseti(L, -2, 1);
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
  if (is_left_trace(L, c)) return leave_call(L, c, id, member);
  c->text_used = 0;
  if (LJ_UNLIKELY(!c->env)) luaL_error(L, "Java is not available while the runtime closes");
  return invoke_last(L, c, member, id, is_field(c, member) ? count_use(c, id, member) : count_call(c, L, id, member));
}

cTValue* member_of_shape(Context* c, int32_t shape, const GCstr* name) {
  if (LJ_UNLIKELY(!anchor_has(c->shapes, shape))) return nullptr;
  cTValue* members = anchor_slot(c->shapes, shape);
  return LJ_LIKELY(tvistab(members)) ? vm_get_field(tabV(members), name) : nullptr;
}

/* That they have is noted in place of what number 1 would name. */
bool has_items(Context* c, int32_t shape) {
  cTValue* members = LJ_LIKELY(anchor_has(c->shapes, shape)) ? anchor_slot(c->shapes, shape) : nullptr;
  cTValue* noted = members && tvistab(members) ? vm_get_item(tabV(members), 1) : nullptr;
  return noted && !tvisnil(noted);
}

/* Stack: object, position. */
static int read_item(lua_State* L, Context* c, int32_t id) {
  if (is_left_trace(L, c)) return leave_call(L, c, id, BRIDGE_MEMBER_ITEM);
  note_item(c, L, id);
  c->text_used = 0;
  put_values(L, c, 0, savestack(L, L->base + 1), 1);
  return invoke_last(L, c, BRIDGE_MEMBER_ITEM, id, 1);
}

int32_t known_accessor(Context* c, const GCudata* object, const GCstr* name, int32_t* id) {
  Box* box = box_in(c, object);
  if (LJ_UNLIKELY(!box)) return 0;
  *id = box->id;
  return accessor_in(member_of_shape(c, box->shape, name));
}

/* Stack: object, name. */
static LJ_AINLINE int push_member(lua_State* L, Context* c, const Box* box, cTValue* known) {
  int32_t accessor = accessor_in(known);
  if (LJ_LIKELY(accessor)) return read_member(L, c, box->id, accessor);
  if (!vm_is_method_call(L)) return push_method(L, c, method_of_shared(funcV(known)), box->shape);
  vm_push_value(L, known);
  return 1;
}

cTValue* method_of_map(lua_State* L, Context* c, int32_t shape, const GCstr* name) {
  cTValue* known = vm_is_method_call(L) ? member_of_shape(c, shape, name) : nullptr;
  return known && tvisfunc(known) ? known : nullptr;
}

/* A map has no such key, but a method, which is called. */
static int push_method_of_map(lua_State* L, Context* c, int32_t method, int32_t shape) {
  cTValue* known = member_of_shape(c, shape, strV(L->base + 1));
  if (!known || !tvisfunc(known) || method_of_shared(funcV(known)) != method) {
    remember(c, L, shape, method);
    known = member_of_shape(c, shape, strV(L->base + 1));
  }
  vm_push_value(L, known);
  return 1;
}

static int ask_index(lua_State* L, Context* c);

/* What Java has answered is a value, or a member to be remembered. */
static int take_index(lua_State* L, Context* c, int n) {
  if (n < BRIDGE_ANSWER_METHOD) return n;
  if (LJ_UNLIKELY(n & BRIDGE_ANSWER_AGAIN)) return ask_index(L, c);
  if (LJ_UNLIKELY(c->recorded.gives)) {
    if (c->recorded.method == BRIDGE_MEMBER_NO_KEY)
      c->recorded.gives = 0;
    else
      check_recorded(c, nullptr, 0);
  }
  Box* box = box_of(c, L->base);
  if (!box) return 0;
  lua_Number slot;
  memcpy(&slot, &c->shared->slots[0].word, sizeof slot);
  int32_t number = (int32_t)slot, id = box->id;
  if (number == -BRIDGE_MEMBER_ITEM) {
    if (box->shape) remember_items(c, L, box->shape);
    return read_item(L, c, id);
  }
  note_method(c, number > 0 ? number : -number);
  if ((n & BRIDGE_ANSWER_SHARED) && box->shape && tvisstr(L->base + 1)) {
    remember(c, L, box->shape, number);
    if (n & BRIDGE_ANSWER_FIELD) note_field(c, -number);
    return push_member(L, c, box, member_of_shape(c, box->shape, strV(L->base + 1)));
  }
  if (number < 0) return read_member(L, c, id, -number);
  bool of_map = is_of_map(box->shape) && tvisstr(L->base + 1) && vm_is_method_call(L);
  return of_map ? push_method_of_map(L, c, number, box->shape) : push_method(L, c, number, 0);
}

static int ask_index(lua_State* L, Context* c) {
  int n = ask_last_with_arguments(L, c, BRIDGE_REQUEST_INDEX, 2);
  return n < 0 ? n : take_index(L, c, n);
}

static int32_t use_of_name(lua_State* L, Context* c) {
  int32_t shape = box_of(c, L->base)->shape;
  return method_of_map(L, c, shape, strV(L->base + 1)) ? BRIDGE_MEMBER_NO_KEY : BRIDGE_MEMBER_KEY;
}

/* To be asked before Java is, which may have been by compiled code; n is then what to return, as for take_index. */
static bool use_of_map(lua_State* L, Context* c, bool write, int* n) {
  bool left = is_left_trace(L, c);
  if (!left && LJ_LIKELY(!c->fiber.refused && !c->compiled_too_early)) return false;
  int32_t site = find_site(c, L, write ? (int32_t)BRIDGE_MEMBER_PUT : use_of_name(L, c));
  if (left)
    *n = leave_call(L, c, site, USE_OF_SITE);
  else if (site >= 0)
    count_refused(c, L, site, USE_OF_SITE);
  return left;
}

/* Stack: map, name. */
static int index_map(lua_State* L, Context* c) {
  lua_settop(L, 2);
  int n;
  if (LJ_UNLIKELY(use_of_map(L, c, false, &n))) return n < 0 ? n : take_index(L, c, n);
  return ask_index(L, c);
}

int index_object(lua_State* L) {
  Context* c = context_of(L);
  if (is_answered(L, c)) return take_index(L, c, take_answer(L, c));
  Box* box = LJ_LIKELY(L->top - L->base >= 2) ? box_of(c, L->base) : nullptr;
  if (LJ_UNLIKELY(!box)) return ask_index(L, c);
  if (LJ_LIKELY(tvisstr(L->base + 1))) {
    if (is_of_map(box->shape)) return index_map(L, c);
    cTValue* known = member_of_shape(c, box->shape, strV(L->base + 1));
    if (LJ_LIKELY(known && !tvisnil(known))) return push_member(L, c, box, known);
  } else if (tvisnum(L->base + 1) && has_items(c, box->shape)) {
    lua_settop(L, 2);
    return read_item(L, c, box->id);
  }
  return ask_index(L, c);
}

int newindex_object(lua_State* L) {
  Context* c = context_of(L);
  if (is_answered(L, c)) return take_answer(L, c);
  lua_settop(L, 3);
  Box* box = tvisstr(L->base + 1) ? box_of(c, L->base) : nullptr;
  if (LJ_UNLIKELY(box && is_of_map(box->shape))) {
    int n;
    if (LJ_UNLIKELY(use_of_map(L, c, true, &n))) return n;
    box = nullptr;
  }
  int32_t member = box ? accessor_in(member_of_shape(c, box->shape, strV(L->base + 1))) : 0;
  if (LJ_UNLIKELY(!member)) return ask_last_with_arguments(L, c, BRIDGE_REQUEST_NEWINDEX, 3);
  int32_t id = box->id;
  if (LJ_LIKELY(write_field(c, id, member, L->base + 2))) {
    note_java(c); /* as the code that reads the field is Java's */
    return 0;
  }
  c->text_used = 0;
  put_values(L, c, 0, savestack(L, L->base + 2), 1);
  return invoke_last(L, c, member, id, 1 | BRIDGE_INVOKE_WRITE | count_use(c, id, member));
}
