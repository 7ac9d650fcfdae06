package io.github.lupa4j.vm;

import org.jspecify.annotations.Nullable;

/** Null as a value in Lua, where nil would be the absence of one. Java reads it as null. */
public final class None extends StandIn {
    public static final None NONE = new None();

    private None() {}

    /** The value, or {@link #NONE} in place of null. */
    public static Object unlessPresent(@Nullable Object value) {
        return value == null ? NONE : value;
    }

    @Override
    public @Nullable Object target() {
        return null;
    }

    @Override
    public String toString() {
        return "null";
    }
}
