/*
** What keeps a script within bounds: stopping it from outside, its memory, and no bytecode.
*/
#include "parts.h"

#include <time.h>

extern "C" {
#include "lj_lex.h"

#include "lj_bcdump.h"
}

/* -- Stopping --------------------------------------------------------------------- */

extern "C" int __real_lua_sethook(lua_State* L, lua_Hook hook, int mask, int count);
extern "C" int __wrap_lua_sethook(lua_State* L, lua_Hook hook, int mask, int count);

static void count_hook(lua_State* L, lua_Debug*);

/* The hook of a state that nobody stops. */
static void set_usual_hook(Context* c) {
  if (c->instruction_limit > 0) {
    const int64_t most = 1 << 30; /* the hook's counter has 31 bits */
    int64_t count = c->instructions_left < most ? c->instructions_left : most;
    c->instructions_left -= count;
    __real_lua_sethook(c->main, count_hook, LUA_MASKCOUNT, (int)count);
  } else {
    __real_lua_sethook(c->main, nullptr, 0, 0);
  }
}

/* Raises at every instruction until the outermost crossing ends, so no pcall can go on. */
static void stop_hook(lua_State* L, lua_Debug*) {
  if (!__atomic_load_n(&G(L)->stopping, __ATOMIC_ACQUIRE)) {
    set_usual_hook(context_of(L));
    return;
  }
  /* LuaJIT would otherwise believe for good that it is still inside the hook. */
  vm_leave_hook(L);
  luaL_error(L, "stopped by the host");
}

/* A script's own hook would take the place of the one that stops it. */
extern "C" int __wrap_lua_sethook(lua_State* L, lua_Hook hook, int mask, int count) {
  if (__atomic_load_n(&G(L)->stopping, __ATOMIC_ACQUIRE)) luaL_error(L, "stopped by the host");
  Context* c = context_of(L);
  if (c && c->instruction_limit > 0) luaL_error(L, "hooks are not available while instructions are counted");
  return __real_lua_sethook(L, hook, mask, count);
}

void bridge_stop(int64_t context, int32_t insist) {
  Context* c = (Context*)(intptr_t)context;
  __atomic_store_n(&G(c->main)->stopping, 1, __ATOMIC_RELEASE);
  /* A hook of the script's own or a finalizer may be what does not end; hooks are off in there. */
  if (insist) vm_leave_hook(c->main);
  __real_lua_sethook(c->main, stop_hook, LUA_MASKCOUNT, 1);
}

void bridge_stop_end(int64_t context) {
  Context* c = (Context*)(intptr_t)context;
  __atomic_store_n(&G(c->main)->stopping, 0, __ATOMIC_RELEASE);
  c->shared->exhausted = 0;
  set_usual_hook(c);
}

/* -- Instructions ------------------------------------------------------------------ */

static void count_hook(lua_State* L, lua_Debug* frame) {
  Context* c = context_of(L);
  if (c->instructions_left > 0) {
    set_usual_hook(c);
    return;
  }
  c->shared->exhausted = 1;
  __atomic_store_n(&G(L)->stopping, 1, __ATOMIC_RELEASE);
  __real_lua_sethook(c->main, stop_hook, LUA_MASKCOUNT, 1);
  stop_hook(L, frame);
}

void bridge_set_instruction_limit(int64_t context, int64_t instructions) {
  Context* c = (Context*)(intptr_t)context;
  c->instruction_limit = instructions;
  bridge_count_instructions(context);
}

void bridge_count_instructions(int64_t context) {
  Context* c = (Context*)(intptr_t)context;
  c->instructions_left = c->instruction_limit;
  set_usual_hook(c);
}

void bridge_set_jit(int64_t context, int32_t on) {
  luaJIT_setmode(
      ((Context*)(intptr_t)context)->main, 0, LUAJIT_MODE_ENGINE | (on ? LUAJIT_MODE_ON : LUAJIT_MODE_OFF));
}

/* -- Memory ------------------------------------------------------------------------ */

