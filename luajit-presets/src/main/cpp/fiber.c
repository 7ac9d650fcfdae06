/*
** Switching between a thread's stack and a fiber.
**
** Processors predict where a `ret` goes by the `call`s before it, and a wrong guess costs as much as the rest of a switch.
** So all of these keep calls and returns in pairs: the fiber is entered by one `call`, at one place, whatever it is to
** do; and it is left by a `ret` to behind that place, in the middle of a call too. Compiled Lua code enters bridge_call_in_trace
** by a jump (adapt-luajit.sh), and gets back by one. Only C functions that wait do so against the rule: it is still a
** quarter of what a call by JNI takes.
*/
#define _GNU_SOURCE
#include "fiber.h"

#include <stddef.h>
#include <sys/mman.h>

#ifndef __x86_64__
#error "switching stacks: write it for this processor"
#endif

#define LEAST_SIZE ((size_t)512 * 1024)
#define GUARD_SIZE ((size_t)64 * 1024)
#define MARGIN ((size_t)160 * 1024) /* for what does not ask: LuaJIT's compiler, error handling, signal handlers */

_Static_assert(offsetof(Fiber, java) == 0 && offsetof(Fiber, stopped) == 8 && offsetof(Fiber, bottom) == 16 &&
        offsetof(Fiber, runs) == 24 && offsetof(Fiber, refused) == 28 && offsetof(Fiber, call) == 32,
    "the code below");

__asm__(
    ".text\n"
    ".macro save_registers\n"
    "  push %rbp\n  push %rbx\n  push %r12\n  push %r13\n  push %r14\n  push %r15\n"
    ".endm\n"
    ".macro restore_registers\n"
    "  pop %r15\n  pop %r14\n  pop %r13\n  pop %r12\n  pop %rbx\n  pop %rbp\n"
    ".endm\n"

    /* rdi: fiber, rsi: L, rdx: base, rcx: handler */
    ".globl bridge_fiber_run\n.hidden bridge_fiber_run\n.type bridge_fiber_run, @function\n"
    "bridge_fiber_run:\n"
    "  save_registers\n"
    "  mov %rsp, (%rdi)\n"
    "  mov 16(%rdi), %rsp\n"
    "  push %rdi\n"
    "  push $0\n" /* what is called finds the stack aligned */
    "  mov %rsi, %rdi\n"
    "  mov %rdx, %rsi\n"
    "  xor %edx, %edx\n"
    "  lea lj_vm_hostrun(%rip), %rax\n"
    ".Lenter:\n"
    "  call *%rax\n"
    /* Here the fiber's stack holds nothing but what was pushed above. */
    "  mov 8(%rsp), %rdi\n"
    "  mov (%rdi), %rsp\n"
    "  restore_registers\n"
    "  ret\n"

    /* rdi: fiber, esi: answer */
    ".globl bridge_fiber_go_on\n.hidden bridge_fiber_go_on\n.type bridge_fiber_go_on, @function\n"
    "bridge_fiber_go_on:\n"
    "  save_registers\n"
    "  mov %rsp, (%rdi)\n"
    "  mov 8(%rdi), %rsp\n"
    "  lea .Lgo_on(%rip), %rax\n"
    "  jmp .Lenter\n"
    ".Lgo_on:\n"
    "  add $8, %rsp\n"
    "  mov %esi, %eax\n"
    "  restore_registers\n"
    "  pop %rcx\n"
    "  jmp *%rcx\n"

    /* rdi: fiber, rsi: call */
    ".globl bridge_call_in_trace\n.hidden bridge_call_in_trace\n.type bridge_call_in_trace, @function\n"
    "bridge_call_in_trace:\n"
    "  cmpl $0, 24(%rdi)\n"
    "  je 1f\n"
    "  mov %rsi, 32(%rdi)\n"

    /* rdi: fiber */
    ".globl bridge_fiber_wait\n.hidden bridge_fiber_wait\n.type bridge_fiber_wait, @function\n"
    "bridge_fiber_wait:\n"
    "  save_registers\n"
    "  mov %rsp, 8(%rdi)\n"
    "  mov 16(%rdi), %rsp\n"
    "  sub $24, %rsp\n" /* where the call at .Lenter has put its return address */
    "  mov $1, %eax\n" /* LUA_YIELD */
    "  ret\n"
    "1: incl 28(%rdi)\n"
    "  xor %eax, %eax\n"
    "  ret\n"

    /* rdi: fiber, rsi: function, rdx: data */
    ".globl bridge_fiber_ask\n.hidden bridge_fiber_ask\n.type bridge_fiber_ask, @function\n"
    "bridge_fiber_ask:\n"
    "  push %rbp\n"
    "  mov %rsp, %rbp\n"
    "  push %rbx\n"
    "  mov %rdi, %rbx\n"
    "  movl $0, 24(%rbx)\n"
    "  mov (%rbx), %rsp\n"
    "  and $-16, %rsp\n"
    "  mov %rdx, %rdi\n"
    "  call *%rsi\n"
    "  movl $1, 24(%rbx)\n"
    "  mov -8(%rbp), %rbx\n"
    "  mov %rbp, %rsp\n"
    "  pop %rbp\n"
    "  ret\n");

static size_t mapped(size_t size) { return size + MARGIN + GUARD_SIZE; }

int bridge_fiber_open(Fiber* fiber, size_t size) {
  size_t page = 4096;
  size = size < LEAST_SIZE ? LEAST_SIZE : (size + page - 1) / page * page;
  /* As a thread's stack it takes memory as far as it is used. */
  char* stack = mmap(NULL, mapped(size), PROT_READ | PROT_WRITE,
      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) return 0;
  mprotect(stack, GUARD_SIZE, PROT_NONE);
  bridge_fiber_close(fiber);
  fiber->bottom = stack + mapped(size);
  fiber->limit = stack + GUARD_SIZE + MARGIN;
  fiber->size = size;
  return 1;
}

void bridge_fiber_close(Fiber* fiber) {
  if (fiber->bottom) munmap((char*)fiber->bottom - mapped(fiber->size), mapped(fiber->size));
  fiber->bottom = NULL;
  fiber->size = 0;
}
