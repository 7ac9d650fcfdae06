/*
** Modules: those that Java finds, and those written in C.
*/
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>

#include "parts.h"

/* -- From Java ----------------------------------------------------------------------- */

/* A searcher. Upvalue: the table `package`. */
static int search_java(lua_State* L) {
  Context* c = context_of(L);
  if (is_answered(L, c)) return take_answer(L, c);
  lua_settop(L, 1);
  lua_getfield(L, lua_upvalueindex(1), "path");
  if (!lua_isstring(L, 2)) luaL_error(L, "'package.path' must be a string");
  return ask_last_with_arguments(L, c, BRIDGE_REQUEST_SEARCH, 2);
}

/* The places that package.path has besides files; the searcher of files passes them over. */
#define CLASS_PATH ";classpath:?.lua;classpath:?/init.lua"

void open_modules(lua_State* L) {
  lua_getfield(L, LUA_GLOBALSINDEX, "package");
  lua_getfield(L, -1, "path");
  lua_pushliteral(L, CLASS_PATH);
  lua_concat(L, 2);
  lua_setfield(L, -2, "path");
  lua_getfield(L, -1, "loaders");
  lua_pushvalue(L, -2);
  lua_pushcclosure(L, search_java, 1);
  lua_rawseti(L, -2, (int)lua_objlen(L, -2) + 1);
  lua_pop(L, 2);
}

/* -- In C ------------------------------------------------------------------------------ */

/* A module in C expects Lua's API among the symbols of the process. A JVM loads libraries with symbols of their own; so
** this library is promoted before the first module comes. If another Lua is there already, the module would work on our
** states with that one's code: it is refused. */
static const char* const other_lua =
    "another Lua library in this process has taken the names of Lua's API, so modules in C cannot be loaded";
static __thread bool refused;

static bool promote() {
  Dl_info ours;
  if (!dladdr((const void*)&lua_gettop, &ours)) return false;
  void* self = dlopen(ours.dli_fname, RTLD_NOW | RTLD_GLOBAL | RTLD_NOLOAD);
  if (self) dlclose(self); /* the promotion stays */
  return dlsym(RTLD_DEFAULT, "lua_gettop") == (void*)&lua_gettop;
}

extern "C" void* __real_dlopen(const char* file, int flags);
extern "C" void* __wrap_dlopen(const char* file, int flags);
extern "C" char* __real_dlerror(void);
extern "C" char* __wrap_dlerror(void);

/* The linker sends here what LuaJIT loads for package.loadlib, require and ffi.load. */
extern "C" void* __wrap_dlopen(const char* file, int flags) {
  refused = false;
  if (flags & RTLD_NOLOAD) return __real_dlopen(file, flags);
  void* library = nullptr;
  if (promote()) library = __real_dlopen(file, flags);
  else refused = true;
  return library;
}

extern "C" char* __wrap_dlerror(void) {
  if (!refused) return __real_dlerror();
  refused = false;
  return (char*)other_lua;
}
