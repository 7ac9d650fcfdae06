/*
** Leaf functions: methods of Java over numbers, booleans and strings that do not use the runtime themselves. Lua code
** calls them through FFI, so that they are part of compiled traces (leaf.lua). The call stops Lua where it is and returns
** to Java, which answers by bridge_answer_leaf; that takes a fiber (fiber.h). Where Lua does not run on it, and for
** other arguments, a leaf function is called as any other.
*/
#include "context.h"

#include "leaf.h" /* src/main/lua/leaf.lua, compiled */

static_assert(BRIDGE_LEAF_ORDINARY == 6 && LUA_YIELD == 1, "numbers in fiber.c");

/* -- Values ------------------------------------------------------------------------ */

void take_leaf_arguments(Context* c, int32_t count) {
  const Slot* from = c->leaf_area.slots;
  Slot* to = c->shared->slots;
  c->leaf_area.text_size = 0;
  c->text_used = 0;
  for (int32_t i = 0; i < count; i++)
    if (from[i].word >> 48 == BRIDGE_TAG_LONG_STRING)
      export_text(c, (const char*)(uintptr_t)from[i].aux, (uint32_t)from[i].word, &to[i]);
    else
      to[i].word = from[i].word;
}

static int32_t give_text(LeafArea* area, const char* text, size_t size) {
  memcpy(area->text, text, size);
  area->text_size = size;
  area->slots[0].word = size;
  area->slots[0].aux = (uint64_t)(uintptr_t)area->text;
  return BRIDGE_LEAF_STRING;
}

int32_t give_leaf_result(Context* c, int64_t result) {
  LeafArea* area = &c->leaf_area;
  uint64_t word = (uint64_t)result;
  int32_t kind = BRIDGE_LEAF_NUMBER;
  if (LJ_UNLIKELY((int32_t)(word >> 32) == BRIDGE_RESULT_IN_SLOTS)) {
    if ((int32_t)word == BRIDGE_FAILED_MISSING) return BRIDGE_LEAF_ORDINARY;
    if ((int32_t)word < 0) kind = BRIDGE_LEAF_LATER;
    word = c->shared->slots[0].word;
  }
  area->slots[0].word = word;
  if (LJ_LIKELY(word < (uint64_t)BRIDGE_TAG_NIL << 48)) return kind;
  switch (word >> 48) {
    case BRIDGE_TAG_STRING: return give_text(area, c->shared->text + (word >> 24 & 0xFFFFFF), word & 0xFFFFFF);
    case BRIDGE_TAG_REFERENCE: {
      GCstr* string = strV(anchor_slot(c->references, (int32_t)word));
      return give_text(area, strdata(string), string->len);
    }
    case BRIDGE_TAG_INT64: area->slots[0].aux = c->shared->slots[0].aux; return BRIDGE_LEAF_INT64;
    case BRIDGE_TAG_BOOLEAN: return word & 1 ? BRIDGE_LEAF_TRUE : BRIDGE_LEAF_FALSE;
    default: return BRIDGE_LEAF_NIL;
  }
}

/* -- Interruptions ------------------------------------------------------------------ */

/* Between putting arguments into the area and the call, and between the call and reading the result, only two kinds of Lua
** code can run: hooks, and what the collector and the compiler call, by lj_vm_pcall. They find the area free, and leave it
** as it was. One that fails ends what it has interrupted, too. */
struct KeptArea : LeafArea {
  char room[BRIDGE_TEXT_SIZE];
  KeptArea() { text = room; }
};

static void copy_area(LeafArea* to, const LeafArea* from) {
  memcpy(to->slots, from->slots, sizeof to->slots);
  to->text_size = from->text_size;
  memcpy(to->text, from->text, from->text_size);
}

extern "C" int bridge_guarded_pcall(lua_State* L, TValue* base, int nres1, ptrdiff_t handler);

extern "C" int bridge_guarded_pcall(lua_State* L, TValue* base, int nres1, ptrdiff_t handler) {
  Context* c = context_of(L);
  if (LJ_LIKELY(!c || !c->leaf_area.text)) return __real_lj_vm_pcall(L, base, nres1, handler);
  KeptArea kept;
  copy_area(&kept, &c->leaf_area);
  int status = __real_lj_vm_pcall(L, base, nres1, handler);
  copy_area(&c->leaf_area, &kept);
  return status;
}

void run_script_hook(lua_State* L, lua_Debug* event) {
  Context* c = context_of(L);
  if (LJ_LIKELY(!c->leaf_area.text)) {
    c->script_hook(L, event);
    return;
  }
  KeptArea kept;
  copy_area(&kept, &c->leaf_area);
  c->script_hook(L, event);
  copy_area(&c->leaf_area, &kept);
}

/* -- Making them -------------------------------------------------------------------- */

static int later(lua_State* L) { return ask_fixed<BRIDGE_REQUEST_LEAF_OUTCOME, 1>(L); }

/* Pushes the ffi library, or nil if scripts have taken it away. */
static void push_ffi(lua_State* L) {
  vm_open_ffi(L);
  luaL_findtable(L, LUA_REGISTRYINDEX, "_LOADED", 1);
  lua_pushliteral(L, "ffi");
  lua_rawget(L, -2);
  lua_remove(L, -2);
}

static bool open_area(Context* c) {
  if (!c->leaf_area.text) c->leaf_area.text = (char*)malloc(BRIDGE_TEXT_SIZE);
  return c->leaf_area.text != nullptr;
}

/* Whether they can be compiled here; loads leaf.lua when that is asked first. */
static bool prepare(lua_State* L, Context* c) {
  if (LJ_LIKELY(c->make_leaf != nullptr)) return true;
  if (!vm_jit_is_on(L) || !open_area(c) || !bridge_fiber_open(&c->fiber)) return false;
  int top = lua_gettop(L);
  luaL_checkstack(L, 12, "no room to open the library");
  push_own_chunk(L, luaJIT_BC_leaf, luaJIT_BC_leaf_SIZE, "@[leaf]");
  push_ffi(L);
  bool open = lua_istable(L, -1);
  if (open) {
    lua_pushlightuserdata(L, &c->fiber);
    lua_pushlightuserdata(L, c->leaf_area.slots);
    lua_pushlightuserdata(L, (void*)bridge_leaf);
    lua_pushcfunction(L, later);
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

/* Whether it is one already. */
static bool is_leaf(cTValue* value) {
  return tvisfunc(value) && isluafunc(funcV(value)) &&
         !strcmp(strdata(proto_chunkname(funcproto(funcV(value)))), "@[leaf]");
}

/* Stack: a method, or what can be called of Java. */
int new_leaf(lua_State* L) {
  Context* c = context_of(L);
  int32_t method, object;
  luaL_checkany(L, 1);
  if (is_leaf(L->base)) {
    lua_settop(L, 1);
    return 1;
  }
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
