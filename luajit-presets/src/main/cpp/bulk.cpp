/*
** Many entries of a table at once.
*/
#include "parts.h"

static GCtab* table_of(Request* r) { return tabV(anchor_slot(r->c->references, r->a)); }

/* -- Walking ---------------------------------------------------------------------- */

/* What a value takes of the text area on its way to Java. */
static int32_t text_size(cTValue* value) { return tvisstr(value) ? (int32_t)((strV(value)->len + 8) & ~7u) : 0; }

/* Exports a value to a slot. When references run out, fails unless the slot is among the first `few`: then there is
** always room, but this may raise. */
static bool export_one(Context* c, lua_State* L, cTValue* value, int32_t slot, int32_t few) {
  if (LJ_LIKELY(tvisnum(value))) {
    c->shared->slots[slot].word = value->u64;
    return true;
  }
  if (LJ_LIKELY(export_values(c, value, slot, 1))) return true;
  if (slot >= few) return false;
  TValue copy = *value;
  make_room(c, L, few);
  return export_values(c, &copy, slot, 1);
}

/* Where the entries after a reference begin, or all of them without one. */
static uint32_t index_after(Request* r) {
  return r->b ? vm_table_index(table_of(r), anchor_slot(r->c->references, r->b)) : 0;
}

/* What is in the slots is the result: nothing passes over the stack. */
static TValue* step_next(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  Context* c = r->c;
  make_room(c, L, 1);
  vm_check_stack(L, 1); /* for keys of the array part */
  GCtab* table = table_of(r);
  uint32_t index = index_after(r);
  if (index == VM_NO_INDEX) {
    r->status = BRIDGE_FAILED_MISSING;
    return nullptr;
  }
  /* Text beyond the area would cross piece by piece: rather fewer entries at once. */
  int32_t cursor = c->free_references[--c->free_count];
  int32_t text = 0, n = 0;
  uint32_t done = index;
  TValue last;
  setnilV(&last);
  c->text_used = 0;
  for (cTValue *key, *value; n < r->flags * 2 && vm_table_next(table, &index, &key, &value, L->top); n += 2) {
    text += text_size(key) + text_size(value);
    if (n && text > BRIDGE_TEXT_SIZE) break;
    if (!export_one(c, L, key, n, 2)) break;
    if (!export_one(c, L, value, n + 1, 2)) {
      uint64_t word = c->shared->slots[n].word;
      if (is_owned(word)) bridge_unref((int64_t)(intptr_t)c, (int32_t)word);
      break;
    }
    last = *key;
    done = index;
  }
  cTValue *key, *value;
  if (n && vm_table_next(table, &done, &key, &value, L->top)) {
    anchor_set(L, c->references, cursor, &last);
    c->shared->slots[n].word = word_of(BRIDGE_TAG_REFERENCE, (uint64_t)BRIDGE_TYPE_STRING << 40 | (uint32_t)cursor);
  } else {
    c->free_references[c->free_count++] = cursor;
    c->shared->slots[n].word = word_of(BRIDGE_TAG_NIL, 0);
  }
  r->status = n;
  return nullptr;
}

int32_t bridge_next(JNIEnv* env, jclass, jobject self, int64_t context, int32_t table, int32_t after, int32_t limit) {
  Request r = {};
  r.a = table;
  r.b = after;
  r.flags = limit;
  return cross(env, self, context, step_next, &r);
}

static TValue* step_remove(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  vm_check_stack(L, 1);
  uint32_t index = index_after(r);
  cTValue *key, *value = nullptr;
  for (int32_t n = r->nargs; n > 0 && index != VM_NO_INDEX; n--)
    if (!vm_table_next(table_of(r), &index, &key, &value, L->top)) return nullptr;
  if (value) setnilV((TValue*)value);
  return nullptr;
}

int32_t bridge_remove(JNIEnv* env, jclass, jobject self, int64_t context, int32_t table, int32_t after, int32_t n) {
  Request r = {};
  r.a = table;
  r.b = after;
  r.nargs = n;
  return cross(env, self, context, step_remove, &r);
}

void bridge_clear(int64_t context, int32_t table) {
  Context* c = (Context*)(intptr_t)context;
  begin_change(c);
  vm_clear_table(tabV(anchor_slot(c->references, table)));
}

/* -- Sequences ---------------------------------------------------------------------- */