/* The collector gets itself a smaller table of strings before it gives up the old one. Refused, it would fail, and fail
** again for ever, for it begins with that. The linker leads the collector's calls through here. */
extern "C" void __real_lj_str_resize(lua_State* L, MSize mask);
extern "C" void __wrap_lj_str_resize(lua_State* L, MSize mask);

extern "C" void __wrap_lj_str_resize(lua_State* L, MSize mask) {
  Context* c = context_of(L);
  if (c) c->memory_granted = true;
  __real_lj_str_resize(L, mask);
  if (c) c->memory_granted = false;
}

/* LuaJIT does not collect in need; so a whole collection is asked for in time: when half of what the limit leaves
** above the data that was alive after the last one is used, or a small share of it all when hardly anything is left;
** and when memory was refused, for what the script then gives up, unless that was in vain the last time. */
static void collect_in_time(Context* c, global_State* g, size_t total, bool refused) {
  if (c->collection_due || c->collector_paused || c->collector_stopped || vm_in_finalizer(g)) return;
  size_t limit = (size_t)c->memory_limit;
  size_t alive = vm_memory_alive(g) < limit ? vm_memory_alive(g) : limit;
  size_t room = (limit - alive) / 2;
  if (room < limit / 64) room = limit / 64;
  if (total < alive + room && (!refused || c->collected_in_vain)) return;
  c->collection_due = true;
  c->collects_in_need = refused;
  vm_hurry_collector(g);
}

/* The collector's steps, all of which the linker leads through here. */
extern "C" int __real_lj_gc_step(lua_State* L);
extern "C" int __wrap_lj_gc_step(lua_State* L);
extern "C" void __real_lj_gc_step_fixtop(lua_State* L);
extern "C" void __wrap_lj_gc_step_fixtop(lua_State* L);
extern "C" int __real_lj_gc_step_jit(global_State* g, MSize steps);
extern "C" int __wrap_lj_gc_step_jit(global_State* g, MSize steps);

static bool is_due(global_State* g) {
  Context* c = (Context*)g->host;
  return LJ_UNLIKELY(c && c->collection_due && !c->collector_paused);
}

static void collect_now(lua_State* L) {
  Context* c = context_of(L);
  c->collection_due = false;
  timespec begin, end;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  lj_gc_fullgc(L);
  clock_gettime(CLOCK_MONOTONIC, &end);
  c->collection_nanos = (end.tv_sec - begin.tv_sec) * 1000000000ll + (end.tv_nsec - begin.tv_nsec);
  size_t limit = (size_t)c->memory_limit;
  c->collected_in_vain = c->collects_in_need && vm_memory_alive(G(L)) > limit - limit / 8;
}

extern "C" int __wrap_lj_gc_step(lua_State* L) {
  if (!is_due(G(L))) return __real_lj_gc_step(L);
  collect_now(L);
  return 1;
}

extern "C" void __wrap_lj_gc_step_fixtop(lua_State* L) {
  if (!is_due(G(L))) {
    __real_lj_gc_step_fixtop(L);
  } else {
    vm_fix_top(L);
    collect_now(L);
  }
}

/* Compiled code cannot be collected under: it is left, and the interpreter comes to the same check again. */
extern "C" int __wrap_lj_gc_step_jit(global_State* g, MSize steps) {
  return is_due(g) ? 1 : __real_lj_gc_step_jit(g, steps);
}

static bool refuses(Context* c, size_t total) {
  if (c->memory_granted) return false;
  if (c->failing_allocation > 0 && --c->failing_allocation == 0) return true;
  if (c->memory_limit <= 0) return false;
  /* A part is kept back until the rest is used up: a script that catches the error can go on with it, even if what it
  ** gave up is still to be seen in unused stack slots. */
  size_t limit = (size_t)(c->memory_limit + c->memory_slack), kept = (size_t)c->memory_limit / 16;
  if (c->reserve_open && total < limit - 2 * kept) c->reserve_open = false;
  if (total <= limit - kept) return false;
  if (c->reserve_open) return total > limit;
  c->reserve_open = true;
  return true;
}

