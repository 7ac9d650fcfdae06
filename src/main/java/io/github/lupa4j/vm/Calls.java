package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Calls of Lua functions, chunks and coroutines. */
public final class Calls {
    private static final long MISSING = PlainWords.inSlots(BRIDGE_FAILED_MISSING);

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
