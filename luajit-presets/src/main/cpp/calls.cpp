/*
** Calls of Lua functions, chunks and coroutines.
*/
#include "crossing.h"

#include <ctype.h>

/* -- Calls ----------------------------------------------------------------------- */

/* Stack: handler, function, (frame slot), arguments; the handler stays below the results. */
static TValue* call_prepared(Request* r, lua_State* L, int32_t nargs) {
  r->skip = 1;
  vm_check_collector(L); /* it was paused while the arguments were pushed */
  if (r->outermost) {
    r->prepared = true;
    return nullptr;
  }
  TValue* base = L->top - nargs;
  return vm_call_next(L, base, base - 3);
}

static void push_handler(Context* c, lua_State* L) {
  setfuncV(L, L->top, c->handler);
  L->top++;
}

static TValue* step_call(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  vm_check_stack(L, 3);
  push_handler(r->c, L);
  vm_push_value(L, anchor_slot(r->c->references, r->a));
  lua_pushnil(L);
  push_slots(r->c, L, 0, r->nargs);
  return call_prepared(r, L, r->nargs);
}

int64_t bridge_call(JNIEnv* env, jclass, jobject self, int64_t context, int32_t function, int32_t nargs) {
  Context* c = (Context*)(intptr_t)context;
  int32_t n = cross_call(env, self, context, anchor_slot(c->references, function), nullptr, nargs);
  if (LJ_LIKELY(n != NOT_PLAIN)) return asking_or_in_slots(c, n);
  Request r = {};
  r.a = function;
  r.nargs = nargs;
  return asking_or_in_slots(c, cross(env, self, context, step_call, &r));
}

static bool is_callable(lua_State* L, cTValue* value) {
  if (tvisfunc(value)) return true;
  bool callable = luaL_getmetafield(L, -1, "__call") != 0;
  if (callable) lua_pop(L, 1);
  return callable;
}

static TValue* step_call_field(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  Context* c = r->c;
  vm_check_stack(L, 8);
  push_handler(c, L);
  lua_pushnil(L); /* the function */
  lua_pushnil(L);
  int32_t nargs = r->nargs;
  if (r->flags & BRIDGE_CALL_METHOD) {
    vm_push_value(L, anchor_slot(c->references, r->a));
    nargs++;
  }
  push_slots(c, L, 0, r->nargs);
  /* Only now, for a metamethod may be asked, and that may use the slots. */
  vm_check_stack(L, 4);
  vm_push_value(L, anchor_slot(c->references, r->a));
  lua_getfield(L, -1, strVdata(anchor_slot(c->references, r->b)));
  if (!tvisfunc(L->top - 1) && !is_callable(L, L->top - 1)) {
    r->status = BRIDGE_FAILED_MISSING;
    return nullptr;
  }
  lua_replace(L, -nargs - 4);
  lua_pop(L, 1);
  return call_prepared(r, L, nargs);
}

int64_t bridge_call_field(JNIEnv* env, jclass, jobject self, int64_t context, int64_t field, int32_t shape) {
  Context* c = (Context*)(intptr_t)context;
  int32_t flags = shape >> 16, nargs = shape & 0xFFFF;
  TValue* table = anchor_slot(c->references, (int32_t)(field >> 32));
  cTValue* function = vm_get_field(tabV(table), strV(anchor_slot(c->references, (int32_t)field)));
  if (LJ_LIKELY(function && tvisfunc(function))) {
    int32_t n = cross_call(env, self, context, function, flags & BRIDGE_CALL_METHOD ? table : nullptr, nargs);
    if (LJ_LIKELY(n != NOT_PLAIN)) return asking_or_in_slots(c, n);
  }
  Request r = {};
  r.a = (int32_t)(field >> 32);
  r.b = (int32_t)field;
  r.flags = flags;
  r.nargs = nargs;
  return asking_or_in_slots(c, cross(env, self, context, step_call_field, &r));
}

/* -- Chunks with their own globals --------------------------------------------------- */

/* Variables that are set while a chunk runs. */
struct Presets {
  GCtab *globals, *names;
  uint64_t which;
  bool until_java; /* else what Java changes of them is not read any more */
};

