package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/** Chunks: from source text to functions, runs with other globals, and what the code tells. */
public final class Chunks {
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

    Chunks(LuaState state) {
        this.state = state;
    }

    /**
     * Runs a new instance of a chunk with a table as its globals.
     *
     * @param origin what handles have that come of it; null for nothing
     */
    public @Nullable Object run(Ref chunk, Ref globals, @Nullable Origin origin, @Nullable Object... arguments) {
        int hold = state.enterToRun();
        Origin outer = state.setOrigin(origin == null ? null : origin.begin());
        try {
            int index = state.indexOf(chunk);
            int globalsIndex = state.indexOf(globals);
            state.slots.writeAll(arguments);
            return state.outcome(bridge_run(state, state.context(), index, globalsIndex, arguments.length));
        } finally {
            end(chunk, globals, origin, outer, hold);
        }
    }

    private void end(Ref chunk, Ref globals, @Nullable Origin origin, @Nullable Origin outer, int hold) {
        state.setOrigin(outer);
        try {
            if (origin != null) {
                origin.end(globals);
            }
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
    public @Nullable Object runPreset(
            Ref chunk, Ref globals, @Nullable Origin origin, Presets presets, @Nullable Object[] values) {
        Ref names = presets.names();
        int hold = state.enterToRun();
        Origin outer = state.setOrigin(origin == null ? null : origin.begin());
        try {
            int index = state.indexOf(chunk);
            int globalsIndex = state.indexOf(globals);
            int namesIndex = state.indexOf(names);
            long which = write(values);
            int untilJava = presets.untilJava() ? 1 : 0;
            return state.outcome(
                    bridge_run_preset(state, state.context(), index, globalsIndex, namesIndex, which, untilJava));
        } finally {
            if (state.slots.takePresetsLost()) {
                presets.areLost();
            }
            end(chunk, globals, origin, outer, hold);
            Reference.reachabilityFence(names);
        }
    }

    /** Takes the values away that the chunk which runs has got. */
    public void takePresets() {
        int hold = state.enter();
        try {
            bridge_take_presets(state.context());
        } finally {
            state.exit(hold);
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
}
