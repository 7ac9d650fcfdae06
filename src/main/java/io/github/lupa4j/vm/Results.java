package io.github.lupa4j.vm;

import org.jspecify.annotations.Nullable;

/** Several results, or none, of a request. */
@SuppressWarnings("ArrayRecordComponent") // read at once, never compared
public record Results(@Nullable Object... values) {
    public static final Results NONE = new Results();
}
