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

/* Goes on with the outermost call, see vm_go_on. */
static LJ_AINLINE int64_t go_on(Context* c, lua_State* L, TValue* results, const Outer* outer) {
  int status = vm_go_on(L, results, c->call_bottom);
  if (LJ_UNLIKELY(status > LUA_YIELD)) recover(c, L, status);
  int64_t word = conclude(c, L, c->call_bottom, status, outer);
  if (!c->asking) take_back_globals(c, L);
  return word;
}

/* There was enough C stack when the call began. */
static LJ_AINLINE void enter_again(Context* c, JNIEnv* env, jobject self, Outer* outer) {
  if (LJ_UNLIKELY(!enter(c, env, self, outer))) {
    outer->env = nullptr;
    c->env = env;
    c->self = self;
  }
  c->bottom_thread = c->main;
  c->bottom = c->call_bottom;
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
  return go_on(c, L, result, &outer);
}

void bridge_abandon(int64_t context) {
  Context* c = (Context*)(intptr_t)context;
  if (!c->asking) return;
  lua_State* L = c->main;
  c->asking = 0;
  vm_unwind(L, c->call_bottom);
  L->top--;
  take_back_globals(c, L);
}

void bridge_set_returning(int64_t context, int32_t on) { ((Context*)(intptr_t)context)->calls_by_jni = !on; }
