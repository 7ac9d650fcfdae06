/**
 * Lua for {@code javax.script}. {@link io.github.lupa4j.script.LuaScriptEngine} is a thin adapter on
 * {@link io.github.lupa4j.LuaRuntime}.
 */
package io.github.lupa4j.script;
