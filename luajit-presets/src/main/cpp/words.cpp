/*
** Calls with a few words: the shortest way into a Lua function and back. Nothing but the call itself can raise here,
** and neither arguments nor a plain result touch the slots.
*/
#include "crossing.h"

static_assert((uint32_t)BRIDGE_RESULT_IN_SLOTS == ((uint32_t)BRIDGE_TAG_NIL << 16 | 1), "no value's word");

/* Calls a function, with a receiver before the words if there is one. */
static LJ_AINLINE int64_t call_words(JNIEnv* env, jobject self, Context* c, cTValue* function, cTValue* receiver,
    int32_t nargs, int64_t word0, int64_t word1, int64_t word2) {
  lua_State* L = c->L;
  Outer outer;
  if (LJ_UNLIKELY(!enter(c, env, self, &outer))) return in_slots(BRIDGE_FAILED_CSTACK);
  TValue* handler = L->top;
  ptrdiff_t bottom = savestack(L, handler);
  vm_put_function(L, handler, c->handler);
  copyTV(L, handler + 1, function);
  TValue* base = handler + 3;
  TValue* to = base;
  if (receiver) copyTV(L, to++, receiver);
  if (LJ_LIKELY(nargs > 0)) put_word(c, L, to, word0);
  if (LJ_LIKELY(nargs > 1)) put_word(c, L, to + 1, word1);
  if (LJ_UNLIKELY(nargs > 2)) put_word(c, L, to + 2, word2);
  L->top = to + nargs;
  return conclude(c, L, bottom, run_call(c, L, base, handler, &outer), &outer);
}

/* The way by the slots, for whatever the short one is not made for. */
static LJ_NOINLINE void put_in_slots(Context* c, int64_t word0, int64_t word1, int64_t word2) {
  Slot* slots = c->shared->slots;
  slots[0].word = (uint64_t)word0;
  slots[1].word = (uint64_t)word1;
  slots[2].word = (uint64_t)word2;
}

enum { WORDS_STACK = 8 }; /* handler, function, frame slot, receiver, words */

int64_t bridge_call_words(JNIEnv* env, jclass, jobject self, int64_t context, int32_t function, int32_t nargs,
    int64_t word0, int64_t word1, int64_t word2) {
  Context* c = (Context*)(intptr_t)context;
  if (LJ_LIKELY(vm_has_stack(c->L, WORDS_STACK)))
    return call_words(
        env, self, c, anchor_slot(c->references, function), nullptr, nargs, word0, word1, word2);
  put_in_slots(c, word0, word1, word2);
  return bridge_call(env, nullptr, self, context, function, nargs);
}

int64_t bridge_call_field_words(JNIEnv* env, jclass, jobject self, int64_t context, int64_t field, int32_t shape,
    int64_t word0, int64_t word1, int64_t word2) {
  Context* c = (Context*)(intptr_t)context;
  TValue* table = anchor_slot(c->references, (int32_t)(field >> 32));
  cTValue* function = vm_get_field(tabV(table), strV(anchor_slot(c->references, (int32_t)field)));
  if (LJ_LIKELY(function && tvisfunc(function) && vm_has_stack(c->L, WORDS_STACK)))
    return call_words(env, self, c, function, shape >> 16 & BRIDGE_CALL_METHOD ? table : nullptr, shape & 0xFFFF,
        word0, word1, word2);
  put_in_slots(c, word0, word1, word2);
  return bridge_call_field(env, nullptr, self, context, field, shape);
}

int64_t bridge_resume_word(
    JNIEnv* env, jclass, jobject self, int64_t context, int32_t thread, int32_t nargs, int64_t word) {
  Context* c = (Context*)(intptr_t)context;
  lua_State* L = c->L;
  lua_State* co = threadV(anchor_slot(c->references, thread));
  int32_t ready = vm_coroutine_status(L, co);
  if (LJ_UNLIKELY((ready != VM_SUSPENDED && ready != VM_NOT_STARTED) || !vm_has_stack(co, 2))) {
    put_in_slots(c, word, 0, 0);
    return in_slots(bridge_resume(env, nullptr, self, context, thread, nargs));
  }
  Outer outer;
  if (LJ_UNLIKELY(!enter(c, env, self, &outer))) return in_slots(BRIDGE_FAILED_CSTACK);
  ptrdiff_t bottom = savestack(L, L->top);
  put_word(c, co, co->top, word); /* nil, and above the top, if there is no argument */
  co->top += nargs;
  c->L = co;
  int status = vm_resume(co, nargs);
  c->L = L;
  if (LJ_LIKELY(status == LUA_YIELD && co->top == co->base + 1 && tvisnum(co->base))) {
    uint64_t result = co->base->u64;
    co->top = co->base;
    c->shared->yielded = 1;
    leave(c, &outer);
    return (int64_t)result;
  }
  Request r = {};
  r.c = c;
  r.a = thread;
  r.nargs = status;
  status = vm_protect(L, step_take_resumed, &r);
  int32_t n = LJ_UNLIKELY(status) ? fail(c, L, status) : collect(c, L, bottom);
  return in_slots(finish(c, L, bottom, n, &outer));
}
