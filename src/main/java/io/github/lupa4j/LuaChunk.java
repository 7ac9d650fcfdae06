package io.github.lupa4j;

import io.github.lupa4j.vm.Chunks;
import io.github.lupa4j.vm.Origin;
import io.github.lupa4j.vm.Ref;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A compiled chunk that can run with other globals than those of its runtime, and what its code tells. It is as open as
 * its function; any thread may use it.
 */
public final class LuaChunk {
    private static final int READS = Chunks.READS_IN_OPENING | Chunks.READS_ONCE | Chunks.READS_LATER;

    /** More often than an environment has to ask for what it keeps of the library. */
    private static final int OFTEN = 8;

    private final LuaFunction function;
    private volatile @Nullable Code code;
    private volatile boolean repeats;
    /** Whether functions of it rest: they may be made anew with its code. */
    private volatile boolean needed;
    /** How often it has asked Java before it had read all variables that were set for it, until that is often. */
    private int losses;

    /** What the code tells. */
    private record Code(
            boolean definesFunctions,
            boolean changesTables,
            List<String> globals,
            Variables untilJava,
            Variables inOpening) {}

    /** Variables that can be set before the chunk runs. */
    final class Variables implements Chunks.Presets {
        private final List<String> variables;
        private final List<String> others;
        private final boolean untilJava;
        private final @Nullable LuaTable names;

        Variables(List<String> variables, List<String> others, boolean untilJava) {
            this.variables = variables.subList(0, Math.min(variables.size(), Chunks.MOST_PRESETS));
            this.others = others;
            this.untilJava = untilJava;
            names = variables.isEmpty() ? null : function.runtime().table(this.variables.toArray());
        }

        @Override
        public Ref names() {
            return Objects.requireNonNull(names).ref;
        }

        @Override
        public boolean untilJava() {
            return untilJava;
        }

        @Override
        public void areLost() {
            losses = Math.min(losses + 1, OFTEN);
        }
    }

    /**
     * Takes a function as a chunk. That it is written in Lua is checked when the chunk runs.
     *
     * @param function a compiled chunk
     */
    public LuaChunk(LuaFunction function) {
        this.function = function;
    }

    /** {@return the function that runs the chunk with the globals of the runtime} */
    public LuaFunction function() {
        return function;
    }

    // -- Code ----------------------------------------------------------------------------------------------------

    /**
     * {@return whether the chunk's own code defines functions}
     *
     * @throws LuaClosedException if the runtime was closed
     */
    public boolean definesFunctions() {
        return code().definesFunctions;
    }

    /**
     * {@return whether the chunk, or a function in it, may change tables} It has instructions that do, or names what does it
     * in the library. Other functions that it calls are not looked at.
     *
     * @throws LuaClosedException if the runtime was closed
     */
    public boolean changesTables() {
        return code().changesTables;
    }

    /**
     * {@return the names of the global variables that the chunk and the functions in it read, as far as they are ASCII}
     *
     * @throws LuaClosedException if the runtime was closed
     */
    public List<String> globals() {
        return code().globals;
    }

    /**
     * {@return those of which {@link #run} takes the values} The chunk never sets them, and does not read them again and
     * again. A chunk that often asks Java between two of them has only those that it reads before, from then on; so
     * the runtime's lock is to be held from this question to the run.
     *
     * @throws LuaClosedException if the runtime was closed
     */
    public List<String> variables() {
        return current().variables;
    }

    /**
     * {@return whether it reads some of them after it has called something} If not, none of them may have metamethods, nor may
     * the {@link #others}.
     *
     * @throws LuaClosedException if the runtime was closed
     */
    public boolean readsAfterCalls() {
        return current().untilJava;
    }

    /**
     * {@return variables that it may read before some of those}
     *
     * @throws LuaClosedException if the runtime was closed
     */
    public List<String> others() {
        return current().others;
    }

