/*
** What a program in C pays for the operations that the Java benchmarks measure: the same LuaJIT, the public API,
** no Java. Prints a line "row nanoseconds" for each row; a row is the median over rounds of the CPU time of the
** thread per operation. Build and run:
**
**   src/bench/run.sh --host
*/
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

#define ROUNDS 15
#define HELD_STATES 200

static volatile double sink;

static void check(lua_State* L, int status) {
  if (status != 0) {
    fprintf(stderr, "host: %s\n", lua_tostring(L, -1));
    exit(1);
  }
}

static lua_State* open_state(void) {
  lua_State* L = luaL_newstate();
  if (!L) {
    fprintf(stderr, "host: not enough memory\n");
    exit(1);
  }
  luaL_openlibs(L);
  return L;
}

static int reference(lua_State* L, const char* code) {
  check(L, luaL_loadstring(L, code));
  check(L, lua_pcall(L, 0, 1, 0));
  return luaL_ref(L, LUA_REGISTRYINDEX);
}

/* -- Operations ------------------------------------------------------------ */

typedef struct {
  lua_State* L;
  lua_State* thread;
  int add, chunk, table, loop;
} Host;

static void empty(Host* h, int n) {
  (void)h;
  while (n-- > 0) sink = n;
}

static void call(Host* h, int n) {
  lua_State* L = h->L;
  while (n-- > 0) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, h->add);
    lua_pushnumber(L, 1);
    lua_pushnumber(L, 2);
    check(L, lua_pcall(L, 2, 1, 0));
    sink = lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
}

static void call_global(Host* h, int n) {
  lua_State* L = h->L;
  while (n-- > 0) {
    lua_getglobal(L, "add");
    lua_pushnumber(L, 1);
    lua_pushnumber(L, 2);
    check(L, lua_pcall(L, 2, 1, 0));
    sink = lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
}

static void chunk(Host* h, int n) {
  lua_State* L = h->L;
  while (n-- > 0) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, h->chunk);
    check(L, lua_pcall(L, 0, 1, 0));
    sink = lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
}

static void eval(Host* h, int n) {
  lua_State* L = h->L;
  while (n-- > 0) {
    check(L, luaL_loadstring(L, "return 1+1"));
    check(L, lua_pcall(L, 0, 1, 0));
    sink = lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
}

static void get_field(Host* h, int n) {
  lua_State* L = h->L;
  lua_rawgeti(L, LUA_REGISTRYINDEX, h->table);
  while (n-- > 0) {
    lua_getfield(L, -1, "field");
    sink = lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

static void resume(Host* h, int n) {
  lua_State* L = h->thread;
  while (n-- > 0) {
    lua_pushnumber(L, 1);
    if (lua_resume(L, 1) != LUA_YIELD) check(L, LUA_ERRRUN);
    sink = lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
}

static void create(Host* h, int n) {
  (void)h;
  while (n-- > 0) {
    lua_State* L = open_state();
    check(L, luaL_loadstring(L, "return 1"));
    check(L, lua_pcall(L, 0, 1, 0));
    sink = lua_tonumber(L, -1);
    lua_close(L);
  }
}

/* Bytes of resident memory. */
static double resident(void) {
  long total, pages = 0;
  FILE* f = fopen("/proc/self/statm", "r");
  if (f) {
    if (fscanf(f, "%ld %ld", &total, &pages) != 2) pages = 0;
    fclose(f);
  }
  return (double)pages * sysconf(_SC_PAGESIZE);
}

/* KiB of an idle state, the libraries loaded. */
static void print_idle(void) {
  lua_State* held[HELD_STATES];
  double before, used = 0;
  int i;
  for (i = 0; i < 20; i++) open_state();
  before = resident();
  for (i = 0; i < HELD_STATES; i++) {
    held[i] = open_state();
    used += lua_gc(held[i], LUA_GCCOUNT, 0);
  }
  printf("idle %.1f\n", (resident() - before) / 1024 / HELD_STATES);
  printf("idleUsed %.1f\n", used / HELD_STATES);
  for (i = 0; i < HELD_STATES; i++) lua_close(held[i]);
}

/* -- Measuring ------------------------------------------------------------- */

typedef struct {
  const char* name;
  void (*run)(Host *, int);
  int times; /* in a round: some ms */
  double ns[ROUNDS];
} Row;

static Row rows[] = {
  {"empty", empty, 1000000, {0}},
  {"call", call, 100000, {0}},
  {"callGlobal", call_global, 100000, {0}},
  {"chunk", chunk, 100000, {0}},
  {"eval", eval, 10000, {0}},
  {"getField", get_field, 200000, {0}},
  {"resume", resume, 100000, {0}},
  {"create", create, 50, {0}},
};
#define ROWS (int)(sizeof(rows) / sizeof(rows[0]))

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static int by_size(const void* a, const void* b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char** argv) {
  Host h;
  int r, i;
  if (argc > 1 && !strcmp(argv[1], "idle")) {
    print_idle();
    return 0;
  }
  h.L = open_state();
  check(h.L, luaL_dostring(h.L, "function add(a, b) return a + b end"));
  h.add = reference(h.L, "return add");
  check(h.L, luaL_loadstring(h.L, "return 1+1"));
  h.chunk = luaL_ref(h.L, LUA_REGISTRYINDEX);
  h.table = reference(h.L, "return {field = 1}");
  h.thread = lua_newthread(h.L);
  check(h.L, luaL_loadstring(h.thread, "local x = ... while true do x = coroutine.yield(x) end"));
  for (i = 0; i < ROWS; i++) rows[i].run(&h, rows[i].times); /* warm up */
  for (r = 0; r < ROUNDS; r++)
    for (i = 0; i < ROWS; i++) {
      double start = now();
      rows[i].run(&h, rows[i].times);
      rows[i].ns[r] = (now() - start) / rows[i].times;
    }
  for (i = 0; i < ROWS; i++) {
    qsort(rows[i].ns, ROUNDS, sizeof(double), by_size);
    printf("%s %.2f\n", rows[i].name, rows[i].ns[ROUNDS / 2]);
  }
  lua_close(h.L);
  return 0;
}
