/*
** Tables and other values seen from Java.
*/
#include "crossing.h"

static TValue* referenced(Request* r, int32_t reference) { return anchor_slot(r->c->references, reference); }

/* Pushes a referenced value with room for a few more. */
static void push_reference(Request* r, lua_State* L) {
  vm_check_stack(L, 5);
  vm_push_value(L, referenced(r, r->a));
}

/* The steps leave the subject of the request below its result. */
static TValue* leave_result(Request* r) {
  r->skip = 1;
  return nullptr;
}

/* -- Reading ---------------------------------------------------------------------- */

static TValue* step_get(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  push_reference(r, L);
  push_slots(r->c, L, 0, 1);
  if (r->flags & BRIDGE_ACCESS_RAW)
    lua_rawget(L, -2);
  else
    lua_gettable(L, -2);
  return leave_result(r);
}

int32_t bridge_get(JNIEnv* env, jclass, jobject self, int64_t context, int32_t table, int32_t flags) {
  Request r = {};
  r.a = table;
  r.flags = flags;
  return cross(env, self, context, step_get, &r);
}

static TValue* step_get_field(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  vm_check_stack(L, 5);
  TValue* subject = referenced(r, r->a);
  GCstr* key = strV(referenced(r, r->b));
  if (LJ_LIKELY(tvistab(subject))) {
    cTValue* value = vm_get_field(tabV(subject), key);
    if (LJ_LIKELY(value && !tvisnil(value))) {
      vm_push_value(L, value);
      return nullptr;
    }
  }
  vm_push_value(L, subject);
  vm_push_value(L, referenced(r, r->b));
  if (r->flags & BRIDGE_ACCESS_RAW)
    lua_rawget(L, -2);
  else
    lua_gettable(L, -2);
  return leave_result(r);
}

/* The field that is there, so that no metamethod has a say; else NULL. */
static LJ_AINLINE TValue* existing_field(Context* c, int32_t table, int32_t key) {
  TValue* subject = anchor_slot(c->references, table);
  if (LJ_UNLIKELY(!tvistab(subject))) return nullptr;
  TValue* value = (TValue*)vm_get_field(tabV(subject), strV(anchor_slot(c->references, key)));
  return LJ_LIKELY(value && !tvisnil(value)) ? value : nullptr;
}

int64_t bridge_get_field(
    JNIEnv* env, jclass, jobject self, int64_t context, int32_t table, int32_t key, int32_t flags) {
  Context* c = (Context*)(intptr_t)context;
  cTValue* value = existing_field(c, table, key);
  if (LJ_LIKELY(value)) {
    if (LJ_LIKELY(tvisnum(value))) return (int64_t)value->u64;
    c->text_used = 0;
    if (LJ_LIKELY(export_values(c, value, 0, 1))) return in_slots(1);
  }
  Request r = {};
  r.a = table;
  r.b = key;
  r.flags = flags;
  return in_slots(cross(env, self, context, step_get_field, &r));
}

/* -- Writing ---------------------------------------------------------------------- */

static void set(lua_State* L, int32_t flags) {
  if (flags & BRIDGE_ACCESS_RAW)
    lua_rawset(L, -3);
  else
    lua_settable(L, -3);
  lua_pop(L, 1);
}

static TValue* step_set(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  push_reference(r, L);
  push_slots(r->c, L, 0, 2);
  set(L, r->flags);
  return nullptr;
}

int32_t bridge_set(JNIEnv* env, jclass, jobject self, int64_t context, int32_t table, int32_t flags) {
  Request r = {};
  r.a = table;
  r.flags = flags;
  return cross(env, self, context, step_set, &r);
}

static TValue* step_set_field(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  push_reference(r, L);
  vm_push_value(L, referenced(r, r->b));
  push_slots(r->c, L, 0, 1);
  set(L, r->flags);
  return nullptr;
}

int32_t bridge_set_field_word(
    JNIEnv* env, jclass, jobject self, int64_t context, int32_t table, int32_t key, int64_t word) {
  Context* c = (Context*)(intptr_t)context;
  TValue* value = existing_field(c, table, key);
  if (LJ_UNLIKELY(!value)) {
    c->shared->slots[0].word = (uint64_t)word;
    return bridge_set_field(env, nullptr, self, context, table, key, 0);
  }
  begin_change(c);
  put_word(c, c->L, value, word);
  vm_note_change(c->L, tabV(anchor_slot(c->references, table)));
  return 0;
}

