/*
** The native contract of lupa4j: everything Java may ask of a Lua state.
**
** JavaCPP turns this header into static methods and constants; only the Java package `vm` calls them.
** Rules that hold for every function below:
**  - A context is the native half of one runtime. Java serialises all calls on it by the runtime's lock.
**  - Values cross in slots: one 64-bit word each, plus one auxiliary word where a value needs more room.
**    Java writes arguments and C reads them, or the other way round; decode before the next crossing.
**  - Nothing raises: a function returns a count of values (>= 0) or a negative BRIDGE_FAILED_* status, and
**    the error value is then in slot 0.
**  - References name Lua objects that Java holds. Whoever receives one in a slot owns it and gives it
**    back with bridge_unref.
*/
#ifndef LUPA4J_BRIDGE_H
#define LUPA4J_BRIDGE_H

#include <jni.h>
#include <stdint.h>

/* -- Words ---------------------------------------------------------------- */

/* A word whose upper 16 bits are below BRIDGE_TAG_NIL is a double. Otherwise they are a tag and the
** lower 48 bits a payload. */
enum {
  BRIDGE_TAG_NIL = 0xFFF9,
  BRIDGE_TAG_BOOLEAN = 0xFFFA,     /* payload 0 or 1 */
  BRIDGE_TAG_STRING = 0xFFFB,      /* payload: offset into the text area << 24 | length in bytes; on the way to
                                      Java, whole 8-byte words padded with zeros */
  BRIDGE_TAG_LONG_STRING = 0xFFFC, /* payload: length in bytes; auxiliary word: address */
  BRIDGE_TAG_REFERENCE = 0xFFFD,   /* payload: Lua type << 40 | reference; auxiliary word: identity | on the way to
                                      Java, BRIDGE_TYPE_KNOWN << 40 | index of a string, see bridge_know_string */
  BRIDGE_TAG_OBJECT = 0xFFFE,      /* payload: id of a Java object in the runtime's object table | on the way to
                                      Lua, its shape << 31 */
  BRIDGE_TAG_INT64 = 0xFFFF        /* payload: 1 if unsigned; auxiliary word: the value */
};

/* No value has this as the upper half of its word: it is that of a nil with a payload. */
enum : int32_t { BRIDGE_RESULT_IN_SLOTS = -458751 };

/* What a native call returns with BRIDGE_TAG_OBJECT, as no result does: compiled code calls a member, or an object itself
** (member 0), as LuaState.invoke would. Arguments are in the slots. Java answers by bridge_answer_in_trace. When the state is
** to be used before that, bridge_leave_trace comes first; then the call is as any other, and the answer too. */
enum {
  BRIDGE_CALL_IDS = 0x7FFFFF, /* bits of the object's id */
  BRIDGE_CALL_MEMBER = 23,  /* here begins the member's number */
  BRIDGE_CALL_COUNT = 41,   /* the number of arguments */
  BRIDGE_CALL_GIVES = 45,   /* one of BRIDGE_GIVES_*, in the bits */
  BRIDGE_CALL_GIVEN = 7,
  BRIDGE_CALL_MOST = 15     /* arguments */
};

/* The Lua types as lua_type() tells them, for the payload of a reference. */
enum {
  BRIDGE_TYPE_STRING = 4,
  BRIDGE_TYPE_TABLE = 5,
  BRIDGE_TYPE_FUNCTION = 6,
  BRIDGE_TYPE_USERDATA = 7,
  BRIDGE_TYPE_THREAD = 8,
  BRIDGE_TYPE_CDATA = 10,
  BRIDGE_TYPE_KNOWN = 15
};

/* As many strings are known at a time. */
enum { BRIDGE_KNOWN_STRINGS = 128 };

/* -- The shared block ----------------------------------------------------- */

