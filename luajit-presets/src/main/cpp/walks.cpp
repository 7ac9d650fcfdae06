/*
** Loops over Java objects: iterators of walks.lua, for which a walk of Java makes some steps ready at a time.
*/
#include "context.h"

#include "walks.h" /* src/main/lua/walks.lua, compiled */

static void fill(lua_State* L, GCtab* table, TValue* from, int32_t n) {
  int32_t size = (int32_t)table->asize;
  for (int32_t i = 0; i < n; i++, from += 2) anchor_set(L, table, i + 1, from);
  /* What the last steps were is not kept alive. */
  for (int32_t i = n + 1; i < size && !tvisnil(anchor_slot(table, i)); i++) setnilV(anchor_slot(table, i));
}

/* Moves the steps on the stack to the tables. */
static int take_steps(lua_State* L, int32_t values) {
  int32_t n = values / 2;
  cTValue* upvalues = curr_func(L)->c.upvalue;
  GCtab* tables[] = {tabV(&upvalues[1]), tabV(&upvalues[2])};
  ptrdiff_t from = savestack(L, L->top - values);
  for (int i = 0; i < 2; i++) {
    if ((int32_t)tables[i]->asize <= n) anchor_grow(L, tables[i], n + 1);
    fill(L, tables[i], restorestack(L, from) + i, n);
  }
  lua_pushinteger(L, n);
  return 1;
}

/* The refill of walks.lua. Upvalues: the walk, the tables of keys and values. */
static int refill(lua_State* L) {
  Context* c = context_of(L);
  if (is_answered(L, c)) return take_steps(L, take_answer(L, c));
  int32_t walk = object_id(c, curr_func(L)->c.upvalue);
  if (LJ_UNLIKELY(!walk)) return luaL_error(L, "the Java object of this iterator was released");
  int32_t nargs = (int32_t)(L->top - L->base);
  c->text_used = 0;
  put_values(L, c, 0, savestack(L, L->base), nargs);
  int n = invoke_last(L, c, 0, walk, nargs);
  return n < 0 ? n : take_steps(L, n);
}

static LJ_NOINLINE void open_walkers(Context* c, lua_State* L) {
  int top = lua_gettop(L);
  luaL_checkstack(L, 8, "no room to open the library");
  push_own_chunk(L, luaJIT_BC_walks, luaJIT_BC_walks_SIZE, "@[walks]");
  settabV(L, L->top, c->epoch);
  L->top++;
  lua_call(L, 1, 3);
  lua_createtable(L, 4, 0);
  lua_insert(L, top + 1);
  for (int i = 3; i >= 1; i--) lua_rawseti(L, top + 1, i);
  c->walkers = &keep(L)->tab;
  lua_settop(L, top);
}

/* Makes the iterator of a walk. Stack: the walk, its kind. */
static int push_iterator(lua_State* L, Context* c) {
  int walk = lua_gettop(L) - 1;
  int kind = (int)lua_tointeger(L, walk + 1);
  if (LJ_UNLIKELY(!c->walkers)) open_walkers(c, L);
  settabV(L, L->top, c->walkers);
  L->top++;
  lua_rawgeti(L, -1, kind);
  lua_newtable(L);
  lua_newtable(L);
  int tables = lua_gettop(L) - 1;
  lua_pushvalue(L, walk);
  lua_pushvalue(L, tables);
  lua_pushvalue(L, tables + 1);
  lua_pushcclosure(L, refill, 3);
  lua_insert(L, tables);
  lua_call(L, 3, 1);
  lua_pushnil(L);
  if (kind == BRIDGE_WALK_SEQUENCE)
    lua_pushinteger(L, 0);
  else
    lua_pushnil(L);
  return 3;
}

static int start_walk(lua_State* L, int32_t request) {
  Context* c = context_of(L);
  int n = is_answered(L, c) ? take_answer(L, c) : ask_last_with_arguments(L, c, request, 1);
  return n == 2 ? push_iterator(L, c) : n;
}

int start_pairs(lua_State* L) { return start_walk(L, BRIDGE_REQUEST_PAIRS); }

int start_ipairs(lua_State* L) { return start_walk(L, BRIDGE_REQUEST_IPAIRS); }
