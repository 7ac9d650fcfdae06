/*
** From source text to functions, and to bytecode.
*/
#include "parts.h"

#include <ctype.h>

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
