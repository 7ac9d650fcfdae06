/*
** The context: the native half of a runtime.
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
  int32_t presets_lost;
  int32_t looks;
  char pad[20];
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
  bool quiet;       /* when it is called itself, it changes no variables that are set for a chunk */
  Method called;    /* the object itself */
  Method items;     /* what it gives by position, and in loops */
  uint8_t uses;     /* of its fields, see count */
  jweak object;     /* NULL if they are not known */
};

/* What the compiler was told of what the interpreter does next. It must be so, or the recording is given up. */
struct Recorded {
  int32_t gives;  /* a call: what it gives, or BRIDGE_GIVES_ANY if that is to be seen; 0 for none */
  int32_t method; /* then what is called, 0 for an object itself */
  int32_t called; /* what tells what that gives: the method, or USE_OF_SITE */
  int32_t member; /* a field that is read; 0 for none */
  int32_t id;     /* the object, for either; or the site */
  MSize entry;    /* where the map of snapshots has a result that is a boolean */
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

/* What is known of a use of Java at one place of the code. */
struct Site {
  const BCIns* pc;
  int32_t use; /* BRIDGE_MEMBER_KEY, NO_KEY or PUT; a method, or an object itself as its id negated, if that can give anything */
  Method known;
};

enum { SITES = 256 };

/* Variables that are set while a chunk runs, see chunks.cpp. */
struct Presets {
  GCtab *globals, *names;
  uint64_t which;  /* 0 if there are none */
  bool until_java; /* else what Java changes of them is not read any more */
};

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
  GCtab* nowhere; /* the globals of functions that rest; never used */
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
  Presets presets;
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
  KnownString* known; /* BRIDGE_KNOWN_STRINGS, by their hash; NULL until there is one */
  Site* sites;        /* SITES, by their address; NULL until there is one */
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

#endif