/* Byte offsets into the block that bridge_map shows to Java. It has room for as many values as a Lua stack,
** so it never moves; pages that are not used cost nothing. A slot is a word and its auxiliary word. */
enum {
  BRIDGE_OFFSET_RELEASED = 0,  /* int32: ids waiting in bridge_released */
  BRIDGE_OFFSET_TRACE = 4,     /* int32: bytes of stack trace waiting in bridge_trace */
  BRIDGE_OFFSET_YIELDED = 8,   /* int32: 1 if the last bridge_resume ended in a yield */
  BRIDGE_OFFSET_EXHAUSTED = 12, /* int32: 1 if the instruction limit was reached */
  BRIDGE_OFFSET_REFUSED = 16, /* int32: 1 if memory was refused, and bridge_collect has not made room since */
  BRIDGE_OFFSET_REQUEST = 20, /* what Lua code that has returned to Java asks: int32 request, or 0 to invoke; then */
  BRIDGE_OFFSET_COUNT = 24,   /* int32: the number of arguments, or the shape of LuaState.invoke */
  BRIDGE_OFFSET_MEMBER = 28,  /* int32 */
  BRIDGE_OFFSET_OBJECT = 32,  /* int32 */
  BRIDGE_OFFSET_PRESETS_LOST = 36, /* int32: set to 1 when Java was asked in a bridge_run_preset with `until_java` */
  BRIDGE_OFFSET_LOOKS = 40, /* int32: how often code has looked at the stack for functions */
  BRIDGE_OFFSET_TEXT = 64,
  BRIDGE_TEXT_SIZE = 2496,
  BRIDGE_OFFSET_SLOTS = 2560,
  BRIDGE_SLOTS = 65536,
  BRIDGE_BLOCK_SIZE = 1051136
};

/* -- Results -------------------------------------------------------------- */

enum {
  BRIDGE_FAILED_RUNTIME = -1,
  BRIDGE_FAILED_SYNTAX = -2,
  BRIDGE_FAILED_MEMORY = -3,
  BRIDGE_FAILED_HANDLER = -4,  /* an error while an error was handled */
  BRIDGE_FAILED_CSTACK = -5,   /* too little C stack is left to enter Lua; slot 0 is not set */
  BRIDGE_FAILED_MISSING = -6,  /* there is nothing callable under that name; slot 0 is not set */
  BRIDGE_FAILED_MISUSE = -7,   /* of a request: slot 0 is a message, which gets the position in the script */
  BRIDGE_ASKING = -8           /* no failure: Lua code has a request, see the block's header; bridge_answer goes on */
};

/* -- Requests from Lua to Java -------------------------------------------- */

/* Passed to `int LuaState.upcall(int request, int nargs)`, which answers like a call: results in slots. */
enum {
  BRIDGE_REQUEST_INDEX = 1,    /* object, key -> value */
  BRIDGE_REQUEST_NEWINDEX = 2, /* object, key, value */
  BRIDGE_REQUEST_TOSTRING = 4, /* object -> string */
  BRIDGE_REQUEST_LENGTH = 5,   /* object -> number */
  BRIDGE_REQUEST_EQUAL = 6,    /* a, b -> boolean */
  BRIDGE_REQUEST_LESS = 7,     /* a, b -> boolean */
  BRIDGE_REQUEST_LESS_EQUAL = 8,
  BRIDGE_REQUEST_CONCAT = 9,   /* a, b -> string */
  BRIDGE_REQUEST_ARITHMETIC = 10, /* operator, a, b -> value */
  BRIDGE_REQUEST_PAIRS = 11,   /* object -> walk, one of BRIDGE_WALK_* */
  BRIDGE_REQUEST_IPAIRS = 12,
  BRIDGE_REQUEST_WRITE = 13,   /* stream (1 stdout, 2 stderr), string */
  BRIDGE_REQUEST_READ = 14,    /* format, count -> string, number or nil */
  BRIDGE_REQUEST_FLUSH = 15,   /* stream */
  BRIDGE_REQUEST_EXIT = 16,    /* status; raises */
  BRIDGE_REQUEST_LIBRARY = 17, /* the tables java, javax and luajava, to be filled */
  BRIDGE_REQUEST_SEARCH = 18,  /* module, package.path -> loader, or a string that says where it is not */
  BRIDGE_REQUEST_LEAF = 19     /* object, method's number or 0 -> the object of the leaf function; nil if it is one itself */
};

/* What calls of a member give, as far as compiled code is concerned. */
enum {
  BRIDGE_GIVES_NUMBERS = 1,
  BRIDGE_GIVES_NOTHING = 2,
  BRIDGE_GIVES_BOOLEANS = 3,
  BRIDGE_GIVES_STRINGS = 4, /* by references: strings that have crossed before */
  BRIDGE_GIVES_TEXTS = 5,   /* any strings; the bridge finds this out by itself */
  BRIDGE_GIVES_OBJECTS = 6, /* Java objects; the bridge finds this out, too */
  BRIDGE_GIVES_ANY = 7,     /* the bridge is to look what it is */
  BRIDGE_GIVES_OTHERS = 8
};

