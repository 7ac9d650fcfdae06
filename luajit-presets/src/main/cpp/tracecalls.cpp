/*
** Calls of Java from compiled code. A trace that calls Java stops in the middle, on its fiber, while the native call that it
** runs in returns to Java; and goes on with the result. So a loop that calls methods is one loop of compiled code.
**
** Java may use the state before it answers. Then the trace cannot go on, as the optimizer has relied on nothing being
** changed meanwhile: it is left by an exit like any other, to where the call begins, and the interpreter takes its place.
** The C function that it calls there finds that the call was made (is_left_trace), and waits for the answer.
**
** What compiled code can pass, and get, are numbers, booleans, strings, Java objects and nil. Which of them a method gives
** must be known before: its type tells, or what was seen. Everything else leaves the trace.
*/
#include "parts.h"

enum { TOO_MANY = 1000 }; /* traces that were left, in calls that could have been made in compiled code instead */

/* -- Knowing ------------------------------------------------------------------------ */

/* When memory is short, Java is merely asked further on. */
void note_method(Context* c, int32_t method) { c->methods.extend(((size_t)method + 1) * sizeof(Method)); }

/* What is known of a method, or of an object as one; NULL for what was not noted, as scripts can make such numbers up. */
static Method* find(const Context* c, int32_t id, int32_t method) {
  if (!method) return &c->entries[id].called;
  if (method == BRIDGE_MEMBER_ITEM) return &c->entries[id].items;
  if (method == USE_OF_SITE) return id >= 0 ? &c->sites[id].known : nullptr;
  return LJ_LIKELY((size_t)method < c->methods.size / sizeof(Method)) ? (Method*)c->methods.data + method : nullptr;
}

static int32_t gives(const Context* c, int32_t id, int32_t method) {
  const Method* known = find(c, id, method);
  return LJ_LIKELY(known != nullptr) ? known->gives : (int32_t)BRIDGE_GIVES_OTHERS;
}

int32_t known_call(const Context* c, int32_t id, int32_t method) {
  int32_t known = gives(c, id, method);
  return known == BRIDGE_GIVES_OTHERS || c->calls_by_jni ? 0 : known;
}

bool hurry_call(Context* c, int32_t id, int32_t method) {
  return !gives(c, id, method) && !c->calls_by_jni && hurry(c, &find(c, id, method)->uses);
}

bool may_look(const Context* c, int32_t id, int32_t method) {
  enum { LOOK = 16 }; /* a few times, as uses are counted up to 255 */
  Method* known = find(c, id, method);
  if (known->uses > UINT8_MAX - LOOK) return false;
  known->uses += LOOK;
  return true;
}

void bridge_know_call(int64_t context, int32_t id, int32_t member, int32_t gives) {
  Context* c = (Context*)(intptr_t)context;
  if (gives != BRIDGE_GIVES_OTHERS && !(vm_jit_is_on(c->main) && has_fiber(c))) gives = BRIDGE_GIVES_OTHERS;
  Method* known = find(c, id, member);
  if (known) known->gives = (uint8_t)gives;
}

int32_t use_of(int32_t id, int32_t method) { return method ? method : -id; }

int32_t find_site(Context* c, lua_State* L, int32_t use) {
  cTValue* frame = L->base - 1;
  if (!frame_iscont(frame) && !frame_islua(frame)) return -1;
  if (!c->sites && !(c->sites = (Site*)calloc(SITES, sizeof(Site)))) return -1;
  const BCIns* pc = frame_iscont(frame) ? frame_contpc(frame) : frame_pc(frame);
  int32_t number = (int32_t)((uintptr_t)pc / sizeof(BCIns) % SITES);
  Site* site = &c->sites[number];
  if (site->pc != pc || site->use != use) {
    *site = {pc, use, {}};
    bool nothing = use == BRIDGE_MEMBER_NO_KEY || use == BRIDGE_MEMBER_PUT;
    bridge_know_call(
        (int64_t)(intptr_t)c, number, USE_OF_SITE, nothing ? BRIDGE_GIVES_NOTHING : BRIDGE_GIVES_ANY);
  }
  return number;
}

/* Traces that are left at most calls do not pay. A reason can be that strings are new: those take another kind of trace. */
static LJ_NOINLINE void give_up(Context* c, lua_State* L, int32_t id, int32_t method) {
  int32_t site = gives(c, id, method) == BRIDGE_GIVES_ANY ? find_site(c, L, use_of(id, method)) : -1;
  if (site >= 0) {
    id = site;
    method = USE_OF_SITE;
  }
  bool strings = gives(c, id, method) == BRIDGE_GIVES_STRINGS;
  c->fiber.refused = 0;
  bridge_know_call((int64_t)(intptr_t)c, id, method, strings ? BRIDGE_GIVES_TEXTS : BRIDGE_GIVES_OTHERS);
  vm_flush_traces(L);
}