static void preset(Context* c, lua_State* L, const Presets* presets) {
  for (uint64_t rest = presets->which; rest; rest &= rest - 1) {
    int32_t i = __builtin_ctzll(rest);
    push_slots(c, L, i, 1);
    copyTV(L, lj_tab_setstr(L, presets->globals, strV(vm_get_item(presets->names, i + 1))), L->top - 1);
    lj_gc_anybarriert(L, presets->globals);
    L->top--;
  }
}

static void unset(const Presets* presets) {
  for (uint64_t rest = presets->which; rest; rest &= rest - 1) {
    int32_t i = __builtin_ctzll(rest);
    TValue* variable = (TValue*)vm_get_field(presets->globals, strV(vm_get_item(presets->names, i + 1)));
    if (variable) setnilV(variable);
  }
}

LJ_NOINLINE void take_presets_away(Context* c) {
  const Presets* presets = c->presets;
  c->presets = nullptr;
  if (presets->until_java) {
    begin_change(c);
    c->shared->presets_lost = 1;
  }
  unset(presets);
}

bool keep_presets_from(Context* c) {
  if (c->presets->until_java) return false; /* compiled code may have read them, and read them again */
  take_presets_away(c);
  return true;
}

static TValue* step_run(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  Context* c = r->c;
  GCtab* globals = tabV(anchor_slot(c->references, r->b));
  vm_check_stack(L, 4);
  const Presets* presets = (const Presets*)r->data;
  if (presets) {
    c->presets = presets;
    preset(c, L, presets);
  }
  push_handler(c, L);
  GCfunc* chunk = funcV(anchor_slot(c->references, r->a));
  if (!isluafunc(chunk)) luaL_error(L, "a chunk must be written in Lua");
  vm_push_instance(L, chunk, globals);
  lua_pushnil(L);
  push_slots(c, L, 0, r->nargs);
  setgcref(L->env, obj2gco(globals));
  lj_gc_objbarrier(L, obj2gco(L), globals);
  return call_prepared(r, L, r->nargs);
}

void restore_globals(lua_State* L, ptrdiff_t kept) {
  TValue* outer = restorestack(L, kept);
  L->top = outer;
  setgcref(L->env, obj2gco(tabV(outer)));
  lj_gc_objbarrier(L, obj2gco(L), tabV(outer));
}

static int64_t run(JNIEnv* env, jobject self, int64_t context, int32_t chunk, int32_t globals, int32_t nargs,
    const Presets* presets) {
  Request r = {};
  r.a = chunk;
  r.b = globals;
  r.nargs = nargs;
  r.data = presets;
  /* loadstring, require and setfenv(0) of the chunk must see its globals too: they belong to the thread. */
  Context* c = (Context*)(intptr_t)context;
  lua_State* L = c->L;
  ptrdiff_t bottom = savestack(L, L->top);
  settabV(L, L->top, tabref(L->env));
  L->top++;
  int32_t n = cross(env, self, context, step_run, &r);
  if (n == BRIDGE_ASKING)
    c->call_has_globals = true;
  else
    restore_globals(L, bottom);
  return asking_or_in_slots(c, n);
}

int64_t bridge_run(
    JNIEnv* env, jclass, jobject self, int64_t context, int32_t chunk, int32_t globals, int32_t nargs) {
  return run(env, self, context, chunk, globals, nargs, nullptr);
}

int64_t bridge_run_preset(JNIEnv* env, jclass, jobject self, int64_t context, int32_t chunk, int32_t globals,
    int32_t names, int64_t which, int32_t until_java) {
  Context* c = (Context*)(intptr_t)context;
  GCtab* references = c->references;
  Presets presets = {tabV(anchor_slot(references, globals)), tabV(anchor_slot(references, names)), (uint64_t)which,
      until_java != 0};
  int64_t word = run(env, self, context, chunk, globals, 0, &presets);
  if (c->presets) {
    c->presets = nullptr;
    unset(&presets);
  }
  return word;
}

/* -- Functions that rest ----------------------------------------------------------------- */

enum { MOST_RESTING = 100 }; /* functions and values that one leads to */

static void set_globals(lua_State* L, GCfunc* fn, GCtab* globals) {
  setgcref(fn->l.env, obj2gco(globals));
  lj_gc_objbarrier(L, obj2gco(fn), globals);
}

static bool detach(Context* c, cTValue* value, GCtab* globals, int32_t* most);

