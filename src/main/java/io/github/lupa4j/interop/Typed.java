package io.github.lupa4j.interop;

import io.github.lupa4j.vm.StandIn;
import org.jspecify.annotations.Nullable;

/** A value that overloads see as one of a given type, as a cast in Java does it. Everywhere else it is the value. */
public final class Typed extends StandIn {
    private final @Nullable Object value;
    private final Class<?> type;

    /**
     * A value of a type.
     *
     * @param value an instance of the type, or null unless that is primitive
     */
    Typed(@Nullable Object value, Class<?> type) {
        this.value = value;
        this.type = type;
    }

    Class<?> type() {
        return type;
    }

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
