/*
** The outermost call of a state runs on its main thread so that C functions can leave it, as coroutines yield: what asks
** Java returns to Java, which answers by having the C function called once more, in its own frame. That takes a third of
** the time of a call by JNI. Where other C code is in between (sort, gsub, finalizers), in coroutines of the script, and
** in calls that Java makes meanwhile, Java is called.
**
** Nothing of it is to be seen from Lua: frames, hooks, errors and handlers are those of a plain call.
*/
#include "crossing.h"

/* -- In Lua ----------------------------------------------------------------------- */

static LJ_AINLINE bool can_return(lua_State* L, const Context* c) { return L == c->main && vm_can_leave(L); }

static LJ_AINLINE int return_to_java(lua_State* L, Context* c, int32_t request, int32_t count) {
  c->shared->request = request;
  c->shared->count = count;
  c->asking = savestack(L, L->base);
  note_java(c);
  return vm_leave(L);
}

int ask_last(lua_State* L, Context* c, int32_t request, int32_t nargs) {
  return can_return(L, c) ? return_to_java(L, c, request, nargs) : ask_java(L, c, request, nargs);
}

int ask_last_with_arguments(lua_State* L, Context* c, int32_t request, int nargs) {
  lua_settop(L, nargs);
  c->text_used = 0;
  put_values(L, c, 0, savestack(L, L->base), nargs);
  return ask_last(L, c, request, nargs);
}

int invoke_last(lua_State* L, Context* c, int32_t method, int32_t object, int32_t shape) {
  if (LJ_UNLIKELY(!can_return(L, c))) return invoke_java(L, c, method, object, shape);
  c->shared->member = method;
  c->shared->object = object;
  return return_to_java(L, c, 0, shape);
}

int take_answer(lua_State* L, Context* c) {
  int32_t n = c->answer;
  c->asking = 0;
  if (LJ_UNLIKELY(n < 0)) return raise_answer(L, c, n);
  if (LJ_LIKELY(n < BRIDGE_ANSWER_METHOD)) {
    push_slots(c, L, 0, n);
    if (LJ_UNLIKELY(c->recorded.gives)) check_recorded(c, L->top - n, n);
    vm_check_collector(L);
  }
  return n;
}

/* -- From Java ----------------------------------------------------------------------- */

static TValue* step_limit_stack(lua_State* L, lua_CFunction, void*) {
  vm_limit_stack(L);
  return nullptr;
}

LJ_NOINLINE int recover(Context* c, lua_State* L, int status) {
  vm_unwind(L, c->call_bottom);
  vm_protect(L, step_limit_stack, nullptr);
  return status;
}

/* When the outermost call has ended: the thread gets back the globals that it had before. */
static LJ_AINLINE void take_back_globals(Context* c, lua_State* L) {
  if (LJ_LIKELY(!c->call_has_globals)) return;
  c->call_has_globals = false;
  restore_globals(L, c->call_bottom - (ptrdiff_t)sizeof(TValue));
}

/* Ends the outermost call, or interrupts it once more. */
static LJ_AINLINE int64_t conclude_main(Context* c, lua_State* L, int status, const Outer* outer) {
  if (LJ_UNLIKELY(status > LUA_YIELD)) recover(c, L, status);
  int64_t word = conclude(c, L, c->call_bottom, status, outer);
  if (!c->asking) take_back_globals(c, L);
  return word;
}

/* Goes on with the outermost call, see vm_set_left. */
static LJ_AINLINE int64_t go_on(Context* c, lua_State* L, TValue* results, const Outer* outer) {
  vm_set_left(L);
  return conclude_main(c, L, run_main(c, L, results, c->call_bottom), outer);
}

/* There was enough C stack when the call began. */
static LJ_AINLINE void enter_again(Context* c, JNIEnv* env, jobject self, Outer* outer) {
  if (LJ_UNLIKELY(!enter(c, env, self, outer, true))) {
    outer->nested = false;
    c->env = env;
    c->self = self;
  }
}