int32_t bridge_set_field(
    JNIEnv* env, jclass, jobject self, int64_t context, int32_t table, int32_t key, int32_t flags) {
  Request r = {};
  r.a = table;
  r.b = key;
  r.flags = flags;
  return cross(env, self, context, step_set_field, &r);
}

/* -- Sizes ------------------------------------------------------------------------ */

static TValue* step_length(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  push_reference(r, L);
  if (!(r->flags & BRIDGE_ACCESS_RAW) && luaL_callmeta(L, -1, "__len")) return leave_result(r);
  lua_pushnumber(L, (lua_Number)lua_objlen(L, -1));
  return leave_result(r);
}

int32_t bridge_length(JNIEnv* env, jclass, jobject self, int64_t context, int32_t value, int32_t flags) {
  Request r = {};
  r.a = value;
  r.flags = flags;
  return cross(env, self, context, step_length, &r);
}

int32_t bridge_size(JNIEnv*, jclass, jobject, int64_t context, int32_t table) {
  Context* c = (Context*)(intptr_t)context;
  GCtab* t = tabV(anchor_slot(c->references, table));
  int32_t n = 0;
  for (MSize i = 0; i < t->asize; i++) n += !tvisnil(arrayslot(t, i));
  for (MSize i = 0; i <= t->hmask; i++) n += !tvisnil(&noderef(t->node)[i].val);
  return n;
}

/* -- Making ----------------------------------------------------------------------- */

static TValue* step_new_table(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  vm_check_stack(L, 5);
  lua_createtable(L, r->nargs, r->a);
  return nullptr;
}

int32_t bridge_new_table(JNIEnv* env, jclass, jobject self, int64_t context, int32_t items, int32_t fields) {
  Request r = {};
  r.nargs = items;
  r.a = fields;
  r.repeatable = true;
  return cross(env, self, context, step_new_table, &r);
}

static TValue* step_copy_table(lua_State* L, lua_CFunction, void* data) {
  vm_check_stack(L, 1);
  vm_push_copy(L, tabV(referenced((Request*)data, ((Request*)data)->a)));
  return nullptr;
}

int32_t bridge_copy_table(JNIEnv* env, jclass, jobject self, int64_t context, int32_t table) {
  Request r = {};
  r.a = table;
  r.repeatable = true;
  return cross(env, self, context, step_copy_table, &r);
}

int32_t bridge_is_copy(int64_t context, int32_t table, int32_t original) {
  auto references = ((Context*)(intptr_t)context)->references;
  return vm_is_copy(tabV(anchor_slot(references, table)), tabV(anchor_slot(references, original)));
}

static TValue* step_get_metatable(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  push_reference(r, L);
  if (!lua_getmetatable(L, -1)) lua_pushnil(L);
  return leave_result(r);
}

int32_t bridge_get_metatable(JNIEnv* env, jclass, jobject self, int64_t context, int32_t value) {
  Request r = {};
  r.a = value;
  return cross(env, self, context, step_get_metatable, &r);
}

static TValue* step_set_metatable(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  push_reference(r, L);
  push_slots(r->c, L, 0, 1);
  if (!tvistab(L->top - 1) && !tvisnil(L->top - 1)) luaL_error(L, "a metatable must be a table or nil");
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
  return nullptr;
}

int32_t bridge_set_metatable(JNIEnv* env, jclass, jobject self, int64_t context, int32_t value) {
  Request r = {};
  r.a = value;
  return cross(env, self, context, step_set_metatable, &r);
}

/* -- Other values ------------------------------------------------------------------- */

static TValue* step_globals(lua_State* L, lua_CFunction, void*) {
  vm_check_stack(L, 1);
  settabV(L, L->top, context_of(L)->globals);
  L->top++;
  return nullptr;
}

int32_t bridge_globals(JNIEnv* env, jclass, jobject self, int64_t context) {
  Request r = {};
  return cross(env, self, context, step_globals, &r);
}

static TValue* step_library(lua_State* L, lua_CFunction, void*) {
  vm_check_stack(L, 1);
  settabV(L, L->top, context_of(L)->library);
  L->top++;
  return nullptr;
}

int32_t bridge_library(JNIEnv* env, jclass, jobject self, int64_t context) {
  Request r = {};
  return cross(env, self, context, step_library, &r);
}

