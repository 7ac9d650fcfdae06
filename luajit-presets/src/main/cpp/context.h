/*
** The context: the native half of a runtime, and what the parts of the bridge share.
*/
#ifndef LUPA4J_CONTEXT_H
#define LUPA4J_CONTEXT_H

#include "bridge.h"
#include "bytecode.h"
#include "collector.h"
#include "fiber.h"
#include "internals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- State -------------------------------------------------------------------- */

struct Slot {
  uint64_t word, aux;
};

struct Shared {
  int32_t released;
  int32_t trace;
  int32_t yielded;
  int32_t exhausted;
  int32_t refused;
  int32_t request, count, member, object; /* of Lua code that has returned to Java */
  char pad[28];
  char text[BRIDGE_TEXT_SIZE];
  Slot slots[BRIDGE_SLOTS];
};

/* A growing array of plain memory; these are false when memory is short. */
struct Buffer {
  char* data;
  size_t size, capacity;
  bool reserve(size_t more);
  bool extend(size_t wanted); /* to that size at least, by zeros */
  bool append(const void* bytes, size_t n);
};

/* What is known of what can be called of Java. */
struct Method {
  uint8_t gives; /* BRIDGE_GIVES_*; 0 if that is not known */
  uint8_t uses;  /* see count */
};

/* What is known of a Java object that Lua may hold, by id. */
struct HostEntry {
  int32_t userdata; /* how many userdata stand for it: one, or more while old ones wait to be freed */
  bool released;    /* its id waits in `released` */
  Method called;    /* the object itself */
  Method items;     /* what it gives by position, and in loops */
  uint8_t uses;     /* of its fields, see count */
  jweak object;     /* NULL if they are not known */
};

/* What the compiler was told of what the interpreter does next. It must be so, or the recording is given up. */
struct Recorded {
  int32_t gives;  /* a call: what it gives, or BRIDGE_GIVES_ANY if that is to be seen; 0 for none */
  int32_t called; /* then the method, or 0 for an object itself */
  int32_t member; /* a field that is read; 0 for none */
  int32_t id;     /* the object, for either */
  TValue value;  /* of the field */
};

/* What Java has answered to compiled code. Strings that have crossed before are in the state's temporary place instead. */
struct TraceResult {
  union {
    double number;
    int32_t truth;
    const char* text;
  };
  int32_t length;
};

/* A string of which Java knows what it is. */
struct KnownString {
  const GCstr* string;
  uint64_t word;
};

/* What is known of the use of maps at one place of the code. */
struct Site {
  const BCIns* pc;
  int32_t use; /* BRIDGE_MEMBER_KEY, NO_KEY or PUT */
  Method known;
};

enum { SITES = 256 };

