/*
** Values on their way between slots and the Lua stack.
*/
#include "parts.h"

/* -- Memory ------------------------------------------------------------------- */

bool Buffer::reserve(size_t more) {
  if (size + more <= capacity) return true;
  size_t wanted = capacity ? capacity * 2 : 256;
  while (wanted < size + more) wanted *= 2;
  char* grown = (char*)realloc(data, wanted);
  if (!grown) return false;
  data = grown;
  capacity = wanted;
  return true;
}

bool Buffer::extend(size_t wanted) {
  if (size >= wanted) return true;
  if (!reserve(wanted - size)) return false;
  memset(data + size, 0, wanted - size);
  size = wanted;
  return true;
}

bool Buffer::append(const void* bytes, size_t n) {
  if (!reserve(n)) return false;
  memcpy(data + size, bytes, n);
  size += n;
  return true;
}

void free_staged(Context* c) {
  for (size_t i = 0; i < c->staged.size; i += sizeof(void*)) free(*(void**)(c->staged.data + i));
  c->staged.size = 0;
}

/* -- Java to Lua ------------------------------------------------------------------ */

enum { FETCHED_SLOTS = 16 };

/* Whether a slot holds a short string that is not empty. */
static bool is_text(uint64_t word) { return word >> 48 == BRIDGE_TAG_STRING && (word & 0xFFFFFF); }

static const char* text_of(Context* c, uint64_t word) { return c->shared->text + (word >> 24 & 0xFFFFFF); }

static void push_slot(Context* c, lua_State* L, int32_t index) {
  uint64_t word = c->shared->slots[index].word;
  uint64_t payload = word & 0xFFFFFFFFFFFFull;
  switch (word >> 48) {
    case BRIDGE_TAG_NIL: lua_pushnil(L); break;
    case BRIDGE_TAG_BOOLEAN: lua_pushboolean(L, payload != 0); break;
    case BRIDGE_TAG_STRING: lua_pushlstring(L, text_of(c, word), payload & 0xFFFFFF); break;
    case BRIDGE_TAG_LONG_STRING: lua_pushlstring(L, (const char*)c->shared->slots[index].aux, payload); break;
    case BRIDGE_TAG_REFERENCE: vm_push_value(L, anchor_slot(c->references, (int32_t)payload)); break;
    case BRIDGE_TAG_OBJECT: push_object(c, L, payload); break;
    case BRIDGE_TAG_INT64: vm_push_int64(L, c->shared->slots[index].aux, payload != 0); break;
    default: vm_push_number_bits(L, word); break;
  }
}

/* Fetches what the strings of many slots need to be interned. */
static void fetch_strings(Context* c, lua_State* L, const Slot* slots, int32_t n) {
  const void* found[BRIDGE_WALK_MOST];
  for (int32_t from = 0; from < n; from += BRIDGE_WALK_MOST) {
    int32_t texts = 0;
    for (int32_t i = from; i < n && i < from + BRIDGE_WALK_MOST; i++)
      if (is_text(slots[i].word))
        found[texts++] = vm_fetch_chain(L, text_of(c, slots[i].word), slots[i].word & 0xFFFFFF);
    for (int32_t i = 0; i < texts; i++) vm_fetch_first(found[i]);
  }
}

void push_slots(Context* c, lua_State* L, int32_t first, int32_t n) {
  vm_check_stack(L, n);
  const Slot* slots = c->shared->slots + first;
  if (LJ_UNLIKELY(n >= FETCHED_SLOTS && vm_has_many_strings(L))) fetch_strings(c, L, slots, n);
  int32_t i = 0;
  for (; i < n && slots[i].word < (uint64_t)BRIDGE_TAG_NIL << 48; i++) vm_push_number_bits(L, slots[i].word);
  if (i == n) return;
  pause_collector(c);
  for (; i < n; i++) push_slot(c, L, first + i);
  resume_collector(c);
}

void pause_collector(Context* c) {
  if (c->collector_paused) return;
  c->collector_paused = true;
  c->threshold = vm_swap_threshold(c->main, LJ_MAX_MEM);
}

void resume_collector(Context* c) {
  if (!c->collector_paused) return;
  c->collector_paused = false;
  vm_swap_threshold(c->main, (GCSize)c->threshold);
}

void collect_all(Context* c, lua_State* L) {
  if (c->L == c->main && vm_is_idle(c->main)) vm_free_buffer(L);
  lua_gc(L, LUA_GCCOLLECT, 0);
}

/* -- Lua to Java ------------------------------------------------------------------ */

static bool export_reference(Context* c, cTValue* tv, int32_t type, Slot* slot) {
  if (LJ_UNLIKELY(c->free_count == 0)) return false;
  int32_t ref = c->free_references[--c->free_count];
  anchor_set(c->L, c->references, ref, tv);
  slot->word = word_of(BRIDGE_TAG_REFERENCE, (uint64_t)type << 40 | (uint32_t)ref);
  slot->aux = tvisgcv(tv) ? (uint64_t)(uintptr_t)gcV(tv) : tv->u64;
  return true;
}

