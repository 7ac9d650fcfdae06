/*
** Crossings and what becomes of their results and errors.
*/
#include "crossing.h"

/* -- Stack traces -------------------------------------------------------------- */

enum { TRACE_FRAMES = 200 };

/* The library's own chunks, which look like C functions to a script and its host. */
bool is_own_chunk(const char* source) {
  static const char* const names[] = {"@[io]", "@[walks]", "=[java]", "=[bindings]"};
  for (const char* name : names) {
    if (!strcmp(source, name)) return true;
  }
  return false;
}

static bool append_frame(Buffer* trace, lua_Debug* frame) {
  if (is_own_chunk(frame->source)) {
    frame->source = "=[C]";
    frame->currentline = -1;
  }
  char line[16];
  char nameless[LUA_IDSIZE + 24];
  int digits = snprintf(line, sizeof line, "%d", frame->currentline);
  const char* name = frame->name;
  if (!name && *frame->what == 'L') {
    snprintf(nameless, sizeof nameless, "<%s:%d>", frame->short_src, frame->linedefined);
    name = nameless;
  } else if (!name) {
    name = *frame->what == 'm' ? "main chunk" : "?";
  }
  return trace->append(frame->source, strlen(frame->source) + 1) && trace->append(name, strlen(name) + 1) &&
         trace->append(line, (size_t)digits + 1);
}

/* Appends the frames from a level on that belong to the innermost crossing, at most so many; returns how many are
** left. */
static int append_frames(Context* c, lua_State* L, int level, int room) {
  lua_Debug frame;
  for (; room > 0 && lua_getstack(L, level, &frame); level++, room--) {
    if (L == c->bottom_thread && savestack(L, vm_frame(L, &frame)) < c->bottom) break;
    lua_getinfo(L, "Snl", &frame);
    if (!append_frame(&c->trace, &frame)) return 0;
  }
  return room;
}

/* The coroutine that was resumed from a level by a function of coroutine.wrap, and failed; else NULL. */
static lua_State* failed_coroutine(lua_State* L, int level) {
  lua_Debug frame;
  return lua_getstack(L, level, &frame) ? vm_failed_coroutine(vm_frame(L, &frame)) : nullptr;
}

/* An error in a coroutine made by coroutine.wrap goes on in the function that resumed it: the frames of the coroutine
** come first. There can be thousands in one another; the innermost ones matter. */
void record_frames(lua_State* L, int level) {
  enum { DEPTH = 64 };
  Context* c = context_of(L);
  lua_State* chain[DEPTH];
  int depth = 0;
  for (lua_State* co = failed_coroutine(L, level); co; co = failed_coroutine(co, 0)) chain[depth++ % DEPTH] = co;
  c->trace.size = 0;
  int room = TRACE_FRAMES;
  for (int kept = depth < DEPTH ? depth : DEPTH; kept > 0; kept--) room = append_frames(c, chain[--depth % DEPTH], 0, room);
  append_frames(c, L, level, room);
}

int record_trace(lua_State* L) {
  record_frames(L, 1);
  return 1;
}

void bridge_trace(JNIEnv* env, jclass, int64_t context, jbyteArray target) {
  Context* c = (Context*)(intptr_t)context;
  env->SetByteArrayRegion(target, 0, (jsize)c->shared->trace, (const jbyte*)c->trace.data);
}

extern "C" GCstr* bridge_overflow_message(lua_State* L);
extern "C" GCstr* bridge_overflow_message(lua_State* L) { return context_of(L)->overflow; }

/* -- Results --------------------------------------------------------------------- */

static TValue* step_room(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  make_room(r->c, L, r->nargs);
  return nullptr;
}

bool export_results(Context* c, lua_State* L, ptrdiff_t from, int32_t n) {
  c->text_used = 0;
  if (LJ_LIKELY(export_values(c, restorestack(L, from), 0, n))) return true;
  Request room = {};
  room.c = c;
  room.nargs = n;
  if (vm_protect(L, step_room, &room)) return false;
  c->text_used = 0;
  return export_values(c, restorestack(L, from), 0, n);
}

int32_t no_memory(Context* c) {
  static const char message[] = "not enough memory";
  memcpy(c->shared->text, message, sizeof message - 1);
  c->shared->slots[0].word = word_of(BRIDGE_TAG_STRING, sizeof message - 1);
  c->shared->trace = 0;
  return BRIDGE_FAILED_MEMORY;
}

static int32_t failure_of(int status) {
  switch (status) {
    case LUA_ERRSYNTAX: return BRIDGE_FAILED_SYNTAX;
    case LUA_ERRMEM: return BRIDGE_FAILED_MEMORY;
    case LUA_ERRERR: return BRIDGE_FAILED_HANDLER;
    default: return BRIDGE_FAILED_RUNTIME;
  }
}

