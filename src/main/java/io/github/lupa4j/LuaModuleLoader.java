package io.github.lupa4j;

import org.jspecify.annotations.Nullable;

/**
 * Gives scripts modules that are written in Java. Implementations are found by {@link java.util.ServiceLoader}, once for
 * each runtime, when {@code require} first comes to them: after {@code package.preload}, files, C libraries and
 * the class path.
 */
public interface LuaModuleLoader {
    /**
     * Makes a module. Called once for each runtime that requires it, on the thread that runs the script, with the
     * runtime's lock held.
     *
     * @param runtime the runtime, for tables and functions to be made
     * @param name the name that the script gives to {@code require}
     * @return what {@code require} returns, often a {@link LuaTable} of {@linkplain LuaRuntime#function functions}; null
     *     if this loader has no such module
     * @throws Exception if the module cannot be made; it is raised in Lua
     */
    @Nullable
    Object load(LuaRuntime runtime, String name) throws Exception;
}
