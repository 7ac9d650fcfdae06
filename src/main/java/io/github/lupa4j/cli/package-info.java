/**
 * The {@code lupa4j} command: Lua 5.1's {@code lua} on a {@link io.github.lupa4j.LuaRuntime}. {@code Main} is the
 * process, {@code Options} its arguments, {@code Interpreter} what it does, {@code Repl} the interactive mode.
 */
package io.github.lupa4j.cli;
