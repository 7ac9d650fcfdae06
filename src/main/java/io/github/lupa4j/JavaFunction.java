package io.github.lupa4j;

import org.jspecify.annotations.Nullable;

/** A Java function for scripts that takes its arguments as they come; see {@link LuaRuntime#function}. */
@FunctionalInterface
public interface JavaFunction {
    /**
     * Called by Lua, on the thread that runs the script, with the runtime's lock held.
     *
     * @param arguments what the script passes; the array belongs to the callee
     * @return the result; null for nil, {@link LuaResults} for any other number than one
     * @throws Exception raised in Lua, where {@code pcall} catches it as the wrapped exception
     */
    @Nullable
    Object call(@Nullable Object... arguments) throws Exception;
}
