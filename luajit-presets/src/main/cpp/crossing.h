/*
** What every crossing does first and last, inlined into the ways to cross.
*/
#ifndef LUPA4J_CROSSING_H
#define LUPA4J_CROSSING_H

#include "context.h"

/* -- errors.cpp ------------------------------------------------------------------ */

/* Exports n values from the stack to the slots from 0; false when memory is short. */
bool export_results(Context* c, lua_State* L, ptrdiff_t from, int32_t n);
/* The failure of a status other than LUA_OK, its error value in slot 0. */
int32_t fail(Context* c, lua_State* L, int status);

/* -- Entering and leaving ------------------------------------------------------------ */

/* What a crossing changes in the context, to be put back when it ends. The outermost one (its `env` is NULL) leaves
** the limits as they are: nothing runs until the next one sets its own. */
struct Outer {
  JNIEnv* env;
  jobject self;
  void* resume_limit;
  lua_State* bottom_thread;
  ptrdiff_t bottom;
};

/* How much C stack coroutines in coroutines may use. Thousands of levels are enough, and an error that is handed
** up through them all grows by its position at each. */
enum { RESUME_STACK = 384 * 1024 };

/* False when too little C stack is left. */
static LJ_AINLINE bool enter(Context* c, JNIEnv* env, jobject self, Outer* outer) {
  global_State* g = G(c->L);
  char* here = (char*)__builtin_frame_address(0);
  void* limit = bridge_stack_limit();
  if (LJ_UNLIKELY(here < (char*)limit)) return false;
  outer->env = c->env;
  if (LJ_UNLIKELY(outer->env)) {
    outer->self = c->self;
    outer->resume_limit = g->resume_limit;
    outer->bottom_thread = c->bottom_thread;
    outer->bottom = c->bottom;
  }
  c->bottom_thread = c->L;
  c->bottom = savestack(c->L, c->L->top);
  c->env = env;
  c->self = self;
  g->cstack_limit = limit;
  g->resume_limit = here - RESUME_STACK > (char*)limit ? here - RESUME_STACK : limit;
  c->trace.size = 0;
  return true;
}

static LJ_AINLINE void leave(Context* c, const Outer* outer) {
  if (LJ_UNLIKELY(c->staged.size)) free_staged(c);
  if (LJ_UNLIKELY(c->collector_paused)) resume_collector(c); /* an error came between */
  c->env = outer->env;
  if (LJ_UNLIKELY(outer->env)) {
    c->self = outer->self;
    G(c->L)->resume_limit = outer->resume_limit;
    c->bottom_thread = outer->bottom_thread;
    c->bottom = outer->bottom;
  }
}

/* Ends a crossing. */
static LJ_AINLINE int32_t finish(Context* c, lua_State* L, ptrdiff_t bottom, int32_t n, const Outer* outer) {
  L->top = restorestack(L, bottom);
  leave(c, outer);
  return n;
}

/* Exports what lies on the stack from `from`. */
static LJ_AINLINE int32_t collect(Context* c, lua_State* L, ptrdiff_t from) {
  TValue* first = restorestack(L, from);
  int32_t n = (int32_t)(L->top - first);
  if (LJ_LIKELY(n == 1 && tvisnum(first)))
    c->shared->slots[0].word = first->u64;
  else if (LJ_UNLIKELY(n && !export_results(c, L, from, n)))
    n = no_memory(c);
  return n;
}

#endif