static bool detach_function(Context* c, GCfunc* fn, GCtab* globals, int32_t* most) {
  if (tabref(fn->l.env) == c->nowhere) return true;
  if (tabref(fn->l.env) != globals || --*most < 0) return false;
  set_globals(c->L, fn, c->nowhere);
  for (int32_t i = 0; i < fn->l.nupvalues; i++) {
    GCupval* upvalue = gco2uv(gcref(fn->l.uvptr[i]));
    if (!upvalue->closed || !detach(c, uvval(upvalue), globals, most)) return false;
  }
  return true;
}

/* Takes their globals from the Lua functions that a value leads to. False if it leads to them in a way that attach() does not
** find, with only a part of it done. */
static bool detach(Context* c, cTValue* value, GCtab* globals, int32_t* most) {
  if (tvisfunc(value)) {
    GCfunc* fn = funcV(value);
    return isluafunc(fn) ? detach_function(c, fn, globals, most) : !fn->c.nupvalues && tabref(fn->c.env) != globals;
  }
  if (tvisudata(value)) return object_id(c, value) != 0;
  return vm_is_data(value, most);
}

static void attach(Context* c, cTValue* value, GCtab* globals) {
  if (!tvisfunc(value) || !isluafunc(funcV(value)) || tabref(funcV(value)->l.env) != c->nowhere) return;
  GCfunc* fn = funcV(value);
  set_globals(c->L, fn, globals);
  for (int32_t i = 0; i < fn->l.nupvalues; i++) attach(c, uvval(gco2uv(gcref(fn->l.uvptr[i]))), globals);
}

int32_t bridge_rest(int64_t context, int32_t value, int32_t chunk, int32_t globals) {
  Context* c = (Context*)(intptr_t)context;
  cTValue* tv = anchor_slot(c->references, value);
  GCtab* env = tabV(anchor_slot(c->references, globals));
  int32_t most = MOST_RESTING;
  if (!tvisfunc(tv)) return vm_is_data(tv, &most) ? BRIDGE_REST_DATA : BRIDGE_REST_NONE;
  GCfunc* fn = funcV(tv);
  if (!isluafunc(fn)) return BRIDGE_REST_NONE;
  if (chunk && !fn->l.nupvalues && tabref(fn->l.env) == env) {
    int32_t number = vm_child_number(funcproto(funcV(anchor_slot(c->references, chunk))), funcproto(fn));
    if (number >= 0) return number;
  }
  if (detach(c, tv, env, &most)) return BRIDGE_REST_DETACHED;
  attach(c, tv, env);
  return BRIDGE_REST_NONE;
}

void bridge_attach(int64_t context, int32_t function, int32_t globals) {
  Context* c = (Context*)(intptr_t)context;
  attach(c, anchor_slot(c->references, function), tabV(anchor_slot(c->references, globals)));
}

static TValue* step_new_child(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  GCtab* references = r->c->references;
  vm_check_stack(L, 1);
  vm_push_child(L, funcproto(funcV(anchor_slot(references, r->a))), r->nargs, tabV(anchor_slot(references, r->b)));
  return nullptr;
}

int32_t bridge_new_child(JNIEnv* env, jclass, jobject self, int64_t context, int32_t chunk, int32_t number, int32_t globals) {
  Request r = {};
  r.a = chunk;
  r.b = globals;
  r.nargs = number;
  r.repeatable = true;
  return cross(env, self, context, step_new_child, &r);
}

/* -- Coroutines ------------------------------------------------------------------------ */

TValue* step_take_resumed(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  lua_State* co = threadV(anchor_slot(r->c->references, r->a));
  int status = r->nargs;
  int32_t n = status > LUA_YIELD ? 1 : (int32_t)(co->top - co->base);
  vm_check_stack(L, n);
  lua_xmove(co, L, n);
  r->c->shared->yielded = status == LUA_YIELD;
  if (status > LUA_YIELD) {
    record_frames(co, 0);
    lj_err_throw(L, status);
  }
  return nullptr;
}

static TValue* step_resume(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  Context* c = r->c;
  lua_State* co = threadV(anchor_slot(c->references, r->a));
  static const char* const refusal[] = {nullptr, "cannot resume running coroutine",
      "cannot resume non-suspended coroutine", "cannot resume dead coroutine", nullptr};
  const char* refused = refusal[vm_coroutine_status(L, co)];
  if (refused) luaL_error(L, "%s", refused);
  if (!lua_checkstack(co, r->nargs + 1)) luaL_error(L, "too many arguments to resume");
  push_slots(c, co, 0, r->nargs);
  c->L = co;
  r->nargs = vm_resume(co, r->nargs);
  c->L = L;
  return step_take_resumed(L, nullptr, r);
}

