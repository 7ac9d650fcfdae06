/*
** The outermost call of a state runs on its main thread so that C functions can leave it, as coroutines yield: what asks
** Java returns to Java, which answers by having the C function called once more, in its own frame. That takes a third of
** the time of a call by JNI. Where other C code is in between (sort, gsub, finalizers) and in coroutines of the script, it
** waits on the fiber; and where there is none, or Java calls Lua meanwhile, Java is called by JNI.
**
** Nothing of it is to be seen from Lua: frames, hooks, errors and handlers are those of a plain call.
*/
#include "crossing.h"

/* -- In Lua ----------------------------------------------------------------------- */

static LJ_AINLINE bool can_return(lua_State* L, const Context* c) { return L == c->main && vm_can_leave(L); }

static void tell(Context* c, int32_t request, int32_t count) {
  c->shared->request = request;
  c->shared->count = count;
}

/* Has the running C function return to Java. */
static LJ_AINLINE int leave_function(lua_State* L, Context* c) {
  c->asking = savestack(L, L->base);
  note_java_runs(c, L);
  return vm_leave(L);
}

static LJ_AINLINE int return_to_java(lua_State* L, Context* c, int32_t request, int32_t count) {
  tell(c, request, count);
  return leave_function(L, c);
}

enum { ASKING_FROM_FIBER = -1 }; /* in place of a function's base */

/* Waits for Java. Meanwhile nested calls run on this thread. */
static int32_t wait_for_answer(lua_State* L, Context* c) {
  lua_State* outer = c->L;
  c->L = L;
  c->asking = ASKING_FROM_FIBER;
  note_java_runs(c, L);
  int32_t answer = bridge_fiber_wait(&c->fiber);
  c->L = outer;
  return answer;
}

int32_t ask_from_fiber(lua_State* L, Context* c, int32_t request, int32_t count) {
  tell(c, request, count);
  return wait_for_answer(L, c);
}

int32_t invoke_from_fiber(lua_State* L, Context* c, int32_t method, int32_t object, int32_t shape) {
  c->shared->member = method;
  c->shared->object = object;
  return ask_from_fiber(L, c, 0, shape);
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
  c->asking = 0;
  return take_results(L, c, c->answer);
}