    /** What {@link #run} takes values of. */
    Variables current() {
        Code code = code();
        return losses == OFTEN ? code.inOpening : code.untilJava;
    }

    private Code code() {
        Code known = code;
        if (known == null) {
            known = function.runtime().unowned(this::read);
            code = known;
        }
        return known;
    }

    private Code read() {
        LuaRuntime runtime = function.runtime();
        Chunks chunks = runtime.state.chunks();
        Map<String, Integer> uses = new TreeMap<>();
        try (LuaTable table = (LuaTable) chunks.globalNames(function.ref)) {
            table.forEach((name, how) -> uses.put(String.valueOf(name), (Integer) how));
        }
        List<String> all = namesWith(uses, how -> (how & READS) != 0);
        List<String> once = namesWith(uses, how -> (how & ~(Chunks.READS_IN_OPENING | Chunks.READS_ONCE)) == 0);
        List<String> first = namesWith(uses, how -> how == Chunks.READS_IN_OPENING);
        List<String> others =
                namesWith(uses, how -> (how & Chunks.READS_IN_OPENING) != 0 && how != Chunks.READS_IN_OPENING);
        Variables inOpening = new Variables(first, others, false);
        Variables untilJava = once.equals(first) ? inOpening : new Variables(once, List.of(), true);
        int does = chunks.code(function.ref);
        boolean setsItems = (does & Chunks.CODE_SETS_ITEMS) != 0;
        return new Code(
                (does & Chunks.CODE_DEFINES_FUNCTIONS) != 0,
                setsItems || all.contains("table") || all.contains("rawset"),
                List.copyOf(all),
                untilJava,
                inOpening);
    }

    private static List<String> namesWith(Map<String, Integer> uses, IntPredicate condition) {
        List<String> names = new ArrayList<>();
        uses.forEach((name, how) -> {
            if (condition.test(how)) {
                names.add(name);
            }
        });
        return names;
    }

    /**
     * Says that the chunk is to run more than once: LuaJIT compiles it when it has run often, unless it uses {@code ...}.
     */
    public void repeat() {
        if (!repeats) {
            repeats = true;
            function.runtime().state.chunks().repeat(function.ref);
        }
    }

    /** Closes the function, unless a {@link ChunkRun} may still need it. */
    public void close() {
        if (!needed) {
            function.close();
        }
    }

    // -- Running -------------------------------------------------------------------------------------------------

    /**
     * Runs the chunk once with a table in the place of the global variables: names in it, in the functions that it
     * defines and in the code it loads mean fields of that table.
     *
     * @param globals a table of the chunk's runtime
     * @param run kept alive by the handles that come of it; may be null
     * @param presets values of the {@link #variables}, null for those that are not to be set; they are fields of the globals
     *     until the chunk ends or asks Java. Null, and to be null if there are arguments, to set none.
     * @param arguments what {@code ...} is in the chunk
     * @return null, the result, or a list of the results
     * @throws IllegalArgumentException if there are not as many presets as variables, or arguments as well
     * @throws LuaException if it fails, or if the function is not written in Lua
     */
    public @Nullable Object run(
            LuaTable globals,
            @Nullable ChunkRun run,
            @Nullable Object @Nullable [] presets,
            @Nullable Object... arguments) {
        if (presets != null && (presets.length != variables().size() || arguments.length > 0)) {
            throw new IllegalArgumentException(presets.length + " values for "
                    + variables().size()
                    + " variables, and " + arguments.length + " arguments; there can be values, one for each variable,"
                    + " or arguments");
        }
        Chunks chunks = function.runtime().state.chunks();
        Variables variables = current();
        Origin origin = run == null ? null : run.origin();
        try {
            return presets == null || variables.names == null
                    ? chunks.run(function.ref, globals.ref, origin, arguments)
                    : chunks.runPreset(function.ref, globals.ref, origin, variables, presets);
        } finally {
            if (origin != null && origin.rests()) {
                needed = true;
            }
        }
    }
}