int32_t bridge_resume(JNIEnv* env, jclass, jobject self, int64_t context, int32_t thread, int32_t nargs) {
  Request r = {};
  r.a = thread;
  r.nargs = nargs;
  return cross(env, self, context, step_resume, &r);
}

static TValue* step_new_coroutine(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  vm_check_stack(L, 1);
  lua_State* co = lua_newthread(L);
  vm_push_value(co, anchor_slot(r->c->references, r->a));
  return nullptr;
}

int32_t bridge_new_coroutine(JNIEnv* env, jclass, jobject self, int64_t context, int32_t function) {
  Request r = {};
  r.a = function;
  r.repeatable = true;
  return cross(env, self, context, step_new_coroutine, &r);
}

static TValue* step_coroutine_function(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  lua_State* co = threadV(anchor_slot(r->c->references, r->a));
  vm_check_stack(L, 1);
  if (vm_coroutine_status(L, co) == VM_NOT_STARTED && tvisfunc(co->base))
    vm_push_value(L, co->base);
  else
    r->status = BRIDGE_FAILED_MISSING;
  return nullptr;
}

int32_t bridge_coroutine_function(JNIEnv* env, jclass, jobject self, int64_t context, int32_t thread) {
  Request r = {};
  r.a = thread;
  return cross(env, self, context, step_coroutine_function, &r);
}

int32_t bridge_coroutine_status(int64_t context, int32_t thread) {
  Context* c = (Context*)(intptr_t)context;
  return vm_coroutine_status(c->L, threadV(anchor_slot(c->references, thread)));
}

/* -- Compiling ---------------------------------------------------------------------------- */

struct Source {
  const char* parts[3];
  size_t sizes[3];
  int next;
};

static const char* read_part(lua_State*, void* data, size_t* size) {
  Source* source = (Source*)data;
  while (source->next < 3) {
    int i = source->next++;
    if (source->sizes[i]) {
      *size = source->sizes[i];
      return source->parts[i];
    }
  }
  return nullptr;
}

static int load(lua_State* L, const char* before, const char* code, size_t size, const char* after, const char* name,
    const char* mode) {
  Source source = {{before, code, after}, {strlen(before), size, strlen(after)}, 0};
  return lua_loadx(L, read_part, &source, name, mode);
}

struct Chunk {
  const char* code;
  size_t size;
  const char* name;
  int32_t mode;
};

/* Compiles `return <code>`. */
static int load_expression(lua_State* L, const Chunk* chunk) {
  int status = load(L, "return ", chunk->code, chunk->size, "", chunk->name, "t");
  if (status != LUA_OK || !vm_returns_by_tail_call(funcV(L->top - 1))) return status;
  if (load(L, "do return ", chunk->code, chunk->size, "\nend local _", chunk->name, "t") == LUA_OK) {
    vm_keep_frame(funcV(L->top - 1));
    lua_remove(L, -2);
  } else {
    lua_pop(L, 1);
  }
  return LUA_OK;
}

/* Whether a chunk begins with a word that begins no expression. */
static bool begins_statement(const Chunk* chunk) {
  static const char* const words[] = {"return", "local", "for", "if", "while", "do", "repeat"};
  const char *from = chunk->code, *end = from + chunk->size;
  while (from < end && isspace((unsigned char)*from)) from++;
  const char* to = from;
  while (to < end && isalpha((unsigned char)*to)) to++;
  if (to < end && (isalnum((unsigned char)*to) || *to == '_' || (unsigned char)*to > 127)) return false;
  for (const char* word : words)
    if (strlen(word) == (size_t)(to - from) && !memcmp(word, from, (size_t)(to - from))) return true;
  return false;
}

static int load_chunk(lua_State* L, Context* c, const Chunk* chunk) {
  int status = LUA_ERRSYNTAX;
  if ((chunk->mode & BRIDGE_LOAD_EXPRESSION) && !((chunk->mode & BRIDGE_LOAD_TEXT) && begins_statement(chunk))) {
    status = load_expression(L, chunk);
    if (status != LUA_ERRSYNTAX || !(chunk->mode & BRIDGE_LOAD_TEXT)) return status;
    lua_pop(L, 1);
  }
  bool binary = chunk->mode & BRIDGE_LOAD_BINARY;
  bool bytecode = c->bytecode;
  c->bytecode |= binary;
  status = load(L, "", chunk->code, chunk->size, "", chunk->name, binary ? "b" : "t");
  c->bytecode = bytecode;
  return status;
}

