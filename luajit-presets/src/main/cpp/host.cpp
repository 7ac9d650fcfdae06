/*
** Asking Java, and the library functions that do.
*/
#include "parts.h"

#include "io.h" /* src/main/lua/io.lua, compiled */

/* -- Asking -------------------------------------------------------------------------- */

static jmethodID upcall_method, invoke_method;

static int io_stub(lua_State* L);

/* Pushes the position of what called the library, to begin a message with; "" if that is no Lua code. */
static void push_position(lua_State* L) {
  lua_Debug frame;
  for (int level = 1; lua_getstack(L, level, &frame); level++) {
    lua_getinfo(L, "Slf", &frame);
    bool stub = lua_tocfunction(L, -1) == io_stub;
    lua_pop(L, 1);
    if (stub || is_own_chunk(frame.source)) continue;
    if (frame.currentline <= 0) break;
    lua_pushfstring(L, "%s:%d: ", frame.short_src, frame.currentline);
    return;
  }
  lua_pushliteral(L, "");
}

static LJ_NOINLINE int raise_answer(lua_State* L, Context* c, int32_t n) {
  c->recorded.gives = 0;
  if (n == BRIDGE_FAILED_CSTACK) return luaL_error(L, "stack overflow (Java stack)");
  vm_check_stack(L, 4);
  push_slots(c, L, 0, 1); /* before anything that the collector comes with: finalizers may use the slots */
  if (n == BRIDGE_FAILED_MISUSE) {
    push_position(L);
    lua_insert(L, -2);
    lua_concat(L, 2);
  }
  vm_check_collector(L); /* a loop of what fails need not allocate anything else */
  return lua_error(L);
}

struct JavaCall {
  Context* c;
  jmethodID method;
  const jvalue* arguments;
  jint answer;
};

static void call_by_jni(void* data) {
  JavaCall* call = (JavaCall*)data;
  JNIEnv* env = call->c->env;
  call->answer = env->CallIntMethodA(call->c->self, call->method, call->arguments);
  if (LJ_LIKELY(!env->ExceptionCheck())) return;
  env->ExceptionClear();
  call->answer = BRIDGE_FAILED_CSTACK;
}

static int32_t call_java(lua_State* L, Context* c, jmethodID method, const jvalue* arguments) {
  lua_State* outer = c->L;
  c->L = L;
  note_java_runs(c, L);
  JavaCall call = {c, method, arguments, 0};
  call_outside(c, call_by_jni, &call);
  if (LJ_UNLIKELY(c->fiber.runs)) limit_to_fiber(c); /* what Java has called meanwhile was on the thread's own stack */
  c->L = outer;
  return call.answer;
}

int take_results(lua_State* L, Context* c, int32_t n) {
  if (LJ_UNLIKELY(n < 0)) return raise_answer(L, c, n);
  if (LJ_LIKELY(n < BRIDGE_ANSWER_METHOD)) {
    push_slots(c, L, 0, n);
    if (LJ_UNLIKELY(c->recorded.gives)) check_recorded(c, L->top - n, n);
    /* While they were pushed it was paused, and a script that only calls Java need not allocate anything else. */
    vm_check_collector(L);
  }
  return n;
}

int ask_java(lua_State* L, Context* c, int32_t request, int32_t nargs) {
  if (can_wait(c)) return take_results(L, c, ask_from_fiber(L, c, request, nargs));
  jvalue arguments[2];
  arguments[0].i = request;
  arguments[1].i = nargs;
  return take_results(L, c, call_java(L, c, upcall_method, arguments));
}

int invoke_java(lua_State* L, Context* c, int32_t method, int32_t object, int32_t shape) {
  if (can_wait(c)) return take_results(L, c, invoke_from_fiber(L, c, method, object, shape));
  jvalue arguments[3];
  arguments[0].i = method;
  arguments[1].i = object;
  arguments[2].i = shape;
  return take_results(L, c, call_java(L, c, invoke_method, arguments));
}

void put_values(lua_State* L, Context* c, int32_t first, ptrdiff_t from, int32_t n) {
  if (LJ_UNLIKELY(!c->env)) luaL_error(L, "Java is not available while the runtime closes");
  int32_t text_used = c->text_used;
  if (LJ_UNLIKELY(!export_values(c, restorestack(L, from), first, n))) {
    pause_collector(c);
    make_room(c, L, n);
    resume_collector(c);
    c->text_used = text_used;
    export_values(c, restorestack(L, from), first, n);
  }
}

/* -- The library's Lua code ------------------------------------------------------------- */

void push_own_chunk(lua_State* L, const unsigned char* code, size_t size, const char* name) {
  Context* c = context_of(L);
  bool bytecode = c->bytecode;
  c->bytecode = true;
  int status = luaL_loadbufferx(L, (const char*)code, size, name, "b");
  c->bytecode = bytecode;
  if (status) lua_error(L);
}

/* -- Standard streams ------------------------------------------------------------------ */

