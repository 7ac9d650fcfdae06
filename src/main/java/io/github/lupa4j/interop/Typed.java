package io.github.lupa4j.interop;

import io.github.lupa4j.vm.StandIn;
import org.jspecify.annotations.Nullable;

/**
 * A value that overloads see as one of a given type, as a cast in Java does it. Everywhere else it is the value.
 *
 * @param value an instance of the type, or null unless that is primitive
 */
public record Typed(@Nullable Object value, Class<?> type) implements StandIn {
    @Override
    public @Nullable Object target() {
        return value;
    }

    /** Itself, for overloads to see. */
    @Override
    public Object argument() {
        return this;
    }

    /** The value itself, whether it has a type set or not. */
    public static @Nullable Object unwrap(@Nullable Object value) {
        return value instanceof Typed typed ? typed.value : value;
    }

    @Override
    public String toString() {
        return String.valueOf(value);
    }
}
