/**
 * LuaJIT for the JVM.
 *
 * <p>{@link io.github.lupa4j.LuaRuntime} is the entry: it runs Lua code and gives Lua objects as Java objects.
 * Programs that use {@code javax.script} find the engine by the name "lua".
 */
package io.github.lupa4j;