struct Context {
  lua_State* L; /* the thread that runs now: nested calls go there */
  Shared* shared;
  JNIEnv* env;  /* valid during a crossing */
  jobject self;
  int32_t text_used; /* bytes of the text area taken by values on their way to Java */
  GCtab* globals;
  GCtab* library; /* what the globals held at the start */
  GCfunc* handler;  /* record_trace */
  lua_State* bottom_thread; /* where the innermost crossing began, and the top of its stack then; NULL for the outermost */
  ptrdiff_t bottom;
  GCfunc* tostring; /* the library's */
  GCtab* references;
  int32_t* free_references;
  int32_t free_count;
  GCtab* objects; /* id -> userdata, weak */
  GCtab* object_metatable;
  GCtab* epoch;  /* its first item is another number whenever Java code has run */
  GCtab* last_functions; /* name of a method -> the function of one object made last, weak; NULL until there is one */
  GCtab* last_objects;   /* the same -> its object */
  GCtab* walkers;        /* what makes iterators, by BRIDGE_WALK_* */
  GCtab* shapes; /* shape number -> table of member names, see member_of_shape */
  GCtab* io_originals;
  GCtab* leaf_functions; /* by what they call, weak; NULL until there is one */
  GCtab* io_functions; /* of io.lua; NULL until it is loaded */
  GCstr* overflow; /* the message of a full C stack */
  HostEntry* entries;
  int32_t entry_count;
  /* The outermost call, see returning.cpp. */
  ptrdiff_t asking;      /* the base of the function that has returned to Java, on the main stack; 0 if none has */
  ptrdiff_t call_bottom; /* the top of the main stack before the call */
  int32_t answer;
  bool calls_by_jni;     /* nothing returns */
  int32_t often;         /* uses after which it is worth the time to spare further ones a part of it */
  bool call_has_globals; /* the globals of before the call are in the slot below */
  Fiber fiber;             /* where the outermost call runs, once there is a use for it */
  uint8_t fiber_hooks;     /* the hooks when the call began */
  bool has_run_on_fiber;
  bool compiled_too_early; /* calls were left to the interpreter, as that had not been so */
  Buffer methods;          /* a Method for each number of one, see tracecalls.cpp */
  Recorded recorded;
  void* left_frame;        /* of the interpreter that is to go on with the call that compiled code has made; or NULL */
  GCudata* trace_receiver; /* of a call from compiled code that names none */
  TraceResult trace_result; /* of the call */
  KnownString known[BRIDGE_KNOWN_STRINGS]; /* by their hash */
  Site sites[SITES];                       /* by their address */
  Buffer fields; /* a Field for each number of a member, see fields.cpp */
  int32_t known_objects; /* how many have an `object` among their entries */
  Buffer released; /* int32 ids */
  Buffer trace;
  Buffer staged; /* addresses */
  lua_State* main;
  bool bytecode;    /* whether scripts may load bytecode */
  bool memory_refused;
  bool memory_granted;
  bool collector_paused;
  bool collector_stopped; /* by the host, until it says otherwise */
  uint64_t threshold; /* the collector's, while it is paused */
  int64_t instruction_limit; /* none if not positive */
  int64_t instructions_left; /* when the hook runs next */
  int64_t memory_limit; /* bytes; none if not positive */
  bool reserve_open;       /* what is kept back of the memory may be used */
  bool collection_due;     /* at the next check for garbage */
  bool collects_in_need;   /* because memory was refused */
  int64_t collection_nanos; /* how long the last one took */
  bool collected_in_vain;  /* that did not help the last time */
  int64_t memory_slack; /* what the collector and finalizers may take beyond it */
  int64_t failing_allocation; /* counts down to the one that fails, for tests */
  lua_Alloc alloc;      /* the allocator under the limit */
  void* alloc_data;
};

static inline Context* context_of(lua_State* L) { return (Context*)G(L)->host; }

static inline uint64_t word_of(uint64_t tag, uint64_t payload) { return tag << 48 | payload; }

/* Calls a function that uses JNI. */
static LJ_AINLINE void call_outside(Context* c, void (*function)(void*), void* data) {
  if (LJ_UNLIKELY(c->fiber.runs))
    bridge_fiber_ask(&c->fiber, function, data);
  else
    function(data);
}

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
  const KnownString* known = &c->known[string->hash % BRIDGE_KNOWN_STRINGS];
  if (known->string == string)
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
/* The number of the place where the running metamethod uses a map, by which that is known as the id of an object is, with
** the use as the method; -1 if it is none that can be known. */
int32_t find_site(Context* c, lua_State* L, int32_t use);
/* Whether it is worth the time once more to look what a call gives: it may never give anything. */
bool may_look(const Context* c, int32_t id, int32_t method);
/* To be told of a call that compiled code could not make, or not go on with. */
void count_refused(Context* c, lua_State* L, int32_t id, int32_t method);
/* To be told the result of a call. */
void check_recorded(Context* c, cTValue* results, int32_t n);
/* What is recorded is interrupted, as Java uses the state in a call of it. */
void end_recording(Context* c);
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

/* -- calls.cpp --------------------------------------------------------------------- */

/* Gives the thread the globals that lie on its stack, as the last value then. */
void restore_globals(lua_State* L, ptrdiff_t kept);
/* Moves what a coroutine gave to the stack of the one that resumed it (nargs: the status), or raises its error. */
TValue* step_take_resumed(lua_State* L, lua_CFunction, void* data);

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

#endif