static TValue* step_implementation(lua_State* L, lua_CFunction, void*) {
  vm_check_stack(L, 1);
  lua_pushliteral(L, LUAJIT_VERSION);
  return nullptr;
}

int32_t bridge_implementation(JNIEnv* env, jclass, jobject self, int64_t context) {
  Request r = {};
  return cross(env, self, context, step_implementation, &r);
}

static TValue* step_to_string(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  push_reference(r, L);
  if (luaL_callmeta(L, -1, "__tostring")) {
    if (!lua_isstring(L, -1)) luaL_error(L, "'__tostring' must return a string");
    lua_tostring(L, -1);
    return leave_result(r);
  }
  setstrV(L, L->top, lj_strfmt_obj(L, L->top - 1));
  L->top++;
  return leave_result(r);
}

int32_t bridge_to_string(JNIEnv* env, jclass, jobject self, int64_t context, int32_t value) {
  Request r = {};
  r.a = value;
  return cross(env, self, context, step_to_string, &r);
}

static TValue* step_new_function(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  vm_check_stack(L, 4);
  push_slots(r->c, L, 0, 1);
  if (r->flags) r->c->entries[object_id(r->c, L->top - 1)].quiet = true;
  push_host_function(L);
  return nullptr;
}

int32_t bridge_new_function(JNIEnv* env, jclass, jobject self, int64_t context, int32_t quiet) {
  Request r = {};
  r.flags = quiet;
  return cross(env, self, context, step_new_function, &r);
}

static TValue* step_intern(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  Context* c = r->c;
  vm_check_stack(L, 4);
  lua_pushlstring(L, (const char*)r->data, (size_t)r->nargs);
  make_room(c, L, 1);
  int32_t ref = c->free_references[--c->free_count];
  anchor_set(L, c->references, ref, L->top - 1);
  lua_pop(L, 1);
  r->a = ref;
  return nullptr;
}

int32_t bridge_intern(JNIEnv* env, jclass, int64_t context, jbyteArray text) {
  Context* c = (Context*)(intptr_t)context;
  lua_State* L = c->L;
  if ((char*)__builtin_frame_address(0) < (char*)bridge_stack_limit()) return BRIDGE_FAILED_CSTACK;
  Buffer bytes = {};
  Request r = {};
  r.c = c;
  r.nargs = env->GetArrayLength(text);
  if (!bytes.reserve((size_t)r.nargs + 1)) return BRIDGE_FAILED_MEMORY;
  env->GetByteArrayRegion(text, 0, r.nargs, (jbyte*)bytes.data);
  r.data = bytes.data;
  ptrdiff_t top = savestack(L, L->top);
  pause_collector(c);
  int status = vm_protect(L, step_intern, &r);
  resume_collector(c);
  L->top = restorestack(L, top);
  free(bytes.data);
  if (LJ_LIKELY(!status)) return r.a;
  c->memory_refused = false;
  return BRIDGE_FAILED_MEMORY;
}

int32_t bridge_find_string(JNIEnv* env, jclass, int64_t context, jbyteArray text) {
  Context* c = (Context*)(intptr_t)context;
  char bytes[256];
  int32_t size = env->GetArrayLength(text);
  if (size > (int32_t)sizeof bytes || c->free_count == 0) return 0;
  env->GetByteArrayRegion(text, 0, size, (jbyte*)bytes);
  GCstr* found = vm_find_string(c->main, bytes, (size_t)size);
  if (!found) return 0;
  int32_t reference = c->free_references[--c->free_count];
  setstrV(c->main, anchor_slot(c->references, reference), found);
  lj_gc_anybarriert(c->main, c->references);
  return reference;
}

static TValue* step_collect(lua_State* L, lua_CFunction, void*) {
  collect_all(context_of(L), L);
  return nullptr;
}

int32_t bridge_collect(JNIEnv* env, jclass, jobject self, int64_t context) {
  Request r = {};
  Context* c = (Context*)(intptr_t)context;
  c->memory_slack = collection_slack(c);
  int32_t n = cross(env, self, context, step_collect, &r);
  c->memory_slack = 0;
  c->memory_refused = false;
  c->collected_in_vain = false;
  if (bridge_memory_used(context) < c->memory_limit - c->memory_limit / 8) c->shared->refused = 0;
  return n;
}
