/*
** Leaf functions: methods of Java over numbers, booleans and strings that do not use the runtime themselves. Lua code
** calls them through FFI, so that they are part of compiled traces (leaf.lua). The call stops Lua where it is and returns
** to Java, which answers by bridge_answer_leaf; that takes a fiber (fiber.h). Where Lua does not run on it, and for
** other arguments, a leaf function is called as any other.
*/
#include "context.h"

#include "leaf.h" /* src/main/lua/leaf.lua, compiled */

static_assert(BRIDGE_LEAF_ORDINARY == 6 && LUA_YIELD == 1, "numbers in fiber.c");

/* -- Making them -------------------------------------------------------------------- */

static int raise_failure(lua_State* L) { return ask_fixed<BRIDGE_REQUEST_LEAF_FAILED, 0>(L); }

/* Pushes the ffi library, or nil if scripts have taken it away. */
static void push_ffi(lua_State* L) {
  vm_open_ffi(L);
  luaL_findtable(L, LUA_REGISTRYINDEX, "_LOADED", 1);
  lua_pushliteral(L, "ffi");
  lua_rawget(L, -2);
  lua_remove(L, -2);
}

/* Whether they can be compiled here; loads leaf.lua when that is asked first. */
static bool prepare(lua_State* L, Context* c) {
  if (LJ_LIKELY(c->make_leaf != nullptr)) return true;
  if (!vm_jit_is_on(L) || !bridge_fiber_open(&c->fiber)) return false;
  int top = lua_gettop(L);
  luaL_checkstack(L, 12, "no room to open the library");
  push_own_chunk(L, luaJIT_BC_leaf, luaJIT_BC_leaf_SIZE, "@[leaf]");
  push_ffi(L);
  bool open = lua_istable(L, -1);
  if (open) {
    lua_pushlightuserdata(L, &c->fiber);
    lua_pushlightuserdata(L, c->shared->slots);
    lua_pushlightuserdata(L, (void*)bridge_leaf);
    lua_pushcfunction(L, raise_failure);
    settabV(L, L->top, c->library);
    L->top++;
    lua_call(L, 6, 1);
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    c->leaf_functions = &keep(L)->tab;
    c->make_leaf = &keep(L)->fn;
  }
  lua_settop(L, top);
  return open;
}

int push_leaf(lua_State* L, Context* c, int ordinary, int object) {
  int leaf = lua_gettop(L) - 1;
  if (!prepare(L, c)) {
    lua_settop(L, leaf - 1);
    lua_pushvalue(L, ordinary);
    return 1;
  }
  setfuncV(L, L->top, c->make_leaf);
  L->top++;
  lua_insert(L, leaf);
  lua_pushinteger(L, object_id(c, L->base + leaf));
  lua_insert(L, leaf + 2);
  lua_pushvalue(L, ordinary);
  if (object)
    lua_pushvalue(L, object);
  else
    lua_pushnil(L);
  lua_call(L, 5, 1);
  return 1;
}

int ask_for_leaf(lua_State* L, Context* c, int32_t method, int32_t object) {
  prepare(L, c); /* When Java has answered, Lua goes on on the fiber. */
  Slot* slots = c->shared->slots;
  slots[0].word = word_of(BRIDGE_TAG_OBJECT, (uint32_t)object);
  lua_Number number = method;
  memcpy(&slots[1].word, &number, sizeof number);
  return ask_last(L, c, BRIDGE_REQUEST_LEAF, 2);
}

/* What a leaf function is known by. As it keeps the object alive, no other object gets its id. */
static lua_Number key_of(int32_t method, int32_t object) { return method * (lua_Number)(1ll << 31) + object; }

/* Pushes the function that was made before of the same, or nil. */
static bool push_known(lua_State* L, Context* c, lua_Number key) {
  if (!c->leaf_functions) return false;
  settabV(L, L->top, c->leaf_functions);
  L->top++;
  lua_pushnumber(L, key);
  lua_rawget(L, -2);
  return !lua_isnil(L, -1);
}

static int keep_known(lua_State* L, Context* c, lua_Number key) {
  if (!c->leaf_functions) return 1;
  int function = lua_gettop(L);
  settabV(L, L->top, c->leaf_functions);
  L->top++;
  lua_pushnumber(L, key);
  lua_pushvalue(L, function);
  lua_rawset(L, -3);
  lua_settop(L, function);
  return 1;
}

/* Stack: a method, or what can be called of Java. */
int new_leaf(lua_State* L) {
  Context* c = context_of(L);
  int32_t method, object;
  luaL_checkany(L, 1);
  if (!find_callee(c, L->base, &method, &object))
    return luaL_argerror(L, 1, lua_pushfstring(L, "a Java method or function expected, got %s", luaL_typename(L, 1)));
  lua_Number key = key_of(method, object);
  int n;
  if (is_answered(L, c)) {
    n = take_answer(L, c);
  } else {
    lua_settop(L, 1);
    if (push_known(L, c, key)) return 1;
    lua_settop(L, 1);
    n = ask_for_leaf(L, c, method, object);
  }
  if (n < 0) return n;
  push_leaf(L, c, 1, 0);
  return keep_known(L, c, key);
}

/* -- Annotated methods ------------------------------------------------------------------ */

bool is_leaf_method(const Context* c, int32_t method) {
  return LJ_UNLIKELY((size_t)method < c->leaf_methods.size) && c->leaf_methods.data[method];
}

/* When memory is short it merely remains an ordinary one. */
void note_leaf_method(Context* c, int32_t method) {
  Buffer* methods = &c->leaf_methods;
  size_t size = methods->size;
  if ((size_t)method >= size) {
    if (!methods->reserve((size_t)method + 1 - size)) return;
    memset(methods->data + size, 0, (size_t)method + 1 - size);
    methods->size = (size_t)method + 1;
  }
  methods->data[method] = 1;
}
