package io.github.lupa4j.vm;

/** A number that is an int64_t in Lua, even if a Lua number could hold it. */
public record LuaInt64(long value) {}