/* The answer to BRIDGE_REQUEST_INDEX when the member is a method: its number is in slot 0. With the second one every
** object of that shape has it; slot 0 may then also hold the number of a field or property, negated, to be read. With the
** last one the field is one for bridge_know_field. */
enum {
  BRIDGE_ANSWER_METHOD = 1 << 20,
  BRIDGE_ANSWER_SHARED = 1 << 21,
  BRIDGE_ANSWER_FIELD = 1 << 22,
  BRIDGE_ANSWER_AGAIN = 1 << 23 /* with the first: none of it, the request is to come once more */
};

/* Passed to `int LuaState.invoke(int member, int object, int shape)`, which answers like upcall: a member's number or
** 0 to call the object itself, the object's id, and the number of arguments in the slots, with one of these added:
** the script gave the object once more before them; the one argument is to be written; the member, or the object, is used
** often, and bridge_know_field or bridge_know_call is to be called first. */
enum { BRIDGE_INVOKE_SELF = 1 << 20, BRIDGE_INVOKE_WRITE = 1 << 21, BRIDGE_INVOKE_OFTEN = 1 << 22 };

/* A walk is a Java object of which an iterator is made. LuaState.invoke calls it, as member 0, with the number of steps
** that the script has taken of those it got last, that of the steps that it wants at most, and the control variable of
** the loop. The answer is a key and a value for each step; nothing at the end. What the iterator gives of a step: */
enum {
  BRIDGE_WALK_SEQUENCE = 1, /* the position after the control variable, and the value */
  BRIDGE_WALK_ENTRIES = 2,  /* the key and the value */
  BRIDGE_WALK_ITEMS = 3,    /* the key */
  BRIDGE_WALK_MOST = 128    /* steps at a time */
};

/* Members that are none: the item of a list or an array, by its position; and one step of a walk, in place of some as above,
** which gives its value, if it has no key but a position, or else its key, or what walks give at their end. */
enum { BRIDGE_MEMBER_ITEM = 1, BRIDGE_MEMBER_STEP = 2 };

/* And of a map, by compiled code only: what it has for a string as a key; nil, if there is no such key but a method of that
** name; and to put something there, or nil to remove it. */
enum { BRIDGE_MEMBER_KEY = 3, BRIDGE_MEMBER_NO_KEY = 4, BRIDGE_MEMBER_PUT = 5 };

/* Shapes are even, from 2 on, or odd for those of maps; objects of more classes have none, which is 0. */
enum { BRIDGE_SHAPES = 1 << 17, BRIDGE_SHAPE_OF_MAP = 1 };

/* -- Modes ---------------------------------------------------------------- */

enum {
  BRIDGE_LOAD_TEXT = 1,
  BRIDGE_LOAD_BINARY = 2,
  BRIDGE_LOAD_EXPRESSION = 4,  /* compile `return <code>`; with BRIDGE_LOAD_TEXT: <code> if that fails */
  BRIDGE_ACCESS_RAW = 1,       /* bypass metamethods */
  BRIDGE_CALL_METHOD = 1       /* pass the table itself as the first argument */
};

/* -- Life of a context ----------------------------------------------------- */

/* Creates a state with its libraries; 0 when memory is short or the library was built wrongly. `self` is
** the LuaState on whose behalf Lua runs: it is only used during a call and never kept. */
int64_t bridge_open(JNIEnv* env, jclass, jobject self);
/* 1 if finalizers written in Lua wait for the end of the state. No call may be under way, from here on. */
int32_t bridge_has_finalizers(int64_t context);
/* Runs all finalizers; they can use Java if `self` is given. */
void bridge_finalize(JNIEnv* env, jclass, jobject self, int64_t context);
/* Frees the state and everything in it, without finalizers. */
void bridge_close(int64_t context);
/* The shared block as a direct buffer, valid until bridge_close. */
jobject bridge_map(JNIEnv* env, jclass, int64_t context);

/* -- Calls ----------------------------------------------------------------- */

