package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import java.lang.ref.Reference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Calls of Lua functions, chunks and coroutines. */
public final class Calls {
    private static final long MISSING = PlainWords.inSlots(BRIDGE_FAILED_MISSING);

    /** Bits of {@link #code}. */
    public static final int CODE_DEFINES_FUNCTIONS = BRIDGE_CODE_DEFINES_FUNCTIONS;

    public static final int CODE_SETS_ITEMS = BRIDGE_CODE_SETS_ITEMS;
    /** Bits of the values of {@link #globalNames}. */
    public static final int READS_IN_OPENING = BRIDGE_READS_IN_OPENING;

    public static final int READS_ONCE = BRIDGE_READS_ONCE;
    public static final int READS_LATER = BRIDGE_READS_LATER;
    /** There is a bit for each. */
    public static final int MOST_PRESETS = 64;

    private final LuaState state;

    Calls(LuaState state) {
        this.state = state;
    }

    public static @Nullable Object call(Ref function, @Nullable Object... arguments) {
        LuaState state = function.state;
        int hold = state.enterToRun();
        try {
            int index = state.indexOf(function);
            int count = arguments.length;
            long word0 = PlainWords.of(arguments, 0);
            long word1 = PlainWords.of(arguments, 1);
            long word2 = PlainWords.of(arguments, 2);
            return state.outcome(
                    PlainWords.arePlain(count, word0, word1, word2)
                            ? bridge_call_words(state, state.context(), index, count, word0, word1, word2)
                            : callWithSlots(state, index, arguments));
        } finally {
            state.exit(hold, function);
        }
    }

    private static long callWithSlots(LuaState state, int function, @Nullable Object[] arguments) {
        state.slots.writeAll(arguments);
        return bridge_call(state, state.context(), function, arguments.length);
    }

    /**
     * Calls a field of a table.
     *
     * @param method whether the table itself is the first argument
     * @throws NoSuchMethodException when nothing callable is there
     */
    public static @Nullable Object callField(Ref table, String name, boolean method, @Nullable Object... arguments)
            throws NoSuchMethodException {
        LuaState state = table.state;
        int hold = state.enterToRun();
        try {
            int shape = method ? arguments.length | BRIDGE_CALL_METHOD << 16 : arguments.length;
            long word0 = PlainWords.of(arguments, 0);
            long word1 = PlainWords.of(arguments, 1);
            long word2 = PlainWords.of(arguments, 2);
            long word;
            if (PlainWords.arePlain(arguments.length, word0, word1, word2)) {
                long field = field(state, table, name);
                word = bridge_call_field_words(state, state.context(), field, shape, word0, word1, word2);
            } else {
                state.slots.writeAll(arguments); // It may run a script, which may use other names.
                long field = field(state, table, name);
                word = bridge_call_field(state, state.context(), field, shape);
            }
            return fieldResult(state, state.served(word), name);
        } finally {
            state.exit(hold, table);
        }
    }

    /**
     * Calls a function with a few values that are plain, for a primitive result.
     *
     * @param caller for {@link PlainResult#boxed}
     * @param word0 the word of the first argument, if there are so many
     * @return the result's bits
     * @throws Throwable what the conversion of the result throws, or the function
     */
    public static long callPlain(Ref function, PlainResult result, Object caller, long word0, long word1, long word2)
            throws Throwable {
        LuaState state = function.state;
        Object other;
        int hold = state.enterToRun();
        try {
            int index = state.indexOf(function);
            int count = result.argumentCount();
            long word = state.served(bridge_call_words(state, state.context(), index, count, word0, word1, word2));
            if (result.fits(word)) {
                return result.bits(word);
            }
            other = state.result(word);
        } finally {
            state.exit(hold, function);
        }
        return result.bits(other, caller);
    }

    /**
     * The same for a field of a table.
     *
     * @param method whether the table itself is the first argument
     * @throws NoSuchMethodException when nothing callable is there
     */
    public static long callFieldPlain(
            Ref table,
            String name,
            boolean method,
            PlainResult result,
            Object caller,
            long word0,
            long word1,
            long word2)
            throws Throwable {
        LuaState state = table.state;
        Object other;
        int hold = state.enterToRun();
        try {
            int count = result.argumentCount();
            int shape = method ? count | BRIDGE_CALL_METHOD << 16 : count;
            long field = field(state, table, name);
            long word =
                    state.served(bridge_call_field_words(state, state.context(), field, shape, word0, word1, word2));
            if (result.fits(word)) {
                return result.bits(word);
            }
            other = fieldResult(state, word, name);
        } finally {
            state.exit(hold, table);
        }
        return result.bits(other, caller);
    }