int leave_call(lua_State* L, Context* c, int32_t id, int32_t method) {
  c->left_frame = nullptr;
  vm_leave_hook(L);
  count_refused(c, L, id, method);
  return can_return(L, c) ? leave_function(L, c) : take_results(L, c, wait_for_answer(L, c));
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
  end_presets(c);
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

/* -- On the fiber ---------------------------------------------------------------------- */

void limit_to_fiber(Context* c) {
  limit_stack(G(c->main), (char*)c->fiber.bottom, (char*)c->fiber.limit);
}

static int leave_fiber(Context* c, int status) {
  while (LJ_UNLIKELY(c->fiber.call) && !take_trace_call(c)) {
    c->fiber.call = 0;
    status = bridge_fiber_go_on(&c->fiber, 0);
  }
  c->fiber.runs = 0;
  if (c->fiber.call)
    c->asking = ASKING_FROM_FIBER;
  else if (LJ_UNLIKELY(status > LUA_YIELD))
    hook_restore(G(c->main), c->fiber_hooks);
  return status;
}

bool has_fiber(Context* c) { return c->fiber.bottom || bridge_fiber_open(&c->fiber, bridge_thread_size); }

LJ_NOINLINE int run_on_fiber(Context* c, lua_State* L, TValue* base, ptrdiff_t handler) {
  /* Threads that have large stacks want to use them. */
  if (LJ_UNLIKELY(c->fiber.size < bridge_thread_size)) bridge_fiber_open(&c->fiber, bridge_thread_size);
  c->has_run_on_fiber = true;
  c->fiber_hooks = hook_save(G(L));
  limit_to_fiber(c);
  c->fiber.runs = 1;
  return leave_fiber(c, bridge_fiber_run(&c->fiber, L, base, handler));
}

static int answer_fiber(Context* c, int32_t answer) {
  c->asking = 0;
  c->fiber.call = 0;
  limit_to_fiber(c);
  c->fiber.runs = 1;
  return leave_fiber(c, bridge_fiber_go_on(&c->fiber, answer));
}

/* -- Answers --------------------------------------------------------------------------- */

int64_t bridge_answer(JNIEnv* env, jclass, jobject self, int64_t context, int32_t answer) {
  Context* c = (Context*)(intptr_t)context;
  Outer outer;
  enter_again(c, env, self, &outer);
  if (c->asking == ASKING_FROM_FIBER) return conclude_main(c, c->main, answer_fiber(c, answer), &outer);
  c->answer = answer;
  return go_on(c, c->main, nullptr, &outer);
}

int64_t bridge_answer_word(JNIEnv* env, jclass clazz, jobject self, int64_t context, int64_t word) {
  Context* c = (Context*)(intptr_t)context;
  lua_State* L = c->main;
  if (LJ_UNLIKELY(c->asking == ASKING_FROM_FIBER) || LJ_UNLIKELY((uint64_t)word >> 48 == BRIDGE_TAG_OBJECT)) {
    c->shared->slots[0].word = (uint64_t)word;
    return bridge_answer(env, clazz, self, context, 1);
  }
  Outer outer;
  enter_again(c, env, self, &outer);
  c->asking = 0;
  TValue* result = L->top++; /* a C function has room for some */
  put_word(c, L, result, word);
  if (LJ_UNLIKELY(c->recorded.gives)) check_recorded(c, result, 1);
  return go_on(c, L, result, &outer);
}

/* -- Answers to compiled code ------------------------------------------------------------ */

/* Puts a result where compiled code finds it, if it is what that relies on. */
static LJ_AINLINE bool put_in_trace(Context* c, uint32_t gives, uint64_t word) {
  TraceResult* to = &c->trace_result;
  if (LJ_LIKELY(gives == BRIDGE_GIVES_NUMBERS)) {
    memcpy(&to->number, &word, sizeof word);
    return word < (uint64_t)BRIDGE_TAG_NIL << 48;
  }
  switch (gives) {
    case BRIDGE_GIVES_NOTHING: return word == word_of(BRIDGE_TAG_NIL, 0);
    case BRIDGE_GIVES_BOOLEANS: to->truth = word & 1; return word >> 48 == BRIDGE_TAG_BOOLEAN;
    case BRIDGE_GIVES_TEXTS:
      if (word >> 48 == BRIDGE_TAG_STRING) {
        to->text = c->shared->text;
        to->length = (int32_t)word;
        return true;
      }
      break;
    case BRIDGE_GIVES_OBJECTS:
      return word >> 48 == BRIDGE_TAG_OBJECT && put_object(c, &G(c->main)->tmptv, word & 0xFFFFFFFFFFFFull);
  }
  if (word >> 48 != BRIDGE_TAG_REFERENCE) return false;
  cTValue* string = anchor_slot(c->references, (int32_t)word);
  if (gives == BRIDGE_GIVES_TEXTS) {
    to->text = strVdata(string);
    to->length = (int32_t)strV(string)->len;
  } else {
    copyTV(c->main, &G(c->main)->tmptv, string);
  }
  return tvisstr(string);
}

int64_t bridge_answer_in_trace(JNIEnv* env, jclass clazz, jobject self, int64_t context, int64_t word) {
  Context* c = (Context*)(intptr_t)context;
  uint64_t w = (uint64_t)word;
  bool in_slots_only = w >> 32 == (uint32_t)BRIDGE_RESULT_IN_SLOTS;
  bool done = c->fiber.call && put_in_trace(c, c->fiber.call >> BRIDGE_CALL_GIVES & BRIDGE_CALL_GIVEN, w);
  if (LJ_UNLIKELY(!done && !(in_slots_only && c->fiber.call))) {
    int32_t failure = bridge_leave_trace(env, clazz, self, context);
    if (failure) return in_slots(failure);
    return in_slots_only ? bridge_answer(env, clazz, self, context, (int32_t)word) :
                           bridge_answer_word(env, clazz, self, context, word);
  }
  if (LJ_UNLIKELY(!done)) c->fiber.refused += LEFT_TRACE;
  Outer outer = {};
  c->env = env;
  if (LJ_UNLIKELY(c->self != self)) c->self = self;
  return conclude_main(c, c->main, answer_fiber(c, done), &outer);
}

/* Drops what the outermost call has left when it has ended. */
static void drop_main(Context* c, lua_State* L) {
  L->top = restorestack(L, c->call_bottom);
  take_back_globals(c, L);
}

/* What waits on the fiber is not answered: whatever comes after it fails. */
static void abandon_fiber(Context* c) {
  lua_State* L = c->main;
  int64_t context = (int64_t)(intptr_t)c;
  int status = LUA_YIELD;
  while (c->asking == ASKING_FROM_FIBER) {
    bridge_stop(context, 1);
    status = answer_fiber(c, c->fiber.call ? 0 : BRIDGE_FAILED_CSTACK);
  }
  bridge_stop_end(context);
  if (status == LUA_YIELD) return;
  if (status > LUA_YIELD) recover(c, L, status);
  c->trace.size = 0;
  drop_main(c, L);
}

void bridge_abandon(int64_t context) {
  Context* c = (Context*)(intptr_t)context;
  if (c->asking == ASKING_FROM_FIBER) abandon_fiber(c);
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
  c->fiber.refused += LEFT_TRACE;
  c->left_frame = gco2th(gcref(g->cur_L))->cframe;
  int status = answer_fiber(c, 0);
  c->reserve_open = reserve_open;
  int32_t failure = 0;
  if (LJ_UNLIKELY(c->left_frame != nullptr)) {
    c->left_frame = nullptr;
    hook_leave(g);
    failure = end_outermost(c, status);
  }
  leave(c, &outer);
  return failure;
}

void bridge_set_returning(int64_t context, int32_t on) { ((Context*)(intptr_t)context)->calls_by_jni = !on; }