/* Calls the referenced function with the first `nargs` slots. The result of this and of those below is
** BRIDGE_RESULT_IN_SLOTS in the upper half, and the count of results or the failure in the lower one. */
int64_t bridge_call(JNIEnv* env, jclass, jobject self, int64_t context, int32_t function, int32_t nargs);
/* Calls table[key]; BRIDGE_FAILED_MISSING when nothing callable is there. `field` is the table's reference << 32 |
** that of the key, a string; `shape` is the number of arguments | BRIDGE_CALL_METHOD << 16. */
int64_t bridge_call_field(JNIEnv* env, jclass, jobject self, int64_t context, int64_t field, int32_t shape);
/* The same with up to three arguments as words, none of which needs a text area, an auxiliary word or a
** conversion: numbers, booleans, nil and references. A single result that needs none either is its word. */
int64_t bridge_call_words(JNIEnv* env, jclass, jobject self, int64_t context, int32_t function, int32_t nargs,
    int64_t word0, int64_t word1, int64_t word2);
int64_t bridge_call_field_words(JNIEnv* env, jclass, jobject self, int64_t context, int64_t field, int32_t shape,
    int64_t word0, int64_t word1, int64_t word2);
/* Runs a fresh instance of a compiled chunk with the referenced table as its globals. */
int64_t bridge_run(
    JNIEnv* env, jclass, jobject self, int64_t context, int32_t chunk, int32_t globals, int32_t nargs);
/* The same without arguments, and with the values of some globals in the slots: `names` refers to a table of the names, `which`
** has a bit for each that gets a value. They are taken away when the call ends, or when it asks Java anything but quiet
** functions; if `until_java` is set, the chunk may read them after that. */
int64_t bridge_run_preset(JNIEnv* env, jclass, jobject self, int64_t context, int32_t chunk, int32_t globals,
    int32_t names, int64_t which, int32_t until_java);
/* Takes them away. */
void bridge_take_presets(int64_t context);
/* These two and those before them can end with BRIDGE_ASKING, or the word of a call by compiled code, if no other crossing is
** under way: instead of calling LuaState.upcall or invoke, the bridge returns to Java, which does what they would and
** answers. As before, it can use the state meanwhile. The same with the answer, as upcall and invoke give it (BRIDGE_FAILED_CSTACK: Java's stack was
** full), or with the one word of it; results are those of bridge_call_words. */
int64_t bridge_answer(JNIEnv* env, jclass, jobject self, int64_t context, int32_t answer);
int64_t bridge_answer_word(JNIEnv* env, jclass, jobject self, int64_t context, int64_t word);
/* The same after a call of compiled code, with a word, which for BRIDGE_GIVES_TEXTS may be a string in the
** text area, and for BRIDGE_GIVES_OBJECTS an object; or BRIDGE_FAILED_MISSING in its place when nothing was called: then the
** same call comes as any other. */
int64_t bridge_answer_in_trace(JNIEnv* env, jclass, jobject self, int64_t context, int64_t word);
/* Has the interpreter take the place of the compiled code that calls. 0, or the failure with which the call of the script
** has ended meanwhile: then there is nothing to be answered. Does nothing if that was done before. */
int32_t bridge_leave_trace(JNIEnv* env, jclass, jobject self, int64_t context);
/* Instead of an answer: ends what was called. */
void bridge_abandon(int64_t context);
/* Whether calls may return to Java; they may, at the start. */
void bridge_set_returning(int64_t context, int32_t on);
/* Sees to it that the globals of a chunk that has run can serve others, although Java has a function: nothing may run it before
** one of the next two. If the chunk is not 0, the result can be a number for a function without upvalues: it need not be kept, as
** the chunk can make another one. */
enum {
  BRIDGE_REST_NONE = -1,    /* that cannot be; nothing was done */
  BRIDGE_REST_DATA = -2,    /* it is no function, but something that leads to no function either */
  BRIDGE_REST_DETACHED = -3 /* it and those that it uses have no globals now */
};
int32_t bridge_rest(int64_t context, int32_t value, int32_t chunk, int32_t globals);
/* Gives it, and those that it uses, globals again. */
void bridge_attach(int64_t context, int32_t function, int32_t globals);
/* Makes the function of such a number, the one result. */
int32_t bridge_new_child(
    JNIEnv* env, jclass, jobject self, int64_t context, int32_t chunk, int32_t number, int32_t globals);