    /** The values of the first words. */
    public static @Nullable Object[] values(int count, long word0, long word1, long word2) {
        @Nullable Object[] values = {PlainWords.toValue(word0), PlainWords.toValue(word1), PlainWords.toValue(word2)};
        return Arrays.copyOf(values, count);
    }

    private static long field(LuaState state, Ref table, String name) {
        return (long) state.indexOf(table) << 32 | state.keys.get(name);
    }

    private static @Nullable Object fieldResult(LuaState state, long word, String name) throws NoSuchMethodException {
        if (word == MISSING) {
            throw new NoSuchMethodException(name);
        }
        return state.result(word);
    }

    /** Runs a new instance of a chunk with a table as its globals. */
    public @Nullable Object run(Ref chunk, Ref globals, @Nullable Object... arguments) {
        int hold = state.enterToRun();
        try {
            int index = state.indexOf(chunk);
            int globalsIndex = state.indexOf(globals);
            state.slots.writeAll(arguments);
            return state.outcome(bridge_run(state, state.context(), index, globalsIndex, arguments.length));
        } finally {
            state.exit(hold, chunk);
            Reference.reachabilityFence(globals);
        }
    }

    /** Some fields of the globals of a chunk, in a table of their names. */
    public interface Presets {
        /** At most {@link #MOST_PRESETS}. */
        Ref names();

        /** Whether the chunk reads them until it asks Java something; else it reads them before that. */
        boolean untilJava();

        /** The chunk has asked Java, and would have read them further on. */
        void areLost();
    }

    /**
     * The same without arguments, and with some fields of the globals set until it ends or asks Java.
     *
     * @param values their values; null for those that are not set
     */
    public @Nullable Object runPreset(Ref chunk, Ref globals, Presets presets, @Nullable Object[] values) {
        Ref names = presets.names();
        int hold = state.enterToRun();
        try {
            int index = state.indexOf(chunk);
            int globalsIndex = state.indexOf(globals);
            int namesIndex = state.indexOf(names);
            long which = write(values);
            int untilJava = presets.untilJava() ? 1 : 0;
            long word = bridge_run_preset(state, state.context(), index, globalsIndex, namesIndex, which, untilJava);
            if (state.slots.takePresetsLost()) {
                presets.areLost();
            }
            return state.outcome(word);
        } finally {
            state.exit(hold, chunk);
            Reference.reachabilityFence(globals);
            Reference.reachabilityFence(names);
        }
    }

    /** Which values are set; none if some cannot be passed, which is a matter for who uses them. */
    private long write(@Nullable Object[] values) {
        try {
            state.slots.writeAll(values);
        } catch (RuntimeException e) {
            return 0;
        }
        long presets = 0;
        for (int i = 0; i < values.length; i++) {
            presets |= values[i] == null ? 0 : 1L << i;
        }
        return presets;
    }

    /**
     * Compiles a chunk.
     *
     * @param name the chunk name as Lua has it, with its first character {@code @}, {@code =} or another
     * @return the function's handle
     */
    public Object load(byte[] code, String name, Load load) {
        int hold = state.enter();
        try {
            Object function = state.results(
                    bridge_load(state, state.context(), code, state.codec().encodeName(name), load.mode));
            if (function == null) {
                throw new IllegalStateException("internal error: no function came of a chunk; this is a bug");
            }
            return function;
        } finally {
            state.exit(hold);
        }
    }

    /** What is compiled. */
    public enum Load {
        TEXT(BRIDGE_LOAD_TEXT),
        BINARY(BRIDGE_LOAD_BINARY),
        /** The text of an expression list, compiled to a chunk that returns it. */
        EXPRESSION(BRIDGE_LOAD_EXPRESSION),
        /** An expression list, or else a chunk. */
        EXPRESSION_OR_TEXT(BRIDGE_LOAD_EXPRESSION | BRIDGE_LOAD_TEXT);

        private final int mode;

        Load(int mode) {
            this.mode = mode;
        }
    }

