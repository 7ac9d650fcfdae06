/*
** What the parts of the bridge share, by where it is.
*/
#ifndef LUPA4J_PARTS_H
#define LUPA4J_PARTS_H

#include "context.h"

/* -- stack.c -------------------------------------------------------------------- */

/* The lowest stack address that Lua may use on this thread. In the static TLS block, as every crossing reads it. */
extern "C" __thread char* bridge_thread_limit __attribute__((tls_model("initial-exec"), visibility("hidden")));
/* How much of the thread's stack that is, from its beginning on. */
extern "C" __thread size_t bridge_thread_size __attribute__((tls_model("initial-exec"), visibility("hidden")));
extern "C" void* bridge_find_limit(void);

static inline void* bridge_stack_limit() {
  char* limit = bridge_thread_limit;
  return LJ_LIKELY(limit != nullptr) ? limit : bridge_find_limit();
}

/* -- values.cpp ------------------------------------------------------------------ */

/* Pushes slots [first, first + n). May raise. */
void push_slots(Context* c, lua_State* L, int32_t first, int32_t n);
/* While slots are in use the collector must not run: a finalizer could call Java and overwrite them. It runs again
** at the latest when the crossing ends. */
void pause_collector(Context* c);
void resume_collector(Context* c);
/* A full collection; one that the host has stopped stays so. May raise. */
void collect_all(Context* c, lua_State* L);
/* A state that is full needs some memory to collect its garbage. */
static inline int64_t collection_slack(const Context* c) { return 0x10000 + c->memory_limit / 16; }
/* Writes n stack values to the slots from `first`; false when references ran out. Never raises. */
bool export_values(Context* c, cTValue* from, int32_t first, int32_t n);
/* Writes a string to a slot. */
void export_text(Context* c, const char* text, size_t length, Slot* slot);
static LJ_AINLINE void export_string(Context* c, const GCstr* string, Slot* slot) {
  const KnownString* known = c->known ? &c->known[string->hash % BRIDGE_KNOWN_STRINGS] : nullptr;
  if (known && known->string == string)
    slot->word = known->word;
  else
    export_text(c, strdata(string), string->len, slot);
}
/* Whether Java has to give back what it gets by a word. */
static inline bool is_owned(uint64_t word) {
  return word >> 48 == BRIDGE_TAG_REFERENCE && (word >> 40 & 0xFF) != BRIDGE_TYPE_KNOWN;
}
/* Makes room for n more references. May raise. */
void make_room(Context* c, lua_State* L, int32_t n);
void free_staged(Context* c);

/* -- state.cpp --------------------------------------------------------------------- */

/* Pops a value and keeps it as long as the state. May raise. */
GCobj* keep(lua_State* L);

/* -- objects.cpp ------------------------------------------------------------------ */

/* What a userdata holds. */
struct Box {
  int32_t id;
  int32_t shape;
};

/* The box in a userdata, or NULL if that is no Java object, or one that was released. */
static LJ_AINLINE Box* box_in(Context* c, const GCudata* ud) {
  if (tabref(ud->metatable) != c->object_metatable || ud->len != sizeof(Box)) return nullptr;
  Box* box = (Box*)uddata(ud);
  /* The debug library can give the metatable to other userdata. */
  return box->id > 0 && box->id < c->entry_count && c->entries[box->id].userdata > 0 ? box : nullptr;
}

static LJ_AINLINE Box* box_of(Context* c, cTValue* value) {
  return LJ_LIKELY(tvisudata(value)) ? box_in(c, udataV(value)) : nullptr;
}

/* What a function calls that is a method of an object: its number and the object's id; 0 as the number for a function
** that calls an object, and for an object itself. False for any other value. */
bool find_callee(Context* c, cTValue* value, int32_t* method, int32_t* object);
/* The id of the Java object behind a value, or 0. */
int32_t object_id(Context* c, cTValue* value);
int32_t object_id_of(Context* c, const GCudata* userdata);
/* Pushes the userdata of an object, by the payload of its word. May raise. */
void push_object(Context* c, lua_State* L, uint64_t payload);
/* Puts it somewhere else; false when there is no room. Never raises. */
bool put_object(Context* c, TValue* to, uint64_t payload);
void push_host_function(lua_State* L);
/* Java code runs, or has run: it may change what scripts walk over. */
static LJ_AINLINE void note_java(Context* c) { vm_increment(c->epoch); }
/* Fills the metatable of Java objects. May raise. */
void open_objects(Context* c, lua_State* L);