/* Refuses what goes beyond the limit. */
static void* limited_alloc(void* data, void* block, size_t old_size, size_t new_size) {
  Context* c = (Context*)data;
  if (new_size > old_size) {
    global_State* g = G(c->main);
    size_t total = g->gc.total + (new_size - old_size);
    bool refused = refuses(c, total);
    if (c->memory_limit > 0) collect_in_time(c, g, total, refused);
    if (refused) {
      c->memory_refused = true;
      c->shared->refused = 1;
      return nullptr;
    }
  }
  return c->alloc(c->alloc_data, block, old_size, new_size);
}

/* Steps in front of the allocator only as long as there is something to refuse. */
static void set_allocator(Context* c) {
  bool wanted = c->memory_limit > 0 || c->failing_allocation > 0;
  if (wanted && !c->alloc) {
    c->alloc = lua_getallocf(c->main, &c->alloc_data);
    lua_setallocf(c->main, limited_alloc, c);
  } else if (!wanted && c->alloc) {
    lua_setallocf(c->main, c->alloc, c->alloc_data);
    c->alloc = nullptr;
  }
}

void bridge_set_memory_limit(int64_t context, int64_t bytes) {
  Context* c = (Context*)(intptr_t)context;
  c->memory_limit = bytes;
  set_allocator(c);
}

/* 64-bit integers open the ffi library, and nothing can mend one that failed on the way. */
static TValue* step_prepare(lua_State* L, lua_CFunction, void*) {
  vm_check_stack(L, 8);
  vm_open_ffi(L);
  return nullptr;
}

int32_t bridge_prepare_memory_limit(JNIEnv* env, jclass, jobject self, int64_t context) {
  Request r = {};
  return cross(env, self, context, step_prepare, &r);
}

int64_t bridge_fail_allocation(int64_t context, int64_t n) {
  Context* c = (Context*)(intptr_t)context;
  int64_t left = c->failing_allocation;
  c->failing_allocation = n;
  set_allocator(c);
  return left;
}

void bridge_set_collector_pause(int64_t context, int32_t percent) {
  lua_gc(((Context*)(intptr_t)context)->main, LUA_GCSETPAUSE, percent);
}

int64_t bridge_collection_nanos(int64_t context) { return ((Context*)(intptr_t)context)->collection_nanos; }

void bridge_hurry_collector(int64_t context) {
  Context* c = (Context*)(intptr_t)context;
  if (c->collector_paused || c->collector_stopped || vm_in_finalizer(G(c->main))) return;
  c->collection_due = true;
  c->collects_in_need = false;
  vm_hurry_collector(G(c->main));
}

/* A collector that the host has stopped is not set going by a collection that somebody asks for. The linker leads
** what scripts ask here, too. */
extern "C" int __real_lua_gc(lua_State* L, int what, int data);
extern "C" int __wrap_lua_gc(lua_State* L, int what, int data);

extern "C" int __wrap_lua_gc(lua_State* L, int what, int data) {
  int result = __real_lua_gc(L, what, data);
  Context* c = context_of(L);
  if (c && c->collector_stopped) __real_lua_gc(L, LUA_GCSTOP, 0);
  return result;
}

void bridge_stop_collector(int64_t context, int32_t stopped) {
  Context* c = (Context*)(intptr_t)context;
  c->collector_stopped = stopped != 0;
  lua_gc(c->main, stopped ? LUA_GCSTOP : LUA_GCRESTART, 0);
}

int64_t bridge_memory_used(int64_t context) { return vm_memory_used(((Context*)(intptr_t)context)->main); }

/* -- Bytecode ----------------------------------------------------------------------- */

/* Every way to load bytecode ends in lj_bcread; the linker leads it through here. What LuaJIT reads it trusts,
** so made-up bytecode can do anything to the process. */
extern "C" GCproto* __real_lj_bcread(LexState* ls);
extern "C" GCproto* __wrap_lj_bcread(LexState* ls);

extern "C" GCproto* __wrap_lj_bcread(LexState* ls) {
  Context* c = context_of(ls->L);
  if (c && !c->bytecode) luaL_error(ls->L, "attempt to load bytecode, which this runtime does not accept");
  return __real_lj_bcread(ls);
}

void bridge_allow_bytecode(int64_t context, int32_t allowed) {
  ((Context*)(intptr_t)context)->bytecode = allowed != 0;
}