    /** The bytecode of a function; null if it is not written in Lua. */
    public byte @Nullable [] dump(Ref function) {
        int hold = state.enter();
        try {
            int count = bridge_dump(state, state.context(), state.indexOf(function));
            if (count == BRIDGE_FAILED_MISSING) {
                return null;
            }
            if (count < 0) {
                throw state.failure(count);
            }
            return state.slots.readBytes(0);
        } finally {
            state.exit(hold, function);
        }
    }

    /** Has a chunk compiled to machine code, if it can be, when it has run often. */
    public void repeat(Ref chunk) {
        int hold = state.enter();
        try {
            bridge_repeat(state.context(), state.indexOf(chunk));
        } finally {
            state.exit(hold, chunk);
        }
    }

    /** What a function does by its code: a sum of BRIDGE_CODE_*. */
    public int code(Ref function) {
        int hold = state.enter();
        try {
            return bridge_code(state.context(), state.indexOf(function));
        } finally {
            state.exit(hold, function);
        }
    }

    /**
     * A table of the names of global variables that a chunk and the functions in it use; the values are sums of BRIDGE_SETS
     * and BRIDGE_READS_*.
     */
    public Object globalNames(Ref chunk) {
        int hold = state.enter();
        try {
            return state.required(bridge_global_names(state, state.context(), state.indexOf(chunk)));
        } finally {
            state.exit(hold, chunk);
        }
    }

    /** How many parameters a function declares; -1 if it takes any number or is not written in Lua. */
    public int parameterCount(Ref function) {
        int hold = state.enter();
        try {
            return bridge_parameter_count(state.context(), state.indexOf(function));
        } finally {
            state.exit(hold, function);
        }
    }

    /** What a coroutine gave, whether that was anything, and whether it can go on. */
    public record Resumed(
            boolean yielded, boolean empty, @Nullable Object value) {}

    public Resumed resume(Ref thread, @Nullable Object... arguments) {
        int hold = state.enterToRun();
        try {
            long word = resumeWord(thread, arguments);
            boolean yielded = state.slots.yielded();
            boolean empty = word == PlainWords.inSlots(0);
            return new Resumed(yielded, empty, state.result(word));
        } finally {
            state.exit(hold, thread);
        }
    }

    /** The same for who asks for the value alone. */
    public static @Nullable Object resumeForValue(Ref thread, @Nullable Object... arguments) {
        LuaState state = thread.state;
        int hold = state.enterToRun();
        try {
            return state.result(state.calls().resumeWord(thread, arguments));
        } finally {
            state.exit(hold, thread);
        }
    }

    private long resumeWord(Ref thread, @Nullable Object[] arguments) {
        int index = state.indexOf(thread);
        int count = arguments.length;
        long word = PlainWords.of(arguments, 0);
        if (count <= 1 && PlainWords.arePlain(count, word, PlainWords.NIL, PlainWords.NIL)) {
            return bridge_resume_word(state, state.context(), index, count, word);
        }
        state.slots.writeAll(arguments);
        return PlainWords.inSlots(bridge_resume(state, state.context(), index, count));
    }

    /** The function of a coroutine that was not started; null for any other. */
    public @Nullable Object coroutineFunction(Ref thread) {
        int hold = state.enter();
        try {
            int count = bridge_coroutine_function(state, state.context(), state.indexOf(thread));
            return count == BRIDGE_FAILED_MISSING ? null : state.results(count);
        } finally {
            state.exit(hold, thread);
        }
    }

    /** A new coroutine that runs a function. */
    public Object newCoroutine(Ref function) {
        int hold = state.enter();
        try {
            return state.required(bridge_new_coroutine(state, state.context(), state.indexOf(function)));
        } finally {
            state.exit(hold, function);
        }
    }

    /** Whether Lua code may return to Java to ask it something, which it may at first; else it calls Java. For tests. */
    public void setReturning(boolean returning) {
        int hold = state.enter();
        try {
            bridge_set_returning(state.context(), returning ? 1 : 0);
        } finally {
            state.exit(hold);
        }
    }

    /** After how many uses Lua is told what saves it from asking Java. For tests. */
    public void setOften(int uses) {
        int hold = state.enter();
        try {
            bridge_set_often(state.context(), uses);
        } finally {
            state.exit(hold);
        }
    }

    /** 0 suspended, 1 running, 2 normal, 3 dead, 4 not started. */
    public int coroutineStatus(Ref thread) {
        int hold = state.enter();
        try {
            return bridge_coroutine_status(state.context(), state.indexOf(thread));
        } finally {
            state.exit(hold, thread);
        }
    }
}