static TValue* step_load(lua_State* L, lua_CFunction, void* data) {
  Context* c = ((Request*)data)->c;
  lua_checkstack(L, 4);
  int status = load_chunk(L, c, (const Chunk*)((Request*)data)->data);
  if (status != LUA_OK) lj_err_throw(L, status);
  /* Whatever the globals of this moment are: bridge_run gives others. */
  GCfunc* function = funcV(L->top - 1);
  setgcref(function->l.env, obj2gco(c->globals));
  lj_gc_objbarrier(L, obj2gco(function), c->globals);
  return nullptr;
}

int32_t bridge_load(
    JNIEnv* env, jclass, jobject self, int64_t context, jbyteArray code, jbyteArray name, int32_t mode) {
  Request r = {};
  Chunk chunk = {};
  chunk.mode = mode;
  chunk.size = (size_t)env->GetArrayLength(code);
  size_t name_size = (size_t)env->GetArrayLength(name);
  char* copy = (char*)malloc(chunk.size + name_size + 1);
  if (!copy) return no_memory((Context*)(intptr_t)context);
  env->GetByteArrayRegion(code, 0, (jsize)chunk.size, (jbyte*)copy);
  env->GetByteArrayRegion(name, 0, (jsize)name_size, (jbyte*)copy + chunk.size);
  copy[chunk.size + name_size] = 0;
  chunk.code = copy;
  chunk.name = copy + chunk.size;
  r.data = &chunk;
  r.repeatable = true;
  int32_t n = cross(env, self, context, step_load, &r);
  free(copy);
  return n;
}

static int write_buffer(lua_State*, const void* bytes, size_t size, void* buffer) {
  return !((Buffer*)buffer)->append(bytes, size);
}

static TValue* step_dump(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  vm_check_stack(L, 2);
  vm_push_value(L, anchor_slot(r->c->references, r->a));
  Buffer* code = (Buffer*)r->data;
  if (!isluafunc(funcV(L->top - 1)))
    r->status = BRIDGE_FAILED_MISSING;
  else if (lua_dump(L, write_buffer, code))
    lj_err_mem(L);
  else
    lua_pushlstring(L, code->data, code->size);
  r->skip = 1;
  return nullptr;
}

int32_t bridge_dump(JNIEnv* env, jclass, jobject self, int64_t context, int32_t function) {
  Request r = {};
  Buffer code = {};
  r.a = function;
  r.data = &code;
  int32_t n = cross(env, self, context, step_dump, &r);
  free(code.data);
  return n;
}

void bridge_repeat(int64_t context, int32_t chunk) {
  GCfunc* fn = funcV(anchor_slot(((Context*)(intptr_t)context)->references, chunk));
  if (isluafunc(fn)) vm_ignore_arguments(fn);
}

int32_t bridge_code(int64_t context, int32_t function) {
  GCfunc* fn = funcV(anchor_slot(((Context*)(intptr_t)context)->references, function));
  if (!isluafunc(fn)) return 0;
  GCproto* proto = funcproto(fn);
  return (proto->flags & PROTO_CHILD ? BRIDGE_CODE_DEFINES_FUNCTIONS : 0) |
         (vm_sets_items(proto) ? BRIDGE_CODE_SETS_ITEMS : 0);
}

static TValue* step_global_names(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  GCfunc* chunk = funcV(anchor_slot(r->c->references, r->a));
  vm_check_stack(L, 4);
  lua_createtable(L, 0, 8);
  if (isluafunc(chunk)) vm_collect_globals_of_chunk(L, funcproto(chunk));
  return nullptr;
}

int32_t bridge_global_names(JNIEnv* env, jclass, jobject self, int64_t context, int32_t chunk) {
  Request r = {};
  r.a = chunk;
  r.repeatable = true;
  return cross(env, self, context, step_global_names, &r);
}

int32_t bridge_parameter_count(int64_t context, int32_t function) {
  GCfunc* fn = funcV(anchor_slot(((Context*)(intptr_t)context)->references, function));
  return isluafunc(fn) && !(funcproto(fn)->flags & PROTO_VARARG) ? funcproto(fn)->numparams : -1;
}