/* Pushes the function that calls a method of the object at index 1. May raise. */
void push_call_method(lua_State* L, int32_t method);
/* Pushes one that calls it of its first argument, an object of that shape. May raise. */
void push_call_shared(lua_State* L, int32_t shape, int32_t method);
/* Which method that calls, and whether of an object. */
int32_t method_of_shared(const GCfunc* function);
bool is_shared_by(const GCfunc* function, Context* c, cTValue* object);
/* The functions that call Java. */
int call_self(lua_State* L);
int call_method(lua_State* L);
int call_shared(lua_State* L);
int call_upvalue(lua_State* L);

/* -- members.cpp ------------------------------------------------------------------- */

/* Whether keys of the objects come before members. */
static LJ_AINLINE bool is_of_map(int32_t shape) { return shape & BRIDGE_SHAPE_OF_MAP; }
/* What is known of a member of all objects of a shape: for a method the function that calls it, see push_call_shared, for
** a field or property its number negated; NULL or nil for nothing. */
cTValue* member_of_shape(Context* c, int32_t shape, const GCstr* name);
/* The function of a method of a map that is called by its name, if there is one; NULL where another use is made of the name. */
cTValue* method_of_map(lua_State* L, Context* c, int32_t shape, const GCstr* name);
/* The number of the field or property that this tells of, 0 if it tells of none. */
static LJ_AINLINE int32_t accessor_in(cTValue* known) {
  return LJ_LIKELY(known && tvisnum(known)) ? -(int32_t)numV(known) : 0;
}
/* The number of a field or property, 0 if it is not known to be one; and the id of the object. */
int32_t known_accessor(Context* c, const GCudata* object, const GCstr* name, int32_t* id);
/* The function of a method, of the object alone, if none of that name was made since; else NULL. */
cTValue* last_function(Context* c, const GCudata* object, const GCstr* name);
/* Whether objects of a shape are known to have items by position. */
bool has_items(Context* c, int32_t shape);
/* Pushes a table that does not keep its values alive. May raise. */
void push_weak_table(lua_State* L);
/* The metamethods. */
int index_object(lua_State* L);
int newindex_object(lua_State* L);

/* -- Uses of members ---------------------------------------------------------------- */

/* Counts one of which Java can tell more than is known: BRIDGE_INVOKE_OFTEN or 0. */
static inline int32_t count(const Context* c, uint8_t* uses) {
  if (LJ_UNLIKELY(*uses >= c->often)) return BRIDGE_INVOKE_OFTEN;
  ++*uses;
  return 0;
}

/* Lets the next one be often enough; false if it would be so anyway. */
static inline bool hurry(const Context* c, uint8_t* uses) {
  if (*uses >= c->often) return false;
  *uses = (uint8_t)c->often;
  return true;
}

/* -- fields.cpp -------------------------------------------------------------------- */

/* These read and write a field, named by the object's id and the member's number, if that can be done without asking Java,
** with this value. Nothing can raise or run Java code. */
bool read_field(Context* c, int32_t id, int32_t member, TValue* to);
bool can_write_field(Context* c, int32_t id, int32_t member, cTValue* value);
bool write_field(Context* c, int32_t id, int32_t member, cTValue* value);
/* Whether a member may be a field for them. */
bool is_field(const Context* c, int32_t member);
/* Notes that a member is a field for them. */
void note_field(Context* c, int32_t member);
/* Counts a use of a member that Java was asked for: BRIDGE_INVOKE_OFTEN or 0. */
int32_t count_use(Context* c, int32_t id, int32_t member);
/* The same for the next use, if there is something to be known; false if there is not. */
bool hurry_field(Context* c, int32_t id, int32_t member);
/* The object is no longer known. */
void forget_object(Context* c, JNIEnv* env, int32_t id);
void forget_all_objects(Context* c, JNIEnv* env);

/* -- walks.cpp --------------------------------------------------------------------- */

/* The metamethods that begin loops. */
int start_pairs(lua_State* L);
int start_ipairs(lua_State* L);
/* The step of walks.lua. */
int step_walk(lua_State* L);

