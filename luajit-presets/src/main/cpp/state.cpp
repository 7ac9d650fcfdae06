/*
** The life of a context.
*/
#include "parts.h"

#include <pthread.h>
#include <sys/mman.h>

static int open_contexts;

/* -- Opening ---------------------------------------------------------------------- */

GCobj* keep(lua_State* L) {
  GCobj* object = gcV(L->top - 1);
  vm_push_root(L);
  lua_insert(L, -2);
  lua_rawseti(L, -2, (int)lua_objlen(L, -2) + 1);
  lua_pop(L, 1);
  return object;
}

static GCtab* new_anchor(lua_State* L, int32_t size) {
  lua_createtable(L, size, 0);
  return &keep(L)->tab;
}

/* The same with weak values; their metatable is on the stack. */
static GCtab* new_weak_anchor(lua_State* L) {
  GCtab* anchor = new_anchor(L, 16);
  settabV(L, L->top, anchor);
  L->top++;
  lua_pushvalue(L, -2);
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
  return anchor;
}

static TValue* step_open(lua_State* L, lua_CFunction, void* data) {
  Context* c = ((Request*)data)->c;
  /* The collector has nothing to find yet, and opening twice as fast matters to short-lived engines. */
  lua_gc(L, LUA_GCSTOP, 0);
  luaL_openlibs(L);
  lua_createtable(L, 8, 0);
  vm_set_root(L, tabV(L->top - 1));
  lua_pop(L, 1);
  settabV(L, L->top, tabref(L->env));
  L->top++;
  c->globals = &keep(L)->tab;
  c->references = new_anchor(L, 32);
  c->nowhere = new_anchor(L, 1);
  lua_newtable(L);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  c->objects = new_weak_anchor(L);
  lua_pop(L, 1);
  c->epoch = new_anchor(L, 2);
  setnumV(anchor_slot(c->epoch, 1), 0);
  lua_getglobal(L, "tostring");
  c->tostring = &keep(L)->fn;
  lua_pushcfunction(L, record_trace);
  c->handler = &keep(L)->fn;
  lua_pushliteral(L, "stack overflow (C stack)");
  c->overflow = &keep(L)->str;
  lua_newtable(L);
  c->object_metatable = &keep(L)->tab;
  c->shapes = new_anchor(L, 16);
  open_host(c, L);
  make_room(c, L, 16);
  lua_newtable(L);
  c->library = &keep(L)->tab;
  settabV(L, L->top, c->library);
  L->top++;
  lua_pushnil(L);
  while (lua_next(L, LUA_GLOBALSINDEX)) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, -4);
  }
  lua_pop(L, 1);
  /* LuaJIT's own pause of 200 lets it collect twice as often, for half of the memory. */
  lua_gc(L, LUA_GCSETPAUSE, BRIDGE_COLLECTOR_PAUSE);
  lua_gc(L, LUA_GCRESTART, 0);
  return nullptr;
}

/* -- Blocks ----------------------------------------------------------------------- */

/* A context and what it shares with Java, in one mapping. */
struct Block {
  Context context;
  alignas(64) Shared shared;
};

/* A few blocks of closed contexts are kept: mapping a new one and touching its pages is an eighth of the time it
** takes to open a context. */
enum { SPARE_BLOCKS = 16, KEPT_BYTES = 4096 };
static Block* spare_blocks[SPARE_BLOCKS];
static int spare_count;
static pthread_mutex_t spare_mutex = PTHREAD_MUTEX_INITIALIZER;

