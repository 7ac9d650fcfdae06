package io.github.lupa4j;

import io.github.lupa4j.vm.Calls;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A compiled chunk that can run with other globals than those of its runtime, and what its code tells. It is as open as
 * its function; any thread may use it.
 */
public final class LuaChunk {
    private final LuaFunction function;
    private volatile @Nullable Code code;
    private volatile boolean repeats;
    private volatile boolean needed;

    /** What the code tells. */
    private record Code(
            int does,
            Set<String> globals,
            List<String> opening,
            List<String> variables,
            @Nullable LuaTable names) {}

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
        return (code().does & Calls.CODE_DEFINES_FUNCTIONS) != 0;
    }

    /**
     * {@return whether the chunk, or a function in it, has instructions that set items of tables} Functions of the library
     * can do that, too.
     *
     * @throws LuaClosedException if the runtime was closed
     */
    public boolean setsItems() {
        return (code().does & Calls.CODE_SETS_ITEMS) != 0;
    }

    /**
     * {@return the names of the global variables that the chunk and the functions in it read, as far as they are ASCII}
     *
     * @throws LuaClosedException if the runtime was closed
     */
    public Set<String> globals() {
        return code().globals;
    }

    /**
     * {@return those that the chunk reads in its opening: before it calls anything, and in code that it comes through only
     * once} The {@link #variables} are the first of them. What can be called there are the metamethods of what the variables
     * hold, and nothing else.
     *
     * @throws LuaClosedException if the runtime was closed
     */
    public List<String> opening() {
        return code().opening;
    }

    /**
     * {@return those that are read in the opening only, and that the chunk never sets} They are those of which {@link #run}
     * takes the values.
     *
     * @throws LuaClosedException if the runtime was closed
     */
    public List<String> variables() {
        return code().variables;
    }

    /** The names of the variables in a table; null if there are none. */
    @Nullable
    LuaTable names() {
        return code().names;
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
        Calls calls = runtime.state.calls();
        Map<String, Integer> uses = new TreeMap<>();
        try (LuaTable table = (LuaTable) calls.globalNames(function.ref)) {
            table.forEach((name, how) -> uses.put(String.valueOf(name), (Integer) how));
        }
        List<String> variables = namesWith(uses, how -> how == Calls.READS_IN_OPENING);
        List<String> opening = new ArrayList<>(variables);
        opening.addAll(namesWith(uses, how -> how != Calls.READS_IN_OPENING && (how & Calls.READS_IN_OPENING) != 0));
        List<String> all = namesWith(uses, how -> (how & (Calls.READS_IN_OPENING | Calls.READS_LATER)) != 0);
        List<String> few = variables.subList(0, Math.min(variables.size(), Calls.MOST_PRESETS));
        LuaTable names = few.isEmpty() ? null : runtime.table(few.toArray());
        return new Code(calls.code(function.ref), Set.copyOf(all), opening, few, names);
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
            function.runtime().state.calls().repeat(function.ref);
        }
    }

    /** Functions of it rest: they are made anew with its code. */
    void setNeeded() {
        needed = true;
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
     *     until the chunk ends. Null, and to be null if there are arguments, to set none.
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
        return function.runtime().run(this, globals, run, presets, arguments);
    }
}
