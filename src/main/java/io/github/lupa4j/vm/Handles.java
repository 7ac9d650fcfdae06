package io.github.lupa4j.vm;

import org.jspecify.annotations.Nullable;

/** The references behind handles, for all that are not in the package of these. */
public abstract class Handles {
    private static @Nullable Handles known;

    /** Tells how to find the references, before there is any handle. */
    public static void set(Handles handles) {
        known = handles;
    }

    /** The reference behind a handle; null for any other object. */
    public static @Nullable Ref ref(@Nullable Object value) {
        return known == null ? null : known.find(value);
    }

    protected abstract @Nullable Ref find(@Nullable Object value);
}