static TValue* step_get_range(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  Context* c = r->c;
  GCtab* table = table_of(r);
  TValue nil;
  setnilV(&nil);
  int32_t text = 0, n = 0;
  c->text_used = 0;
  for (; n < r->nargs; n++) {
    cTValue* value = lj_tab_getint(table, r->b + n);
    if (!value) value = &nil;
    text += text_size(value);
    if (n && text > BRIDGE_TEXT_SIZE) break;
    if (!export_one(c, L, value, n, 1)) break;
  }
  r->status = n;
  return nullptr;
}

int32_t bridge_get_range(
    JNIEnv* env, jclass, jobject self, int64_t context, int32_t table, int32_t first, int32_t limit) {
  Request r = {};
  r.a = table;
  r.b = first;
  r.nargs = limit;
  r.repeatable = true;
  return cross(env, self, context, step_get_range, &r);
}

static TValue* step_set_range(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  push_slots(r->c, L, 0, r->nargs);
  vm_check_stack(L, 4);
  ptrdiff_t first = savestack(L, L->top - r->nargs);
  settabV(L, L->top, table_of(r));
  L->top++;
  for (int32_t i = 0; i < r->nargs; i++) {
    vm_push_value(L, restorestack(L, first) + i);
    lua_rawseti(L, -2, r->b + i);
  }
  lua_pop(L, r->nargs + 1);
  return nullptr;
}

int32_t bridge_set_range(
    JNIEnv* env, jclass, jobject self, int64_t context, int32_t table, int32_t first, int32_t items) {
  Request r = {};
  r.a = table;
  r.b = first;
  r.nargs = items;
  return cross(env, self, context, step_set_range, &r);
}

static TValue* step_set_entries(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  push_slots(r->c, L, 0, r->nargs);
  vm_check_stack(L, 5);
  ptrdiff_t first = savestack(L, L->top - r->nargs);
  settabV(L, L->top, table_of(r));
  L->top++;
  for (int32_t i = 0; i < r->nargs; i += 2) {
    TValue* entry = restorestack(L, first) + i;
    vm_push_value(L, entry);
    vm_push_value(L, entry + 1);
    lua_rawset(L, -3);
  }
  lua_pop(L, r->nargs + 1);
  return nullptr;
}

int32_t bridge_set_entries(JNIEnv* env, jclass, jobject self, int64_t context, int32_t table, int32_t slots) {
  Request r = {};
  r.a = table;
  r.nargs = slots;
  return cross(env, self, context, step_set_entries, &r);
}

/* -- Numbers --------------------------------------------------------------------------- */

enum { PIECE = 1024 }; /* numbers on the C stack: a page or two */

int32_t bridge_get_doubles(JNIEnv* env, jclass, int64_t context, int32_t table, jdoubleArray target) {
  GCtab* t = tabV(anchor_slot(((Context*)(intptr_t)context)->references, table));
  int32_t size = env->GetArrayLength(target);
  double piece[PIECE];
  int32_t done = 0;
  while (done < size) {
    int32_t n = size - done < PIECE ? size - done : PIECE, i = 0;
    for (; i < n; i++) {
      cTValue* value = lj_tab_getint(t, done + i + 1);
      if (!value || !tvisnum(value)) break;
      piece[i] = numV(value);
    }
    env->SetDoubleArrayRegion(target, done, i, piece);
    done += i;
    if (i < n) break;
  }
  return done;
}

static TValue* step_new_doubles(lua_State* L, lua_CFunction, void* data) {
  Request* r = (Request*)data;
  vm_check_stack(L, 1);
  lua_createtable(L, r->nargs, 0);
  GCtab* table = tabV(L->top - 1);
  JNIEnv* env = r->c->env;
  jdoubleArray source = (jdoubleArray)r->data;
  double piece[PIECE];
  for (int32_t done = 0; done < r->nargs; done += PIECE) {
    int32_t n = r->nargs - done < PIECE ? r->nargs - done : PIECE;
    env->GetDoubleArrayRegion(source, done, n, piece);
    for (int32_t i = 0; i < n; i++) {
      TValue* slot = lj_tab_setint(L, table, done + i + 1);
      /* Other NaNs are LuaJIT's tags. */
      if (piece[i] == piece[i])
        setnumV(slot, piece[i]);
      else
        setnanV(slot);
    }
  }
  return nullptr;
}

int32_t bridge_new_doubles(JNIEnv* env, jclass, jobject self, int64_t context, jdoubleArray source) {
  Request r = {};
  r.nargs = env->GetArrayLength(source);
  r.data = source;
  r.repeatable = true;
  return cross(env, self, context, step_new_doubles, &r);
}