void export_text(Context* c, const char* text, size_t length, Slot* slot) {
  size_t room = (length + 8) & ~(size_t)7;
  if (LJ_LIKELY(length < BRIDGE_TEXT_SIZE && room <= (size_t)(BRIDGE_TEXT_SIZE - c->text_used))) {
    char* to = c->shared->text + c->text_used;
    *(uint64_t*)(to + room - 8) = 0;
    memcpy(to, text, length);
    slot->word = word_of(BRIDGE_TAG_STRING, (uint64_t)c->text_used << 24 | length);
    c->text_used += (int32_t)room;
  } else {
    slot->word = word_of(BRIDGE_TAG_LONG_STRING, length);
    slot->aux = (uint64_t)(uintptr_t)text;
  }
}

void bridge_know_string(int64_t context, int32_t index, int32_t reference) {
  Context* c = (Context*)(intptr_t)context;
  if (!c->known && !(c->known = (KnownString*)calloc(BRIDGE_KNOWN_STRINGS, sizeof(KnownString)))) return;
  const GCstr* string = strV(anchor_slot(c->references, reference));
  uint64_t word = word_of(BRIDGE_TAG_REFERENCE, (uint64_t)BRIDGE_TYPE_KNOWN << 40 | (uint32_t)index);
  c->known[string->hash % BRIDGE_KNOWN_STRINGS] = {string, word};
}

void bridge_forget_string(int64_t context, int32_t index) {
  KnownString* known = ((Context*)(intptr_t)context)->known;
  for (int32_t i = 0; known && i < BRIDGE_KNOWN_STRINGS; i++)
    if (known[i].string && (int32_t)known[i].word == index) known[i].string = nullptr;
}

static bool export_cdata(Context* c, cTValue* tv, Slot* slot) {
  GCcdata* cd = cdataV(tv);
  if (cd->ctypeid != CTID_INT64 && cd->ctypeid != CTID_UINT64)
    return export_reference(c, tv, BRIDGE_TYPE_CDATA, slot);
  slot->word = word_of(BRIDGE_TAG_INT64, cd->ctypeid == CTID_UINT64);
  slot->aux = *(uint64_t*)cdataptr(cd);
  return true;
}

bool export_values(Context* c, cTValue* from, int32_t first, int32_t n) {
  Slot* slots = c->shared->slots + first;
  for (int32_t i = 0; i < n; i++) {
    cTValue* tv = from + i;
    if (LJ_LIKELY(tvisnum(tv))) {
      slots[i].word = tv->u64;
      continue;
    }
    bool done = true;
    switch (itype(tv)) {
      case LJ_TNIL: slots[i].word = word_of(BRIDGE_TAG_NIL, 0); break;
      case LJ_TFALSE: slots[i].word = word_of(BRIDGE_TAG_BOOLEAN, 0); break;
      case LJ_TTRUE: slots[i].word = word_of(BRIDGE_TAG_BOOLEAN, 1); break;
      case LJ_TSTR: export_string(c, strV(tv), &slots[i]); break;
      case LJ_TTAB: done = export_reference(c, tv, BRIDGE_TYPE_TABLE, &slots[i]); break;
      case LJ_TFUNC: done = export_reference(c, tv, BRIDGE_TYPE_FUNCTION, &slots[i]); break;
      case LJ_TTHREAD: done = export_reference(c, tv, BRIDGE_TYPE_THREAD, &slots[i]); break;
      case LJ_TCDATA: done = export_cdata(c, tv, &slots[i]); break;
      default: { /* userdata, light or full */
        int32_t id = object_id(c, tv);
        if (id)
          slots[i].word = word_of(BRIDGE_TAG_OBJECT, (uint32_t)id);
        else
          done = export_reference(c, tv, BRIDGE_TYPE_USERDATA, &slots[i]);
      }
    }
    if (LJ_UNLIKELY(!done)) {
      /* Take back what was handed out: the caller makes room and starts again. */
      for (int32_t k = 0; k < i; k++)
        if (is_owned(slots[k].word))
          bridge_unref((int64_t)(intptr_t)c, (int32_t)slots[k].word);
      return false;
    }
  }
  return true;
}

void make_room(Context* c, lua_State* L, int32_t n) {
  if (c->free_count >= n) return;
  int32_t old_size = (int32_t)c->references->asize;
  int32_t size = old_size * 2 > old_size + n ? old_size * 2 : old_size + n;
  int32_t* grown = (int32_t*)realloc(c->free_references, sizeof(int32_t) * ((size_t)size + 1));
  if (!grown) luaL_error(L, "not enough memory");
  c->free_references = grown;
  anchor_grow(L, c->references, size);
  for (int32_t ref = (int32_t)c->references->asize - 1; ref >= old_size; ref--)
    c->free_references[c->free_count++] = ref;
}

void bridge_unref(int64_t context, int32_t reference) {
  Context* c = (Context*)(intptr_t)context;
  setnilV(anchor_slot(c->references, reference));
  c->free_references[c->free_count++] = reference;
}