int64_t bridge_answer(JNIEnv* env, jclass, jobject self, int64_t context, int32_t answer) {
  Context* c = (Context*)(intptr_t)context;
  Outer outer;
  enter_again(c, env, self, &outer);
  c->answer = answer;
  return go_on(c, c->main, nullptr, &outer);
}

int64_t bridge_answer_word(JNIEnv* env, jclass, jobject self, int64_t context, int64_t word) {
  Context* c = (Context*)(intptr_t)context;
  lua_State* L = c->main;
  Outer outer;
  enter_again(c, env, self, &outer);
  c->asking = 0;
  TValue* result = L->top++; /* a C function has room for some */
  put_word(c, L, result, word);
  if (LJ_UNLIKELY(c->recorded.gives)) check_recorded(c, result, 1);
  return go_on(c, L, result, &outer);
}

/* -- On the fiber ---------------------------------------------------------------------- */

enum { ASKING_LEAF = -1 }; /* in place of a function's base: compiled code asks */

void limit_to_fiber(Context* c) { limit_stack(G(c->main), (char*)c->fiber.bottom, (char*)c->fiber.limit); }

static void ask_leaf(Context* c) {
  c->shared->request = BRIDGE_ASKS_LEAF;
  c->shared->object = c->fiber.leaf;
  c->shared->count = c->fiber.count;
  take_leaf_arguments(c, c->fiber.count);
  c->asking = ASKING_LEAF;
  note_java(c);
}

static int leave_fiber(Context* c, int status) {
  while (LJ_UNLIKELY(c->fiber.call) && !take_trace_call(c)) {
    c->fiber.call = 0;
    status = bridge_fiber_go_on(&c->fiber, 0);
  }
  c->fiber.runs = 0;
  if (c->fiber.call)
    c->asking = ASKING_LEAF;
  else if (c->fiber.leaf)
    ask_leaf(c);
  else if (LJ_UNLIKELY(status > LUA_YIELD))
    hook_restore(G(c->main), c->fiber_hooks);
  return status;
}

LJ_NOINLINE int run_on_fiber(Context* c, lua_State* L, TValue* base, ptrdiff_t handler) {
  c->fiber_hooks = hook_save(G(L));
  limit_to_fiber(c);
  c->fiber.runs = 1;
  return leave_fiber(c, bridge_fiber_run(&c->fiber, L, base, handler));
}

static int answer_leaf(Context* c, int32_t answer) {
  c->asking = 0;
  c->fiber.leaf = 0;
  c->fiber.call = 0;
  limit_to_fiber(c);
  c->fiber.runs = 1;
  return leave_fiber(c, bridge_fiber_go_on(&c->fiber, answer));
}

int64_t bridge_answer_leaf(JNIEnv* env, jclass, jobject self, int64_t context, int64_t word) {
  Context* c = (Context*)(intptr_t)context;
  Outer outer = {};
  c->env = env;
  c->self = self;
  return conclude_main(c, c->main, answer_leaf(c, give_leaf_result(c, word)), &outer);
}

/* Puts a result where compiled code finds it, if it is what that relies on. */
static LJ_AINLINE bool put_in_trace(Context* c, uint32_t gives, uint64_t word) {
  if (LJ_LIKELY(gives == BRIDGE_GIVES_NUMBERS)) {
    memcpy(&c->trace_result, &word, sizeof word);
    return word < (uint64_t)BRIDGE_TAG_NIL << 48;
  }
  if (gives == BRIDGE_GIVES_NOTHING) return word == word_of(BRIDGE_TAG_NIL, 0);
  if (word >> 48 != BRIDGE_TAG_REFERENCE) return false;
  copyTV(c->main, &G(c->main)->tmptv, anchor_slot(c->references, (int32_t)word));
  return tvisstr(&G(c->main)->tmptv);
}

