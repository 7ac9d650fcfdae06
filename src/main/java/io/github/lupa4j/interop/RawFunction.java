package io.github.lupa4j.interop;

import io.github.lupa4j.JavaFunction;

/** A function that gets the stand-ins among its arguments as such, not what they stand for. */
@FunctionalInterface
public interface RawFunction extends JavaFunction {
    /** Whether it knows what to do with strings that are no text. */
    default boolean takesBytes() {
        return true;
    }
}
