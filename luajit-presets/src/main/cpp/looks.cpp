/*
** Code that looks at the stack. By the functions that it finds there it can get at the globals of chunks that are under way,
** whoever runs them: these cannot serve anybody else when the chunks have ended. LuaJIT's calls of what finds frames come here
** (the linker's --wrap).
*/
#include "parts.h"

extern "C" {
cTValue* __real_lj_debug_frame(lua_State* L, int level, int* size);
cTValue* __wrap_lj_debug_frame(lua_State* L, int level, int* size);
int __real_lua_getstack(lua_State* L, int level, lua_Debug* frame);
int __wrap_lua_getstack(lua_State* L, int level, lua_Debug* frame);
ptrdiff_t __real_lj_vmevent_prepare(lua_State* L, VMEvent event);
ptrdiff_t __wrap_lj_vmevent_prepare(lua_State* L, VMEvent event);
}

/* Positions in messages and stack traces are only text. */
static void note_look(lua_State* L) {
  GCfunc* fn = curr_func(L);
  switch (fn->c.ffid) {
    case FF_getfenv: case FF_setfenv: case FF_debug_getinfo: case FF_debug_getlocal: case FF_debug_setlocal:
      context_of(L)->shared->looks++;
  }
}

cTValue* __wrap_lj_debug_frame(lua_State* L, int level, int* size) {
  note_look(L);
  return __real_lj_debug_frame(L, level, size);
}

int __wrap_lua_getstack(lua_State* L, int level, lua_Debug* frame) {
  note_look(L);
  return __real_lua_getstack(L, level, frame);
}

/* What was attached to the compiler is told which functions it compiles. */
ptrdiff_t __wrap_lj_vmevent_prepare(lua_State* L, VMEvent event) {
  ptrdiff_t base = __real_lj_vmevent_prepare(L, event);
  if (base) context_of(L)->shared->looks++;
  return base;
}
