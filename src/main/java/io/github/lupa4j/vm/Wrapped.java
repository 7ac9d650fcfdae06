package io.github.lupa4j.vm;

/** A Java object that stays one in Lua, whatever its type. */
public record Wrapped(Object object) {}