/* Resumes the referenced coroutine. */
int32_t bridge_resume(JNIEnv* env, jclass, jobject self, int64_t context, int32_t thread, int32_t nargs);
/* The same with one argument or none, as bridge_call_words takes and returns words. */
int64_t bridge_resume_word(
    JNIEnv* env, jclass, jobject self, int64_t context, int32_t thread, int32_t nargs, int64_t word);
/* A new coroutine that runs the referenced function; the one result. */
int32_t bridge_new_coroutine(JNIEnv* env, jclass, jobject self, int64_t context, int32_t function);
/* The function of a coroutine that was not started, the one result; BRIDGE_FAILED_MISSING for any other. */
int32_t bridge_coroutine_function(JNIEnv* env, jclass, jobject self, int64_t context, int32_t thread);
/* 0 suspended, 1 running, 2 normal, 3 dead, 4 not started. */
int32_t bridge_coroutine_status(int64_t context, int32_t thread);
/* Compiles `code`; the function is the one result. */
int32_t bridge_load(
    JNIEnv* env, jclass, jobject self, int64_t context, jbyteArray code, jbyteArray name, int32_t mode);

/* The bytecode of the referenced function, one string; BRIDGE_FAILED_MISSING if it is not written in Lua. */
int32_t bridge_dump(JNIEnv* env, jclass, jobject self, int64_t context, int32_t function);
/* The referenced chunk is to run again and again: it is compiled like a function when it does, unless it asks for arguments. */
void bridge_repeat(int64_t context, int32_t chunk);
/* What a function does by its code, as far as is known: a sum of BRIDGE_CODE_*. */
enum {
  BRIDGE_CODE_DEFINES_FUNCTIONS = 1,
  BRIDGE_CODE_SETS_ITEMS = 2 /* it, or a function in it, sets items of tables */
};
int32_t bridge_code(int64_t context, int32_t function);
/* The names of the global variables that the code of the referenced chunk, and of functions in it, uses: the keys of a
** table, the one result. The value is a sum of how. Names that are not ASCII are left out. */
enum {
  BRIDGE_SETS = 4,
  BRIDGE_READS_LATER = 1,
  /* before the chunk calls anything, and in code that it comes through only once; metamethods may be called there */
  BRIDGE_READS_IN_OPENING = 2,
  BRIDGE_READS_ONCE = 8 /* after that, in such code or in functions of a chunk that cannot go on for long */
};
int32_t bridge_global_names(JNIEnv* env, jclass, jobject self, int64_t context, int32_t chunk);
/* How many parameters the referenced function declares; -1 if it takes any number or is not written in Lua. */
int32_t bridge_parameter_count(int64_t context, int32_t function);

/* -- Tables ---------------------------------------------------------------- */

/* Slot 0: key; the value is the one result. */
int32_t bridge_get(JNIEnv* env, jclass, jobject self, int64_t context, int32_t table, int32_t flags);
/* The result is as that of bridge_call_words. */
int64_t bridge_get_field(
    JNIEnv* env, jclass, jobject self, int64_t context, int32_t table, int32_t key, int32_t flags);
/* Slot 0: key, slot 1: value. */
int32_t bridge_set(JNIEnv* env, jclass, jobject self, int64_t context, int32_t table, int32_t flags);
/* Slot 0: value. */
int32_t bridge_set_field(
    JNIEnv* env, jclass, jobject self, int64_t context, int32_t table, int32_t key, int32_t flags);
/* The same with the value as a word, by metamethods. */
int32_t bridge_set_field_word(
    JNIEnv* env, jclass, jobject self, int64_t context, int32_t table, int32_t key, int64_t word);