void count_refused(Context* c, lua_State* L, int32_t id, int32_t method) {
  if (LJ_UNLIKELY(c->fiber.refused >= TOO_MANY)) give_up(c, L, id, method);
  if (LJ_UNLIKELY(c->compiled_too_early) && c->fiber.runs) {
    c->compiled_too_early = false;
    vm_flush_traces(L);
  }
}

int32_t count_call(Context* c, lua_State* L, int32_t id, int32_t method) {
  count_refused(c, L, id, method);
  if (LJ_LIKELY(gives(c, id, method)) || LJ_UNLIKELY(c->calls_by_jni)) return 0;
  return count(c, &find(c, id, method)->uses);
}

static int32_t seen(Context* c, cTValue* result) {
  if (tvisnum(result)) return BRIDGE_GIVES_NUMBERS;
  if (tvisnil(result)) return BRIDGE_GIVES_NOTHING;
  if (tvisbool(result)) return BRIDGE_GIVES_BOOLEANS;
  if (tvisstr(result)) return BRIDGE_GIVES_STRINGS;
  return object_id(c, result) ? BRIDGE_GIVES_OBJECTS : BRIDGE_GIVES_OTHERS;
}

void note_item(Context* c, lua_State* L, int32_t id) {
  if (LJ_UNLIKELY(count_call(c, L, id, BRIDGE_MEMBER_ITEM)))
    bridge_know_call((int64_t)(intptr_t)c, id, BRIDGE_MEMBER_ITEM, BRIDGE_GIVES_ANY);
}

LJ_NOINLINE void check_recorded(Context* c, cTValue* results, int32_t n) {
  int32_t expected = c->recorded.gives, found = n == 1 ? seen(c, results) : (int32_t)BRIDGE_GIVES_OTHERS;
  c->recorded.gives = 0;
  if (c->recorded.method == BRIDGE_MEMBER_NO_KEY) found = BRIDGE_GIVES_OTHERS; /* there is one */
  if (c->recorded.method == BRIDGE_MEMBER_PUT) found = BRIDGE_GIVES_NOTHING;
  if (expected == BRIDGE_GIVES_ANY) {
    bridge_know_call((int64_t)(intptr_t)c, c->recorded.id, c->recorded.called, found);
    return;
  }
  if (expected == BRIDGE_GIVES_TEXTS) expected = BRIDGE_GIVES_STRINGS;
  if (found != expected)
    vm_abort_recording(G(c->main));
  else if (found == BRIDGE_GIVES_BOOLEANS)
    vm_set_recorded_condition(G(c->main), c->recorded.entry, tvistrue(results));
}

void end_recording(Context* c) {
  vm_end_recording(c->main);
  c->fiber.refused += TOO_MANY / 4; /* after some more attempts LuaJIT would never again try to compile that code */
}

/* -- Making them -------------------------------------------------------------------- */

/* What is called may change variables that are set for a chunk. */
static bool keep_presets_from(Context* c, uint64_t call) {
  bool itself = !(call >> BRIDGE_CALL_MEMBER & ((1u << (BRIDGE_CALL_COUNT - BRIDGE_CALL_MEMBER)) - 1));
  if (itself && c->entries[call & BRIDGE_CALL_IDS].quiet) return true;
  if (c->presets.until_java) return false; /* compiled code may have read them, and read them again */
  bridge_take_presets((int64_t)(intptr_t)c);
  return true;
}

bool take_trace_call(Context* c) {
  Fiber* fiber = &c->fiber;
  if (LJ_UNLIKELY(hook_active(G(c->main)))) {
    fiber->refused++;
    return false;
  }
  int32_t gives = fiber->call >> BRIDGE_CALL_GIVES & BRIDGE_CALL_GIVEN;
  if (gives == BRIDGE_GIVES_OBJECTS && LJ_UNLIKELY(vm_is_collection_due(G(c->main)))) return false; /* nobody else looks */
  if (!(fiber->call & BRIDGE_CALL_IDS)) {
    int32_t id = object_id_of(c, c->trace_receiver);
    if (LJ_UNLIKELY(!id || id > BRIDGE_CALL_IDS)) return false;
    fiber->call |= (uint32_t)id;
  }
  if (LJ_UNLIKELY(c->presets.which) && !keep_presets_from(c, fiber->call)) return false;
  if (LJ_UNLIKELY(fiber->refused)) fiber->refused--;
  int32_t count = fiber->call >> BRIDGE_CALL_COUNT & BRIDGE_CALL_MOST;
  Slot* slots = c->shared->slots;
  if (LJ_UNLIKELY(c->text_used)) c->text_used = 0;
  for (int32_t i = 0; i < count; i++) {
    if (LJ_LIKELY(slots[i].word < (uint64_t)BRIDGE_TAG_STRING << 48)) continue;
    if (slots[i].word >> 48 == BRIDGE_TAG_OBJECT) {
      slots[i].word |= (uint32_t)object_id_of(c, (const GCudata*)(uintptr_t)slots[i].aux);
      if (LJ_UNLIKELY(!(uint32_t)slots[i].word)) return false;
    } else {
      export_string(c, (const GCstr*)(uintptr_t)slots[i].aux, &slots[i]);
    }
  }
  return true;
}