/* -- host.cpp --------------------------------------------------------------------- */

/* All of these may raise, with what Java threw or otherwise. */

/* Creates what asks Java. */
void open_host(Context* c, lua_State* L);
/* Puts stack values into the slots from `first`. */
void put_values(lua_State* L, Context* c, int32_t first, ptrdiff_t from, int32_t n);
/* Sends the slots filled before to Java; leaves the answer on the stack and returns its size, or returns
** BRIDGE_ANSWER_METHOD and what is with it. */
int ask_java(lua_State* L, Context* c, int32_t request, int32_t nargs);
/* Calls a method, or an object itself (method 0), with the slots filled before; leaves the results on the stack. */
int invoke_java(lua_State* L, Context* c, int32_t method, int32_t object, int32_t shape);
/* Takes what Java has answered: leaves it on the stack and returns its size, returns BRIDGE_ANSWER_METHOD and what is with it,
** or raises. */
int take_results(lua_State* L, Context* c, int32_t answer);
/* Pushes a chunk of src/main/lua, compiled. */
void push_own_chunk(lua_State* L, const unsigned char* code, size_t size, const char* name);

/* -- leaf.cpp ------------------------------------------------------------------------ */

/* The library function. */
int new_leaf(lua_State* L);

/* -- tracecalls.cpp ------------------------------------------------------------------ */

enum { LEFT_TRACE = 6 }; /* leaving one takes the time that so many calls in compiled code save */

/* Makes room for what will be known of a method. */
void note_method(Context* c, int32_t method);
/* What calls of a member, or of an object itself (method 0), give in compiled code; 0 if they cannot be made there. */
int32_t known_call(const Context* c, int32_t id, int32_t method);
/* Counts a call: BRIDGE_INVOKE_OFTEN or 0. */
int32_t count_call(Context* c, lua_State* L, int32_t id, int32_t method);
/* The same for the next call, if there is something to be known; false if there is not. */
bool hurry_call(Context* c, int32_t id, int32_t method);
/* Counts a use of an object's items. */
void note_item(Context* c, lua_State* L, int32_t id);
/* The number of the place where the running C function is used; -1 if it is none that can be known. With USE_OF_SITE as the
** method it takes the place of an object's id. */
enum { USE_OF_SITE = -1 };
int32_t find_site(Context* c, lua_State* L, int32_t use);
/* What a call of a method, or of an object itself, is to it. */
int32_t use_of(int32_t id, int32_t method);
/* Whether it is worth the time once more to look what a call gives: it may never give anything. */
bool may_look(const Context* c, int32_t id, int32_t method);
/* To be told of a call that compiled code could not make, or not go on with. */
void count_refused(Context* c, lua_State* L, int32_t id, int32_t method);
/* To be told the result of a call. */
void check_recorded(Context* c, cTValue* results, int32_t n);
/* What is recorded is interrupted, as Java uses the state in a call of it. */
void end_recording(Context* c);
/* To be called before Java changes what compiled code relies on; enter() does. */
static LJ_AINLINE void begin_change(Context* c) {
  if (LJ_UNLIKELY(vm_is_recording(G(c->main)))) end_recording(c);
}
/* Takes the call that compiled code makes to the slots; false if the interpreter has to make it. */
bool take_trace_call(Context* c);
/* Whether the C function that runs is the call that compiled code has made, in place of which the interpreter goes on. */
static LJ_AINLINE bool is_left_trace(lua_State* L, const Context* c) {
  return LJ_UNLIKELY(c->left_frame != nullptr) && L->cframe == c->left_frame;
}

/* -- returning.cpp ------------------------------------------------------------------ */

/* Whether outermost calls run on the fiber from now on. */
bool has_fiber(Context* c);
/* Runs the outermost call, see vm_run, on the fiber. */
int run_on_fiber(Context* c, lua_State* L, TValue* base, ptrdiff_t handler);
/* To be asked first by a C function that uses one of those below: it is called once more when Java has answered. */
static LJ_AINLINE bool is_answered(lua_State* L, const Context* c) {
  return LJ_UNLIKELY(c->asking) && L == c->main && savestack(L, L->base) == c->asking;
}
/* Leaves the answer on the stack and returns its size, as take_results does. */
int take_answer(lua_State* L, Context* c);