/* Up to `limit` entries after the key that is referenced (0: from the start), as alternating keys and values. The slot
** after them holds a reference to the last key if there are more entries, else nil: not every key can come back from
** Java as itself. BRIDGE_FAILED_MISSING when the key is no longer there. */
int32_t bridge_next(JNIEnv* env, jclass, jobject self, int64_t context, int32_t table, int32_t after, int32_t limit);
/* Removes the n-th entry after such a key. */
int32_t bridge_remove(JNIEnv* env, jclass, jobject self, int64_t context, int32_t table, int32_t after, int32_t n);
/* Removes all entries. */
void bridge_clear(int64_t context, int32_t table);
/* Up to `limit` values, raw, of the keys from `first` on, nil where there are none. */
int32_t bridge_get_range(JNIEnv* env, jclass, jobject self, int64_t context, int32_t table, int32_t first, int32_t limit);
/* Sets the keys from `first` on, raw, to the first `items` slots. */
int32_t bridge_set_range(JNIEnv* env, jclass, jobject self, int64_t context, int32_t table, int32_t first, int32_t items);
/* Sets entries, raw: the first `slots` slots are keys and values by turns. */
int32_t bridge_set_entries(JNIEnv* env, jclass, jobject self, int64_t context, int32_t table, int32_t slots);
/* Fills `target` with the numbers of the keys 1, 2 and so on, raw; returns how many there were before a key had none. */
int32_t bridge_get_doubles(JNIEnv* env, jclass, int64_t context, int32_t table, jdoubleArray target);
/* A new table that holds the numbers as a sequence. */
int32_t bridge_new_doubles(JNIEnv* env, jclass, jobject self, int64_t context, jdoubleArray source);
/* The length as `#` tells it (or the raw one), the one result. */
int32_t bridge_length(JNIEnv* env, jclass, jobject self, int64_t context, int32_t value, int32_t flags);
/* The number of entries that are not nil. */
int32_t bridge_size(JNIEnv* env, jclass, jobject self, int64_t context, int32_t table);
/* A new table with room for so many items of a sequence and so many other fields. */
int32_t bridge_new_table(JNIEnv* env, jclass, jobject self, int64_t context, int32_t items, int32_t fields);
/* A new table with the same entries, and no metatable. */
int32_t bridge_copy_table(JNIEnv* env, jclass, jobject self, int64_t context, int32_t table);
/* 1 if a table is as bridge_copy_table has made it of the other one; 0 if it was changed, or the other one. */
int32_t bridge_is_copy(int64_t context, int32_t table, int32_t original);
int32_t bridge_get_metatable(JNIEnv* env, jclass, jobject self, int64_t context, int32_t value);
/* Slot 0: table or nil. */
int32_t bridge_set_metatable(JNIEnv* env, jclass, jobject self, int64_t context, int32_t value);

/* -- Values ---------------------------------------------------------------- */

/* The global table, or the table of what it held at the start; the one result. */
int32_t bridge_globals(JNIEnv* env, jclass, jobject self, int64_t context);
int32_t bridge_library(JNIEnv* env, jclass, jobject self, int64_t context);
/* LuaJIT's name and version, the one result. */
int32_t bridge_implementation(JNIEnv* env, jclass, jobject self, int64_t context);
/* What Lua's tostring makes of the referenced value, the one result. */
int32_t bridge_to_string(JNIEnv* env, jclass, jobject self, int64_t context, int32_t value);
/* Slot 0: a Java object; a Lua function that calls it is the one result. If it is quiet, calling it does not end
** bridge_run_preset's variables. */
int32_t bridge_new_function(JNIEnv* env, jclass, jobject self, int64_t context, int32_t quiet);
/* A reference to a string (never 0), or a failure. The slots are left alone, and no script runs. */
int32_t bridge_intern(JNIEnv* env, jclass, int64_t context, jbyteArray text);
/* A reference to a short string that exists in the state; 0 if it does not, or cannot be found now. Makes nothing, so that
** it can be asked while compiled code calls. */
int32_t bridge_find_string(JNIEnv* env, jclass, int64_t context, jbyteArray text);
/* From now on Java knows the referenced string by an index, which comes instead of its text; until it is forgotten, which
** must be before its reference is given back. */
void bridge_know_string(int64_t context, int32_t index, int32_t reference);
void bridge_forget_string(int64_t context, int32_t index);
void bridge_unref(int64_t context, int32_t reference);
/* Copies bytes of a long string between its arrival and the next crossing. */
void bridge_copy(JNIEnv* env, jclass, int64_t address, jbyteArray target, int32_t length);
/* Copies a long argument into native memory, freed by the call that takes it; 0 when memory is short. */
int64_t bridge_stage(JNIEnv* env, jclass, int64_t context, jbyteArray source, int32_t length);
/* The address of a direct buffer's first byte; 0 for any other buffer. */
int64_t bridge_buffer_address(JNIEnv* env, jclass, jobject buffer);
/* Fills `target` with the stack trace of the last failure: records of source, name, line, each ended by NUL. */
void bridge_trace(JNIEnv* env, jclass, int64_t context, jbyteArray target);
/* Moves ids of Java objects that Lua no longer holds into `target`; returns how many. */
int32_t bridge_released(JNIEnv* env, jclass, int64_t context, jintArray target);

