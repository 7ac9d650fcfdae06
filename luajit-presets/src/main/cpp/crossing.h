/*
** What every crossing does first and last, inlined into the ways to cross.
*/
#ifndef LUPA4J_CROSSING_H
#define LUPA4J_CROSSING_H

#include "parts.h"

/* -- errors.cpp ------------------------------------------------------------------ */

/* Exports n values from the stack to the slots from 0; false when memory is short. */
bool export_results(Context* c, lua_State* L, ptrdiff_t from, int32_t n);
/* The failure of a status other than LUA_OK, its error value in slot 0. */
int32_t fail(Context* c, lua_State* L, int status);

/* -- Entering and leaving ------------------------------------------------------------ */

/* What a crossing changes in the context, to be put back when it ends. It is nested if it has begun in another one, or
** while another one asks Java. Stores are dear here, as the JVM waits for all of them at the end of a native call; so the
** others leave things as they are until the next one, and all write only what has changed. */
struct Outer {
  bool nested;
  JNIEnv* env;
  jobject self;
  void* resume_limit;
  lua_State* bottom_thread;
  ptrdiff_t bottom;
};

/* How much C stack coroutines in coroutines may use. Thousands of levels are enough, and an error that is handed
** up through them all grows by its position at each. */
enum { RESUME_STACK = 384 * 1024 };

/* The stack of what is called next: how far it is used, and may be. */
static LJ_AINLINE void limit_stack(global_State* g, char* here, char* limit) {
  char* resume_limit = here - RESUME_STACK > limit ? here - RESUME_STACK : limit;
  if (LJ_UNLIKELY(g->cstack_limit != limit)) g->cstack_limit = limit;
  if (LJ_UNLIKELY(g->resume_limit != resume_limit)) g->resume_limit = resume_limit;
}

/* False when too little C stack is left. What answers goes on with the crossing that asks. */
static LJ_AINLINE bool enter(Context* c, JNIEnv* env, jobject self, Outer* outer, bool answers = false) {
  global_State* g = G(c->L);
  char* here = (char*)__builtin_frame_address(0);
  void* limit = bridge_stack_limit();
  if (LJ_UNLIKELY(here < (char*)limit)) return false;
  outer->nested = LJ_UNLIKELY(c->env || (c->asking && !answers));
  if (LJ_UNLIKELY(outer->nested)) {
    outer->env = c->env;
    outer->self = c->self;
    outer->resume_limit = g->resume_limit;
    outer->bottom_thread = c->bottom_thread;
    outer->bottom = c->bottom;
    c->bottom_thread = c->L;
    c->bottom = savestack(c->L, c->L->top);
  }
  c->env = env;
  c->self = self;
  note_java(c);
  limit_stack(g, here, (char*)limit);
  if (LJ_UNLIKELY(outer->nested)) begin_change(c);
  return true;
}

/* What enter() did not write is not read here, although the compiler does not see it. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
static LJ_AINLINE void leave(Context* c, const Outer* outer) {
  if (LJ_UNLIKELY(c->staged.size)) free_staged(c);
  if (LJ_UNLIKELY(c->collector_paused)) resume_collector(c); /* an error came between */
  c->env = nullptr;
  if (LJ_UNLIKELY(outer->nested)) {
    c->env = outer->env;
    c->self = outer->self;
    G(c->L)->resume_limit = outer->resume_limit;
    c->bottom_thread = outer->bottom_thread;
    c->bottom = outer->bottom;
  }
}
#pragma GCC diagnostic pop

/* Ends a crossing. */
static LJ_AINLINE int32_t finish(Context* c, lua_State* L, ptrdiff_t bottom, int32_t n, const Outer* outer) {
  L->top = restorestack(L, bottom);
  leave(c, outer);
  return n;
}

/* -- Running ------------------------------------------------------------------------- */

/* Whether what is called now can return to Java. */
static LJ_AINLINE bool is_outermost(const Context* c, const Outer* outer) {
  return LJ_LIKELY(!outer->nested) && LJ_LIKELY(!c->calls_by_jni);
}

/* Runs the outermost call, or goes on with it. */
static LJ_AINLINE int run_main(Context* c, lua_State* L, TValue* base, ptrdiff_t handler) {
  return LJ_UNLIKELY(c->fiber.bottom) ? run_on_fiber(c, L, base, handler) : vm_run(L, base, handler);
}

/* Cleans up after a failure of the outermost call; returns the status. */
int recover(Context* c, lua_State* L, int status);

/* Runs the function before `base` in protected mode. */
static LJ_AINLINE int run_outermost(Context* c, lua_State* L, TValue* base, ptrdiff_t bottom) {
  if (LJ_UNLIKELY(c->call_bottom != bottom)) c->call_bottom = bottom;
  int status = run_main(c, L, base, bottom);
  return LJ_UNLIKELY(status > LUA_YIELD) ? recover(c, L, status) : status;
}

/* The same whether it is the outermost call or another. */
static LJ_AINLINE int run_call(Context* c, lua_State* L, TValue* base, TValue* handler, const Outer* outer) {
  if (is_outermost(c, outer)) return run_outermost(c, L, base, savestack(L, handler));
  return vm_call_protected(L, base, handler);
}

/* -- Results ------------------------------------------------------------------------- */

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

/* -- Words ------------------------------------------------------------------------------ */

static LJ_AINLINE void put_word(const Context* c, lua_State* L, TValue* to, int64_t word) {
  uint64_t w = (uint64_t)word;
  if (LJ_LIKELY(w < (uint64_t)BRIDGE_TAG_NIL << 48))
    to->u64 = w;
  else if (w >> 48 == BRIDGE_TAG_NIL)
    setnilV(to);
  else if (w >> 48 == BRIDGE_TAG_BOOLEAN)
    setboolV(to, w & 1);
  else
    copyTV(L, to, anchor_slot(c->references, (int32_t)w));
}

static LJ_AINLINE int64_t in_slots(int32_t n) {
  return (int64_t)((uint64_t)(uint32_t)BRIDGE_RESULT_IN_SLOTS << 32 | (uint32_t)n);
}

/* What the outermost call has returned to Java for. */
static LJ_AINLINE int64_t asking(const Context* c) {
  return c->fiber.call ? (int64_t)c->fiber.call : in_slots(BRIDGE_ASKING);
}

/* The same as the end of a crossing, or how many results are in the slots. */
static LJ_AINLINE int64_t asking_or_in_slots(const Context* c, int32_t n) {
  return LJ_UNLIKELY(n == BRIDGE_ASKING) ? asking(c) : in_slots(n);
}

/* Ends a call, or interrupts it if it has returned to Java. The results lie above `bottom`. */
static LJ_AINLINE int64_t conclude(Context* c, lua_State* L, ptrdiff_t bottom, int status, const Outer* outer) {
  TValue* first = restorestack(L, bottom) + 1;
  if (LJ_LIKELY(!status && L->top == first + 1 && tvisnum(first))) {
    uint64_t word = first->u64;
    L->top = first - 1;
    leave(c, outer);
    return (int64_t)word;
  }
  if (LJ_LIKELY(status == LUA_YIELD)) {
    leave(c, outer);
    return asking(c);
  }
  int32_t n = LJ_UNLIKELY(status) ? fail(c, L, status) : collect(c, L, bottom + (ptrdiff_t)sizeof(TValue));
  n = finish(c, L, bottom, n, outer);
  uint64_t word = c->shared->slots[0].word;
  return n == 1 && word < (uint64_t)BRIDGE_TAG_STRING << 48 ? (int64_t)word : in_slots(n);
}

#endif