/* These ask Java as those of host.cpp do, or let the running C function return to Java: nothing may come after them. */
int ask_last(lua_State* L, Context* c, int32_t request, int32_t nargs);
/* The same with the arguments of the running C function, nil for those that it was not given. */
int ask_last_with_arguments(lua_State* L, Context* c, int32_t request, int nargs);
/* Calls a method, or an object itself (method 0), with the slots filled before; leaves the results on the stack. */
int invoke_last(lua_State* L, Context* c, int32_t method, int32_t object, int32_t shape);

/* What is called next runs on the fiber. */
void limit_to_fiber(Context* c);

/* Whether the running C function can wait on the fiber for Java's answer. What runs while a trace is left cannot: Java
** waits for the end of that. */
static LJ_AINLINE bool can_wait(const Context* c) { return c->fiber.runs && LJ_LIKELY(!c->left_frame); }
int32_t ask_from_fiber(lua_State* L, Context* c, int32_t request, int32_t count);
int32_t invoke_from_fiber(lua_State* L, Context* c, int32_t method, int32_t object, int32_t shape);
/* To be returned by the C function that makes the call of a left trace. */
int leave_call(lua_State* L, Context* c, int32_t id, int32_t method);

template <int32_t request, int nargs>
static int ask_fixed(lua_State* L) {
  Context* c = context_of(L);
  return is_answered(L, c) ? take_answer(L, c) : ask_last_with_arguments(L, c, request, nargs);
}

/* -- modules.cpp ------------------------------------------------------------------- */

/* Adds what `require` finds by Java. May raise. */
void open_modules(lua_State* L);

/* -- errors.cpp ------------------------------------------------------------------- */

/* The message handler of every call: keeps the stack trace for Java, passes the error on. */
int record_trace(lua_State* L);
/* Keeps the stack trace from a level on. */
void record_frames(lua_State* L, int level);
/* Whether a chunk of this name is part of the library. */
bool is_own_chunk(const char* source);

/* -- chunks.cpp -------------------------------------------------------------------- */

/* The chunk that has variables set for it has them no more. */
void end_presets(Context* c);
/* It has to ask for them from now on, if the C function that runs may change them. */
void lose_presets(Context* c, lua_State* L);
/* To be called before Java runs; not if that is called by compiled code. */
static LJ_AINLINE void note_java_runs(Context* c, lua_State* L) {
  note_java(c);
  if (LJ_UNLIKELY(c->presets.which)) lose_presets(c, L);
}
/* Gives the thread the globals that lie on its stack, as the last value then. */
void restore_globals(lua_State* L, ptrdiff_t kept);

/* -- Crossing ---------------------------------------------------------------------- */

/* One request from Java; the fields are used as each step needs them. */
struct Request {
  Context* c;
  int32_t a, b, flags, nargs;
  int32_t skip;       /* stack slots below the results that are not results */
  int32_t status;     /* a failure that the step itself found, or how many results it put into the slots */
  bool outermost;     /* a call to be made after the step, as it can return to Java */
  bool prepared;      /* there is one */
  bool repeatable;    /* may run again after it ran out of memory: it uses no slots and runs no script */
  const void* data;
};

/* Enters the state, runs the step and exports what it leaves on the stack. */
int32_t cross(JNIEnv* env, jobject self, int64_t context, Step step, Request* r);
/* Calls a function with the first slots, and with a receiver before them if there is one, by the short way: nothing
** but the call itself can raise then. NOT_PLAIN, with nothing done, when an argument needs a conversion. */
enum { NOT_PLAIN = INT32_MIN };
int32_t cross_call(
    JNIEnv* env, jobject self, int64_t context, cTValue* function, cTValue* receiver, int32_t nargs);
/* The failure of a request for which memory was short before it began. */
int32_t no_memory(Context* c);

/* -- calls.cpp --------------------------------------------------------------------- */

/* What a step leaves on the stack for a call: the handler, which stays below the results, then the function, nil for the slot
** of its frame, and the arguments. */
void push_handler(Context* c, lua_State* L);
TValue* call_prepared(Request* r, lua_State* L, int32_t nargs);
/* Moves what a coroutine gave to the stack of the one that resumed it (nargs: the status), or raises its error. */
TValue* step_take_resumed(lua_State* L, lua_CFunction, void* data);

#endif