int64_t bridge_answer_in_trace(JNIEnv* env, jclass clazz, jobject self, int64_t context, int64_t word) {
  Context* c = (Context*)(intptr_t)context;
  uint64_t w = (uint64_t)word;
  bool in_slots_only = w >> 32 == (uint32_t)BRIDGE_RESULT_IN_SLOTS;
  bool done = c->fiber.call && put_in_trace(c, c->fiber.call >> BRIDGE_CALL_GIVES & 7, w);
  if (LJ_UNLIKELY(!done && !(in_slots_only && c->fiber.call))) {
    int32_t failure = bridge_leave_trace(env, clazz, self, context);
    if (failure) return in_slots(failure);
    return in_slots_only ? bridge_answer(env, clazz, self, context, (int32_t)word) :
                           bridge_answer_word(env, clazz, self, context, word);
  }
  if (LJ_UNLIKELY(!done)) c->fiber.refused += 2;
  Outer outer = {};
  c->env = env;
  if (LJ_UNLIKELY(c->self != self)) c->self = self;
  return conclude_main(c, c->main, answer_leaf(c, done), &outer);
}

/* Drops what the outermost call has left when it has ended. */
static void drop_main(Context* c, lua_State* L) {
  L->top = restorestack(L, c->call_bottom);
  take_back_globals(c, L);
}

/* A leaf function that is not answered: whatever comes after it fails. */
static void abandon_leaf(Context* c) {
  lua_State* L = c->main;
  int64_t context = (int64_t)(intptr_t)c;
  int status = LUA_YIELD;
  while (c->asking == ASKING_LEAF) {
    bridge_stop(context, 1);
    status = answer_leaf(c, BRIDGE_LEAF_NIL);
  }
  bridge_stop_end(context);
  if (status == LUA_YIELD) return;
  if (status > LUA_YIELD) recover(c, L, status);
  c->trace.size = 0;
  drop_main(c, L);
}

void bridge_abandon(int64_t context) {
  Context* c = (Context*)(intptr_t)context;
  if (c->asking == ASKING_LEAF) abandon_leaf(c);
  if (!c->asking) return;
  lua_State* L = c->main;
  c->asking = 0;
  if (LJ_UNLIKELY(vm_is_recording(G(L)))) vm_end_recording(L);
  vm_unwind(L, c->call_bottom);
  L->top--;
  take_back_globals(c, L);
}

/* Ends the outermost call, wherever it is; slot 0 gets the error. */
static int32_t end_outermost(Context* c, int status) {
  lua_State* L = c->main;
  if (status > LUA_YIELD) {
    recover(c, L, status);
    int32_t n = fail(c, L, status);
    drop_main(c, L);
    return n;
  }
  if (status == LUA_YIELD)
    bridge_abandon((int64_t)(intptr_t)c);
  else
    drop_main(c, L);
  return no_memory(c);
}

/* Hooks and limits of memory must not come between: the call is under way already. */
int32_t bridge_leave_trace(JNIEnv* env, jclass, jobject self, int64_t context) {
  Context* c = (Context*)(intptr_t)context;
  global_State* g = G(c->main);
  if (LJ_UNLIKELY(!c->fiber.call)) return 0;
  Outer outer = {};
  c->env = env;
  c->self = self;
  bool reserve_open = c->reserve_open;
  c->reserve_open = true;
  hook_enter(g);
  c->fiber.refused += 2;
  c->leaving = true;
  int status = answer_leaf(c, 0);
  c->reserve_open = reserve_open;
  int32_t failure = 0;
  if (LJ_UNLIKELY(c->leaving)) {
    c->leaving = false;
    hook_leave(g);
    failure = end_outermost(c, status);
  }
  leave(c, &outer);
  return failure;
}

void bridge_set_returning(int64_t context, int32_t on) { ((Context*)(intptr_t)context)->calls_by_jni = !on; }
