/*
** The library function java.leaf. What it makes is a function that calls a Java object, like others: it is Java that knows
** that this is one of those which must not use the runtime meanwhile.
*/
#include "parts.h"

/* What a leaf function is known by. As it keeps what it was made of, no other object gets the id. */
static lua_Number key_of(int32_t method, int32_t object) { return method * (lua_Number)(1ll << 31) + object; }

static void push_leaf_functions(lua_State* L, Context* c) {
  if (!c->leaf_functions) {
    push_weak_table(L);
    c->leaf_functions = &keep(L)->tab;
  }
  settabV(L, L->top, c->leaf_functions);
  L->top++;
}

/* Stack: Java's answer, or nil if the argument is a leaf function already. */
static int make_leaf(lua_State* L, Context* c, lua_Number key) {
  lua_settop(L, 2);
  if (lua_isnil(L, 2)) {
    lua_settop(L, 1);
    return 1;
  }
  lua_pushvalue(L, 1); /* see key_of */
  lua_pushcclosure(L, call_upvalue, 2);
  push_leaf_functions(L, c);
  lua_pushnumber(L, key);
  lua_pushvalue(L, 2);
  lua_rawset(L, -3);
  lua_settop(L, 2);
  return 1;
}

/* Stack: a method, or what can be called of Java. */
int new_leaf(lua_State* L) {
  Context* c = context_of(L);
  int32_t method, object;
  luaL_checkany(L, 1);
  lua_settop(L, 1);
  if (!find_callee(c, L->base, &method, &object))
    return luaL_argerror(L, 1, lua_pushfstring(L, "a Java method or function expected, got %s", luaL_typename(L, 1)));
  lua_Number key = key_of(method, object);
  int n;
  if (is_answered(L, c)) {
    n = take_answer(L, c);
  } else {
    push_leaf_functions(L, c);
    lua_pushnumber(L, key);
    lua_rawget(L, -2);
    if (!lua_isnil(L, -1)) return 1;
    lua_settop(L, 1);
    Slot* slots = c->shared->slots;
    slots[0].word = word_of(BRIDGE_TAG_OBJECT, (uint32_t)object);
    lua_Number number = method;
    memcpy(&slots[1].word, &number, sizeof number);
    n = ask_last(L, c, BRIDGE_REQUEST_LEAF, 2);
  }
  return n < 0 ? n : make_leaf(L, c, key);
}