static int print(lua_State* L) {
  Context* c = context_of(L);
  if (is_answered(L, c)) return take_answer(L, c);
  int n = lua_gettop(L);
  luaL_Buffer line;
  luaL_checkstack(L, 4, "too many arguments to print");
  lua_getglobal(L, "tostring");
  bool plain = tvisfunc(L->top - 1) && funcV(L->top - 1) == c->tostring;
  luaL_buffinit(L, &line);
  for (int i = 1; i <= n; i++) {
    if (i > 1) luaL_addchar(&line, '\t');
    /* The buffer may keep pieces on the stack, so the function's index stays n + 1. */
    if (plain && lua_type(L, i) == LUA_TSTRING) {
      lua_pushvalue(L, i);
    } else {
      lua_pushvalue(L, n + 1);
      lua_pushvalue(L, i);
      lua_call(L, 1, 1);
      if (!lua_isstring(L, -1)) return luaL_error(L, "'tostring' must return a string to 'print'");
    }
    luaL_addvalue(&line);
  }
  luaL_addchar(&line, '\n');
  luaL_pushresult(&line);
  lua_pushinteger(L, 1);
  lua_insert(L, -2);
  c->text_used = 0;
  put_values(L, c, 0, savestack(L, L->top - 2), 2);
  return ask_last(L, c, BRIDGE_REQUEST_WRITE, 2);
}

/* Raises a message as an error of what called the library. */
static int blame_caller(lua_State* L) {
  luaL_checkstring(L, 1);
  lua_settop(L, 1);
  push_position(L);
  lua_insert(L, 1);
  lua_concat(L, 2);
  return lua_error(L);
}

static const luaL_Reg stream_functions[] = {
    {"error", blame_caller},
    {"write", ask_fixed<BRIDGE_REQUEST_WRITE, 2>},
    {"read", ask_fixed<BRIDGE_REQUEST_READ, 2>},
    {"flush", ask_fixed<BRIDGE_REQUEST_FLUSH, 1>},
    {nullptr, nullptr},
};

/* -- The io library ---------------------------------------------------------------------- */

/* The io functions that use standard streams are written in Lua (io.lua). Loading that takes a sixth of the time to
** open a state, so at first there are stubs in their place, and loading waits until one of them is called. */
static const char* const io_names[] = {"close", "flush", "input", "lines", "output", "read", "type", "write"};
static const char* const stream_names[] = {"stdin", "stdout", "stderr"};

static void replace_stubs(lua_State* L, int functions, int io) {
  for (const char* name : io_names) {
    lua_getfield(L, io, name);
    if (lua_tocfunction(L, -1) == io_stub) {
      lua_getfield(L, functions, name);
      lua_setfield(L, io, name);
    }
    lua_pop(L, 1);
  }
}

/* Pushes the functions of io.lua. */
static void push_io(lua_State* L) {
  Context* c = context_of(L);
  luaL_checkstack(L, 12, "no room to open io");
  settabV(L, L->top, c->io_functions ? c->io_functions : c->io_originals);
  L->top++;
  if (c->io_functions) return;

  int originals = lua_gettop(L);
  push_own_chunk(L, luaJIT_BC_io, luaJIT_BC_io_SIZE, "@[io]");
  /* Not the globals: a script may have changed them. */
  settabV(L, L->top, c->library);
  L->top++;
  lua_setfenv(L, -2);
  lua_pushvalue(L, originals);
  lua_newtable(L);
  luaL_register(L, nullptr, stream_functions);
  lua_rawgeti(L, originals, 1); /* the streams */
  lua_call(L, 3, 1);
  lua_pushvalue(L, -1);
  c->io_functions = &keep(L)->tab;
  lua_rawgeti(L, originals, 2); /* the io table */
  replace_stubs(L, lua_gettop(L) - 1, lua_gettop(L));
  lua_pop(L, 1);
  lua_replace(L, originals);
  lua_settop(L, originals);
}

/* Upvalue: the function's name. */
static int io_stub(lua_State* L) {
  push_io(L);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_gettable(L, -2);
  lua_replace(L, -2);
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

/* __index of the streams until io.lua puts its methods there. */
static int stream_index(lua_State* L) {
  push_io(L);
  lua_settop(L, 2);
  lua_gettable(L, 1);
  return 1;
}

static int stream_tostring(lua_State* L) {
  lua_pushfstring(L, "file (%s)", stream_names[*(int32_t*)uddata(udataV(L->base))]);
  return 1;
}

static void prepare_io(lua_State* L) {
  lua_getglobal(L, "io");
  int io = lua_gettop(L);
  lua_newtable(L); /* the originals */
  lua_newtable(L); /* the streams, and their metatable as number 4 */
  lua_newtable(L);
  lua_pushcfunction(L, stream_index);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, stream_tostring);
  lua_setfield(L, -2, "__tostring");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  for (int id = 0; id < 3; id++) {
    *(int32_t*)lua_newuserdata(L, sizeof(int32_t)) = id;
    lua_pushvalue(L, -2);
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_setfield(L, io, stream_names[id]);
    lua_rawseti(L, io + 2, id + 1);
  }
  lua_rawseti(L, io + 2, 4);
  lua_rawseti(L, io + 1, 1);
  lua_pushvalue(L, io);
  lua_rawseti(L, io + 1, 2);
  lua_getfield(L, io, "open");
  lua_setfield(L, io + 1, "open");
  for (const char* name : io_names) {
    lua_getfield(L, io, name);
    lua_setfield(L, io + 1, name);
    lua_pushstring(L, name);
    lua_pushcclosure(L, io_stub, 1);
    lua_setfield(L, io, name);
  }
  context_of(L)->io_originals = &keep(L)->tab;
  lua_pop(L, 1);
}

