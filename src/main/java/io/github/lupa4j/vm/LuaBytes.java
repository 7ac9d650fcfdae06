package io.github.lupa4j.vm;

/** A Lua string given as its bytes, whatever the state makes of strings and arrays otherwise. */
@SuppressWarnings("ArrayRecordComponent") // written at once, never compared
public record LuaBytes(byte[] bytes) {}
