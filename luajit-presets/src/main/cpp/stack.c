/*
** The C stack: LuaJIT has no bound of its own, so every way from C back into Lua is checked here against
** what the current thread has left. (Coroutines that resume coroutines are checked by the VM itself, see
** adapt-luajit.sh.) An overflow becomes a Lua error while there is still room to handle it.
*/
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>

#include "lauxlib.h"
#include "lj_obj.h"
#include "lj_err.h"
#include "lj_lex.h"
#include "lj_vm.h"

/* Room kept for the JVM: its guard and shadow pages (about 100 KB), LuaJIT's compiler, error handling. */
#define MARGIN_MAX (160 * 1024)
#define MARGIN_MIN (112 * 1024)

#define SIZE_MOST ((size_t)1024 * 1024 * 1024) /* one that is not limited counts as so large */

__thread char* bridge_thread_limit __attribute__((tls_model("initial-exec"), visibility("hidden")));

__thread size_t bridge_thread_size __attribute__((tls_model("initial-exec"), visibility("hidden")));

void* bridge_find_limit(void) {
  pthread_attr_t attributes;
  void* lowest = NULL;
  size_t size = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
    pthread_attr_getstack(&attributes, &lowest, &size);
    pthread_attr_destroy(&attributes);
  }
  size_t margin = size / 16 * 5;
  if (margin > MARGIN_MAX) margin = MARGIN_MAX;
  if (margin < MARGIN_MIN) margin = MARGIN_MIN;
  bridge_thread_limit = (char*)lowest + margin;
  bridge_thread_size = size - margin < SIZE_MOST ? size - margin : SIZE_MOST;
  return bridge_thread_limit;
}

GCstr* bridge_overflow_message(lua_State* L);

static __attribute__((noinline, cold)) void overflow(lua_State* L) { luaL_error(L, "stack overflow (C stack)"); }

/* What a message handler may use of the margin, as it must be able to run after an overflow. */
#define HANDLER_ROOM (16 * 1024)

/* Handlers that fail are not handled again, but each can call what fails in turn. */
static __attribute__((noinline, cold)) void handler_overflow(lua_State* L) {
  setstrV(L, L->top++, bridge_overflow_message(L));
  lj_err_throw(L, LUA_ERRERR);
}

static inline void check(lua_State* L) {
  char* here = (char*)__builtin_frame_address(0);
  char* limit = (char*)G(L)->cstack_limit;
  if (__builtin_expect(here >= limit, 1)) return;
  if (L->status != LUA_ERRERR) overflow(L);
  if (here < limit - HANDLER_ROOM) handler_overflow(L);
}

/* The linker sends LuaJIT's own calls of these here (--wrap). */

void __real_lj_vm_call(lua_State* L, TValue* base, int nres1);
void __wrap_lj_vm_call(lua_State* L, TValue* base, int nres1);
int __real_lj_vm_pcall(lua_State* L, TValue* base, int nres1, ptrdiff_t handler);
int __wrap_lj_vm_pcall(lua_State* L, TValue* base, int nres1, ptrdiff_t handler);
void __real_lj_lex_next(LexState* ls);
void __wrap_lj_lex_next(LexState* ls);

/* From C functions into Lua: gsub and sort callbacks, metamethods, lua_call of binary modules. */
void __wrap_lj_vm_call(lua_State* L, TValue* base, int nres1) {
  check(L);
  __real_lj_vm_call(L, base, nres1);
}

/* Protected calls cannot raise here; they fail instead. Finalizers are called this way, and a script can nest them by
** collectgarbage; those for which no stack is left are skipped, as there is nobody to be told. */
enum { FINALIZER = -1 }; /* what the collector passes as the handler */

int __wrap_lj_vm_pcall(lua_State* L, TValue* base, int nres1, ptrdiff_t handler) {
  if (__builtin_expect((char*)__builtin_frame_address(0) < (char*)G(L)->cstack_limit, 0)) {
    TValue* function = base - 1 - LJ_FR2;
    if (handler == FINALIZER) {
      L->top = function;
      return LUA_OK;
    }
    setstrV(L, function, bridge_overflow_message(L));
    L->top = function + 1;
    return LUA_ERRRUN;
  }
  return __real_lj_vm_pcall(L, base, nres1, handler);
}

/* The recursive parser reads a token at every level. It can take long, too: some statements in the square of their
** length. */
void __wrap_lj_lex_next(LexState* ls) {
  check(ls->L);
  if (__builtin_expect(__atomic_load_n(&G(ls->L)->stopping, __ATOMIC_RELAXED), 0))
    luaL_error(ls->L, "stopped by the host");
  __real_lj_lex_next(ls);
}