/* -- The java library ---------------------------------------------------------------------- */

/* The tables java, javax and luajava are empty until a script looks into one of them; Java then fills them all, with
** java.leaf too, and gives them other metatables. */
static const char* const java_names[] = {"java", "javax", "luajava"};

/* Upvalues: the tables. */
static void fill_java(lua_State* L) {
  Context* c = context_of(L);
  c->text_used = 0;
  luaL_checkstack(L, 8, "no room to open java");
  int base = lua_gettop(L);
  for (int i = 1; i <= 3; i++) lua_pushvalue(L, lua_upvalueindex(i));
  lua_pushcfunction(L, new_leaf);
  put_values(L, c, 0, savestack(L, L->top - 4), 4);
  ask_java(L, c, BRIDGE_REQUEST_LIBRARY, 4);
  lua_settop(L, base);
}

static int java_index(lua_State* L) {
  lua_settop(L, 2);
  fill_java(L);
  lua_gettable(L, 1);
  return 1;
}

static int java_pairs(lua_State* L) {
  lua_settop(L, 1);
  fill_java(L);
  settabV(L, L->top, context_of(L)->library);
  L->top++;
  lua_getfield(L, -1, "pairs");
  lua_pushvalue(L, 1);
  lua_call(L, 1, 3);
  return 3;
}

static void prepare_java(lua_State* L) {
  luaL_findtable(L, LUA_REGISTRYINDEX, "_LOADED", 8);
  int loaded = lua_gettop(L);
  for (const char* name : java_names) {
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_setglobal(L, name);
    lua_pushvalue(L, -1);
    lua_setfield(L, loaded, name);
  }
  lua_newtable(L);
  int meta = lua_gettop(L);
  for (int i = 1; i <= 3; i++) lua_pushvalue(L, loaded + i);
  lua_pushcclosure(L, java_index, 3);
  lua_setfield(L, meta, "__index");
  for (int i = 1; i <= 3; i++) lua_pushvalue(L, loaded + i);
  lua_pushcclosure(L, java_pairs, 3);
  lua_setfield(L, meta, "__pairs");
  for (int i = 1; i <= 3; i++) {
    lua_pushvalue(L, meta);
    lua_setmetatable(L, loaded + i);
  }
  lua_settop(L, loaded - 1);
}

/* -- Errors of finalizers ------------------------------------------------------------------ */

/* Nobody waits for a finalizer; LuaJIT hands its errors to this function. */
static int finalizer_failed(lua_State* L) {
  Context* c = context_of(L);
  if (!c->env) return 0;
  luaL_checkstack(L, 4, "no room to tell an error");
  setfuncV(L, L->top, c->tostring);
  L->top++;
  lua_insert(L, -2);
  bool shown = !lua_pcall(L, 1, 1, 0) && lua_isstring(L, -1);
  lua_pushfstring(L, "ERROR in finalizer: %s\n", shown ? lua_tostring(L, -1) : "an error that cannot be shown");
  lua_pushinteger(L, 2);
  lua_insert(L, -2);
  c->text_used = 0;
  put_values(L, c, 0, savestack(L, L->top - 2), 2);
  ask_java(L, c, BRIDGE_REQUEST_WRITE, 2);
  return 0;
}

/* -- Opening ---------------------------------------------------------------------------- */

void open_host(Context* c, lua_State* L) {
  if (!invoke_method) {
    jclass self_class = c->env->GetObjectClass(c->self);
    upcall_method = c->env->GetMethodID(self_class, "upcall", "(II)I");
    invoke_method = upcall_method ? c->env->GetMethodID(self_class, "invoke", "(III)I") : nullptr;
    c->env->DeleteLocalRef(self_class);
    if (!invoke_method) {
      c->env->ExceptionClear();
      luaL_error(L, "the bridge and its Java class do not match");
    }
  }
  open_objects(c, L);

  lua_pushcfunction(L, print);
  lua_setglobal(L, "print");
  lua_getfield(L, LUA_GLOBALSINDEX, "os");
  lua_pushcfunction(L, (ask_fixed<BRIDGE_REQUEST_EXIT, 1>));
  lua_setfield(L, -2, "exit");
  lua_pop(L, 1);

  prepare_io(L);
  open_modules(L);
  prepare_java(L);

  lua_pushcfunction(L, finalizer_failed);
  vm_set_finalizer_handler(L);
}
