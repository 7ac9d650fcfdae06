/*
** A C stack of a state's own, for its outermost call. Lua code on it can stop in the middle, even in compiled code or with
** C functions in between, while the native call that it runs in returns to Java; and goes on when Java calls again. It
** costs little more than the native call itself.
**
** The JVM must not find its thread on a stack that it does not know: what needs a function of JNI on the fiber calls it
** by bridge_fiber_ask.
*/
#ifndef LUPA4J_FIBER_H
#define LUPA4J_FIBER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct lua_State;
union TValue;

/* The assembler code in fiber.c knows this layout. */
typedef struct Fiber {
  void* java;   /* top of the thread's own stack, while Lua runs on the fiber */
  void* stopped; /* top of the fiber, while it waits for Java */
  void* bottom; /* where the fiber's stack begins, its highest address; NULL if there is none */
  int32_t runs; /* 1 while Lua runs on the fiber */
  int32_t refused; /* more for each trace that a call has left, less for each call that was made in one */
  uint64_t call; /* what compiled code calls, as a word for Java; 0 if it calls nothing */
  void* limit;  /* lowest address that Lua may use */
  size_t size;  /* of what it may use; 0 if there is none */
} Fiber;

/* Gives the fiber a stack of which Lua may use so much, as it may of the thread's own; it must be idle. False when there is no
** memory for one: then it has that of before. */
int bridge_fiber_open(Fiber* fiber, size_t size);
void bridge_fiber_close(Fiber* fiber);

/* lj_vm_hostrun on the fiber. Returns LUA_YIELD also when Lua waits for Java. */
int bridge_fiber_run(Fiber* fiber, struct lua_State* L, union TValue* base, ptrdiff_t handler);
/* Goes on with what waits, which gets the answer. */
int bridge_fiber_go_on(Fiber* fiber, int32_t answer);
/* Waits, on the fiber, for that. */
int32_t bridge_fiber_wait(Fiber* fiber);

/* Calls a function on the thread's own stack. */
void bridge_fiber_ask(Fiber* fiber, void (*function)(void*), void* data);

/* Called by compiled Lua code: has Java make a call, see tracecalls.cpp. Returns 1 when that was done, 0 when the interpreter
** has to make it. */
int32_t bridge_call_in_trace(Fiber* fiber, uint64_t call);

#ifdef __cplusplus
}
#endif

#endif
