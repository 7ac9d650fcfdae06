/*
** Loops over Java objects: iterators of walks.lua, for which a walk of Java makes some steps ready at a time.
*/
#include "parts.h"

#include "walks.h" /* src/main/lua/walks.lua, compiled */

static void fill(lua_State* L, GCtab* table, TValue* from, int32_t n) {
  int32_t size = (int32_t)table->asize;
  for (int32_t i = 0; i < n; i++, from += 2) anchor_set(L, table, i + 1, from);
  /* What the last steps were is not kept alive. */
  for (int32_t i = n + 1; i < size && !tvisnil(anchor_slot(table, i)); i++) setnilV(anchor_slot(table, i));
}

/* The stack of refill, from 0 on. */
enum { WALK, KEYS, VALUES, STATE };

/* Moves the steps on the top of the stack to the tables. */
static int take_steps(lua_State* L, int32_t values) {
  int32_t n = values / 2;
  GCtab* tables[] = {tabV(L->base + KEYS), tabV(L->base + VALUES)};
  ptrdiff_t from = savestack(L, L->top - values);
  for (int i = 0; i < 2; i++) {
    if ((int32_t)tables[i]->asize <= n) anchor_grow(L, tables[i], n + 1);
    fill(L, tables[i], restorestack(L, from) + i, n);
  }
  lua_pushinteger(L, n);
  return 1;
}

static int32_t check_walk(lua_State* L, Context* c, int index) {
  int32_t walk = L->top - L->base > index ? object_id(c, L->base + index) : 0;
  if (LJ_UNLIKELY(!walk)) luaL_error(L, "the Java object of this iterator was released");
  return walk;
}

static int refill(lua_State* L) {
  Context* c = context_of(L);
  if (is_answered(L, c)) return take_steps(L, take_answer(L, c));
  int32_t walk = check_walk(L, c, WALK), nargs = (int32_t)(L->top - L->base) - STATE;
  luaL_checktype(L, KEYS + 1, LUA_TTABLE);
  luaL_checktype(L, VALUES + 1, LUA_TTABLE);
  c->text_used = 0;
  put_values(L, c, 0, savestack(L, L->base + STATE), nargs);
  int n = invoke_last(L, c, 0, walk, nargs);
  return n < 0 ? n : take_steps(L, n);
}

int step_walk(lua_State* L) {
  Context* c = context_of(L);
  if (is_answered(L, c)) return take_answer(L, c);
  int32_t object = check_walk(L, c, 0), walk = check_walk(L, c, 1), nargs = (int32_t)(L->top - L->base) - 2;
  if (is_left_trace(L, c)) return leave_call(L, c, object, BRIDGE_MEMBER_ITEM);
  note_item(c, L, object);
  c->text_used = 0;
  put_values(L, c, 0, savestack(L, L->base + 2), nargs);
  return invoke_last(L, c, BRIDGE_MEMBER_STEP, walk, nargs);
}

static LJ_NOINLINE void open_walkers(Context* c, lua_State* L) {
  int top = lua_gettop(L);
  luaL_checkstack(L, 8, "no room to open the library");
  push_own_chunk(L, luaJIT_BC_walks, luaJIT_BC_walks_SIZE, "@[walks]");
  settabV(L, L->top, c->epoch);
  L->top++;
  lua_pushcfunction(L, refill);
  lua_pushcfunction(L, step_walk);
  settabV(L, L->top, c->library);
  L->top++;
  lua_getfield(L, -1, "rawequal");
  lua_remove(L, -2);
  lua_call(L, 4, 3);
  lua_createtable(L, 4, 0);
  lua_insert(L, top + 1);
  for (int i = 3; i >= 1; i--) lua_rawseti(L, top + 1, i);
  c->walkers = &keep(L)->tab;
  lua_settop(L, top);
}

/* Makes the iterator of a walk. Stack: the object, ..., the walk, its kind, what means the end. */
static int push_iterator(lua_State* L, Context* c) {
  int walk = lua_gettop(L) - 2;
  int kind = (int)lua_tointeger(L, walk + 1);
  if (LJ_UNLIKELY(!c->walkers)) open_walkers(c, L);
  luaL_checkstack(L, 8, "no room for an iterator");
  settabV(L, L->top, c->walkers);
  L->top++;
  lua_rawgeti(L, -1, kind);
  lua_pushvalue(L, 1);
  lua_pushvalue(L, walk);
  lua_pushvalue(L, walk + 2);
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
  return n == 3 ? push_iterator(L, c) : n;
}

int start_pairs(lua_State* L) { return start_walk(L, BRIDGE_REQUEST_PAIRS); }

int start_ipairs(lua_State* L) { return start_walk(L, BRIDGE_REQUEST_IPAIRS); }