/* Types of fields, see bridge_know_field. */
enum { BRIDGE_FIELD_INT = 1, BRIDGE_FIELD_LONG, BRIDGE_FIELD_FLOAT, BRIDGE_FIELD_DOUBLE, BRIDGE_FIELD_BOOLEAN };
/* Added to the type of one that cannot be written. */
enum { BRIDGE_FIELD_FINAL = 8 };
/* Has Lua use a field of an object without asking Java: the object, its id; the field, a java.lang.reflect.Field of its
** class, its number as a member, and its type. */
void bridge_know_field(JNIEnv* env, jclass, int64_t context, int32_t id, jobject object, int32_t member, jobject field,
    int32_t type);

/* Has compiled code call a member, or an object itself (member 0, and its id), without the interpreter. */
void bridge_know_call(int64_t context, int32_t id, int32_t member, int32_t gives);

/* -- Limits ---------------------------------------------------------------- */

/* Makes Lua raise an error that no pcall survives; callable from any thread while the context is open. A call
** can be lost when the state changes its hooks at that moment: repeat it, insisting, until the script has stopped. */
void bridge_stop(int64_t context, int32_t insist);
/* Lets Lua run again. */
void bridge_stop_end(int64_t context);
/* Sets the most instructions after which the state stops as by bridge_stop; none if not positive. Scripts can set no
** hooks while there is a limit, and what is compiled runs no faster than what is not. */
void bridge_set_instruction_limit(int64_t context, int64_t instructions);
/* Begins to count from zero. */
void bridge_count_instructions(int64_t context);
/* Switches LuaJIT's compiler on or off. */
void bridge_set_jit(int64_t context, int32_t on);
/* Sets how large a state grows before the collector begins again, in percent of what it found alive. */
void bridge_set_collector_pause(int64_t context, int32_t percent);
enum { BRIDGE_COLLECTOR_PAUSE = 400 }; /* if nothing is set */
/* Asks for a full collection as soon as Lua code allocates something. */
void bridge_hurry_collector(int64_t context);
/* How long the last collection took that was asked for, in nanoseconds. */
int64_t bridge_collection_nanos(int64_t context);
/* Keeps the collector from running by itself, or lets it run again. */
void bridge_stop_collector(int64_t context, int32_t stopped);
/* Makes a state ready for a limit of its memory: opens what must not be opened by halves. */
int32_t bridge_prepare_memory_limit(JNIEnv* env, jclass, jobject self, int64_t context);
/* Sets the most bytes that the state may allocate; none if not positive. */
void bridge_set_memory_limit(int64_t context, int64_t bytes);
/* Whether load and its relatives accept bytecode; they do not at the start. */
void bridge_allow_bytecode(int64_t context, int32_t allowed);
/* Bytes that the state has allocated. */
int64_t bridge_memory_used(int64_t context);
/* A full collection, finalizers included. */
int32_t bridge_collect(JNIEnv* env, jclass, jobject self, int64_t context);

/* -- Threads ---------------------------------------------------------------- */

/* Whether enough stack is left on this thread to enter Lua. */
int32_t bridge_has_stack();
/* Whether this system has bridge_barrier. Can take some milliseconds. */
int32_t bridge_prepare_barrier();
/* A full memory barrier on every thread of the process. */
void bridge_barrier();

/* -- Facts for tests -------------------------------------------------------- */

/* After how many uses Lua is told what saves it from asking Java; else that is BRIDGE_OFTEN. */
void bridge_set_often(int64_t context, int32_t uses);
enum { BRIDGE_OFTEN = 16 };

/* Lets the n-th allocation from now on fail, and no other; 0 for none. Returns what was left of the last such count:
** 0 if its allocation has failed. */
int64_t bridge_fail_allocation(int64_t context, int64_t n);

/* Number of compiled traces alive in the state. */
int32_t bridge_trace_count(int64_t context);
/* Contexts open in this process. */
int32_t bridge_open_contexts();
/* Kilobytes of machine code in the library's own arena, see arena.c. */
int32_t bridge_arena_used();

#endif