static Context* new_context() {
  pthread_mutex_lock(&spare_mutex);
  Block* block = spare_count ? spare_blocks[--spare_count] : nullptr;
  pthread_mutex_unlock(&spare_mutex);
  if (block) {
    memset((void*)block, 0, offsetof(Block, shared) + offsetof(Shared, text));
  } else {
    void* fresh =
        mmap(nullptr, sizeof(Block), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (fresh == MAP_FAILED) return nullptr;
    block = (Block*)fresh;
  }
  block->context.shared = &block->shared;
  return &block->context;
}

static void free_context(Context* c) {
  Block* block = (Block*)c;
  /* Pages that only a call with very many values has used go back. */
  madvise((char*)block + KEPT_BYTES, sizeof(Block) - KEPT_BYTES, MADV_DONTNEED);
  pthread_mutex_lock(&spare_mutex);
  bool kept = spare_count < SPARE_BLOCKS;
  if (kept) spare_blocks[spare_count++] = block;
  pthread_mutex_unlock(&spare_mutex);
  if (!kept) munmap(block, sizeof(Block));
}

/* The library can be unloaded, with the class loader that loaded it. */
__attribute__((destructor)) static void unmap_spare_blocks() {
  while (spare_count) munmap(spare_blocks[--spare_count], sizeof(Block));
}

static void free_memory(Context* c) {
  free_staged(c);
  free(c->free_references);
  free(c->entries);
  free(c->released.data);
  free(c->trace.data);
  free(c->staged.data);
  free(c->methods.data);
  free(c->fields.data);
  free(c->known);
  free(c->sites);
  bridge_fiber_close(&c->fiber);
  free_context(c);
}

int64_t bridge_open(JNIEnv* env, jclass, jobject self) {
  Context* c = new_context();
  if (!c) return 0;
  lua_State* L = luaL_newstate();
  if (!L) {
    free_memory(c);
    return 0;
  }
  c->main = c->L = L;
  c->env = env;
  c->self = self;
  G(L)->host = c;
  c->often = BRIDGE_OFTEN;
  c->bytecode = true; /* the library's own, until it is open */
  G(L)->cstack_limit = G(L)->resume_limit = bridge_stack_limit();
  Request r = {};
  r.c = c;
  int status = vm_protect(L, step_open, &r);
  c->env = nullptr;
  c->self = nullptr;
  if (status) {
    lua_close(L);
    free_memory(c);
    return 0;
  }
  lua_settop(L, 0);
  c->bytecode = false;
  __atomic_add_fetch(&open_contexts, 1, __ATOMIC_RELAXED);
  return (int64_t)(intptr_t)c;
}

int32_t bridge_has_finalizers(int64_t context) {
  return vm_separate_finalizers(((Context*)(intptr_t)context)->main);
}

static TValue* step_finalize(lua_State* L, lua_CFunction, void*) {
  vm_run_finalizers(L);
  return nullptr;
}

void bridge_finalize(JNIEnv* env, jclass, jobject self, int64_t context) {
  enum { ROUNDS = 10 }; /* finalizers can make new garbage */
  Context* c = (Context*)(intptr_t)context;
  lua_State* L = c->main;
  c->memory_slack = collection_slack(c);
  G(L)->cstack_limit = G(L)->resume_limit = bridge_stack_limit();
  c->env = self ? env : nullptr;
  c->self = self;
  luaJIT_setmode(L, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
  int round = 0;
  do {
    vm_separate_finalizers(L);
    lua_settop(L, 0);
    vm_protect(L, step_finalize, nullptr);
  } while (vm_has_finalizers(L) && ++round < ROUNDS);
  forget_all_objects(c, env);
  c->env = nullptr;
  c->self = nullptr;
}

void bridge_close(int64_t context) {
  Context* c = (Context*)(intptr_t)context;
  bridge_set_memory_limit(context, 0);
  bridge_fail_allocation(context, 0);
  vm_end_finalizers(c->main);
  lua_close(c->main);
  free_memory(c);
  __atomic_sub_fetch(&open_contexts, 1, __ATOMIC_RELAXED);
}

/* -- The shared block --------------------------------------------------------------- */

jobject bridge_map(JNIEnv* env, jclass, int64_t context) {
  return env->NewDirectByteBuffer(((Context*)(intptr_t)context)->shared, sizeof(Shared));
}

static_assert(offsetof(Shared, released) == BRIDGE_OFFSET_RELEASED, "layout");
static_assert(offsetof(Shared, trace) == BRIDGE_OFFSET_TRACE, "layout");
static_assert(offsetof(Shared, yielded) == BRIDGE_OFFSET_YIELDED, "layout");
static_assert(offsetof(Shared, exhausted) == BRIDGE_OFFSET_EXHAUSTED, "layout");
static_assert(offsetof(Shared, refused) == BRIDGE_OFFSET_REFUSED, "layout");
static_assert(offsetof(Shared, presets_lost) == BRIDGE_OFFSET_PRESETS_LOST, "layout");
static_assert(offsetof(Shared, looks) == BRIDGE_OFFSET_LOOKS, "layout");
static_assert(offsetof(Shared, text) == BRIDGE_OFFSET_TEXT, "layout");
static_assert(offsetof(Shared, slots) == BRIDGE_OFFSET_SLOTS, "layout");
static_assert(sizeof(Shared) == BRIDGE_BLOCK_SIZE, "layout");
static_assert(((uint64_t)BRIDGE_TAG_NIL << 48) >> 47 == (LJ_TISNUM & 0x1ffff), "tags");

int64_t bridge_buffer_address(JNIEnv* env, jclass, jobject buffer) {
  return (int64_t)(intptr_t)env->GetDirectBufferAddress(buffer);
}

/* -- Bytes and ids --------------------------------------------------------------------- */

void bridge_copy(JNIEnv* env, jclass, int64_t address, jbyteArray target, int32_t length) {
  env->SetByteArrayRegion(target, 0, length, (const jbyte*)(intptr_t)address);
}

int64_t bridge_stage(JNIEnv* env, jclass, int64_t context, jbyteArray source, int32_t length) {
  Context* c = (Context*)(intptr_t)context;
  char* copy = (char*)malloc(length ? (size_t)length : 1);
  if (!copy || !c->staged.append(&copy, sizeof copy)) {
    free(copy);
    return 0;
  }
  env->GetByteArrayRegion(source, 0, length, (jbyte*)copy);
  return (int64_t)(intptr_t)copy;
}

int32_t bridge_released(JNIEnv* env, jclass, int64_t context, jintArray target) {
  Context* c = (Context*)(intptr_t)context;
  int32_t room = env->GetArrayLength(target);
  int32_t waiting = (int32_t)(c->released.size / sizeof(int32_t));
  int32_t n = waiting < room ? waiting : room;
  int32_t* ids = (int32_t*)c->released.data + (waiting - n);
  for (int32_t i = 0; i < n; i++) {
    c->entries[ids[i]].released = false;
    forget_object(c, env, ids[i]);
  }
  env->SetIntArrayRegion(target, 0, n, ids);
  c->released.size -= (size_t)n * sizeof(int32_t);
  c->shared->released = waiting - n;
  return n;
}

/* -- Facts --------------------------------------------------------------------------- */

int32_t bridge_trace_count(int64_t context) { return vm_trace_count(((Context*)(intptr_t)context)->main); }

extern "C" int32_t bridge_arena_kilobytes(void);

int32_t bridge_arena_used() { return bridge_arena_kilobytes(); }

int32_t bridge_open_contexts() { return __atomic_load_n(&open_contexts, __ATOMIC_RELAXED); }
