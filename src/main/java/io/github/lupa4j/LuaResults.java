package io.github.lupa4j;

import org.jspecify.annotations.Nullable;

/** Several results, or none, of a {@link JavaFunction}: what Lua code would return as {@code return a, b}. Immutable. */
public final class LuaResults {
    private final @Nullable Object[] values;

    private LuaResults(@Nullable Object[] values) {
        this.values = values;
    }

    /**
     * {@return these values as results, in this order}
     *
     * @param values the values; the array is copied
     */
    public static LuaResults of(@Nullable Object... values) {
        return new LuaResults(values.clone());
    }

    @Nullable
    Object[] values() {
        return values;
    }
}
