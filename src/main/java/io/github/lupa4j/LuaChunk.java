package io.github.lupa4j;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A compiled chunk that can run with other globals than those of its runtime, and what its code tells. It is as open as
 * its function; any thread may use it.
 */
public final class LuaChunk {
    private final LuaFunction function;
    private @Nullable Boolean definesFunctions;
    private @Nullable Map<String, Boolean> globals;

    /**
     * @param function a compiled chunk
     */
    public LuaChunk(LuaFunction function) {
        this.function = function;
    }

    /** {@return the function that runs the chunk with the globals of the runtime} */
    public LuaFunction function() {
        return function;
    }

    /**
     * {@return whether the chunk's own code defines functions}
     *
     * @throws LuaClosedException if the runtime was closed
     */
    public boolean definesFunctions() {
        Boolean known = definesFunctions;
        if (known == null) {
            known = function.runtime().state.calls().definesFunctions(function.ref);
            definesFunctions = known;
        }
        return known;
    }

    /**
     * {@return the names of the global variables that the chunk and the functions in it read, as far as they are ASCII;
     * for each, whether it is read only before the chunk calls anything, metamethods aside, and before its first loop}
     *
     * @throws LuaClosedException if the runtime was closed
     */
    public Map<String, Boolean> globals() {
        Map<String, Boolean> known = globals;
        if (known == null) {
            known = readGlobals();
            globals = known;
        }
        return known;
    }

    private Map<String, Boolean> readGlobals() {
        Map<String, Boolean> names = new TreeMap<>();
        try (LuaTable table = (LuaTable) function.runtime().state.calls().globalNames(function.ref)) {
            for (Map.Entry<Object, Object> entry : table.entrySet()) {
                names.put(String.valueOf(entry.getKey()), (Boolean) entry.getValue());
            }
        }
        return names;
    }

    /**
     * Runs the chunk once with a table in the place of the global variables: names in it, in the functions that it
     * defines and in the code it loads mean fields of that table. Handles that come of it keep {@code owner} alive.
     *
     * @param globals a table of the chunk's runtime
     * @param owner what the globals need; may be null
     * @param arguments what {@code ...} is in the chunk
     * @return null, the result, or a list of the results
     */
    public @Nullable Object run(LuaTable globals, @Nullable Object owner, @Nullable Object... arguments) {
        return function.runtime().run(this, globals, owner, arguments);
    }
}
