package io.github.lupa4j;

import org.jspecify.annotations.Nullable;

/** Several results, or none, of a {@link JavaFunction}: what Lua code would return as {@code return a, b}. */
public final class LuaResults {
    private final @Nullable Object[] values;

    private LuaResults(@Nullable Object[] values) {
        this.values = values;
    }

    /** These values, in this order. */
    public static LuaResults of(@Nullable Object... values) {
        return new LuaResults(values.clone());
    }

    @Nullable
    Object[] values() {
        return values;
    }
}
