package io.github.lupa4j;

import org.jspecify.annotations.Nullable;

/** A Lua function that Java can call. */
public final class LuaFunction extends LuaValue {
    LuaFunction(LuaRuntime runtime, int index, long identity) {
        super(runtime, LuaType.FUNCTION, index, identity);
    }

    /** Whether the function's own code defines functions; false for one that is not written in Lua. */
    public boolean definesFunctions() {
        return runtime.state.definesFunctions(ref);
    }

    /**
     * Calls the function.
     *
     * @return null for no result, the result, or an unmodifiable list of several
     * @throws LuaException when the function fails
     */
    public @Nullable Object call(@Nullable Object... arguments) {
        return runtime.state.call(ref, arguments);
    }
}