static bool is_memory_message(cTValue* error) {
  static const char message[] = "not enough memory";
  if (!tvisstr(error) || strV(error)->len < sizeof message - 1) return false;
  /* coroutine.wrap puts positions before it. */
  const char* end = strVdata(error) + strV(error)->len;
  return !memcmp(end - (sizeof message - 1), message, sizeof message);
}

LJ_NOINLINE int32_t fail(Context* c, lua_State* L, int status) {
  if (!export_results(c, L, savestack(L, L->top - 1), 1)) return no_memory(c);
  c->shared->trace = (int32_t)c->trace.size;
  c->trace.size = 0;
  /* A coroutine hands on the lack of memory as a plain error. */
  bool refused = c->memory_refused;
  c->memory_refused = false;
  if (refused && status == LUA_ERRRUN && is_memory_message(L->top - 1)) status = LUA_ERRMEM;
  return failure_of(status);
}

int32_t bridge_has_stack() { return (char*)__builtin_frame_address(0) >= (char*)bridge_stack_limit(); }

/* -- The crossing -------------------------------------------------------------------- */

static LJ_AINLINE int32_t cross_once(JNIEnv* env, jobject self, int64_t context, Step step, Request* r) {
  Context* c = (Context*)(intptr_t)context;
  Outer outer;
  if (LJ_UNLIKELY(!enter(c, env, self, &outer))) return BRIDGE_FAILED_CSTACK;
  lua_State* L = c->L;
  r->c = c;
  ptrdiff_t bottom = savestack(L, L->top);
  r->outermost = is_outermost(c, &outer);
  int status = vm_protect(L, step, r);
  int32_t n;
  if (r->prepared && !status) status = run_outermost(c, L, restorestack(L, bottom) + 3, bottom);
  if (LJ_UNLIKELY(status == LUA_YIELD)) {
    leave(c, &outer);
    return BRIDGE_ASKING;
  }
  if (LJ_UNLIKELY(status))
    n = fail(c, L, status);
  else if (LJ_UNLIKELY(r->status))
    n = r->status;
  else
    n = collect(c, L, bottom + r->skip * (ptrdiff_t)sizeof(TValue));
  return finish(c, L, bottom, n, &outer);
}

int32_t cross(JNIEnv* env, jobject self, int64_t context, Step step, Request* r) {
  int32_t n = cross_once(env, self, context, step, r);
  if (LJ_UNLIKELY(n == BRIDGE_FAILED_MEMORY) && r->repeatable) {
    bridge_collect(env, nullptr, self, context); /* what scripts or Java have given up since the last one */
    n = cross_once(env, self, context, step, r);
  }
  return n;
}

/* Puts words on the stack that need no conversion; false when another one is among them. */
static LJ_AINLINE bool push_plain(Context* c, TValue* to, int32_t n) {
  const Slot* slots = c->shared->slots;
  for (int32_t i = 0; i < n; i++) {
    uint64_t word = slots[i].word;
    if (LJ_LIKELY(word < (uint64_t)BRIDGE_TAG_NIL << 48))
      to[i].u64 = word;
    else if (word >> 48 == BRIDGE_TAG_REFERENCE)
      to[i] = *anchor_slot(c->references, (int32_t)word);
    else
      return false;
  }
  return true;
}

int32_t cross_call(
    JNIEnv* env, jobject self, int64_t context, cTValue* function, cTValue* receiver, int32_t nargs) {
  Context* c = (Context*)(intptr_t)context;
  lua_State* L = c->L;
  TValue* top = L->top;
  int32_t first = receiver ? 4 : 3;
  if (LJ_UNLIKELY(!vm_has_stack(L, nargs + first) || !push_plain(c, top + first, nargs))) return NOT_PLAIN;
  Outer outer;
  if (LJ_UNLIKELY(!enter(c, env, self, &outer))) return BRIDGE_FAILED_CSTACK;
  ptrdiff_t bottom = savestack(L, top);
  setfuncV(L, top, c->handler);
  top[1] = *function;
  setnilV(top + 2);
  if (receiver) top[3] = *receiver;
  L->top = top + first + nargs;
  int status = run_call(c, L, top + 3, top, &outer);
  int32_t n;
  if (LJ_LIKELY(status == LUA_YIELD)) {
    leave(c, &outer);
    return BRIDGE_ASKING;
  }
  if (LJ_UNLIKELY(status))
    n = fail(c, L, status);
  else
    n = collect(c, L, bottom + (ptrdiff_t)sizeof(TValue));
  return finish(c, L, bottom, n, &outer);
}
