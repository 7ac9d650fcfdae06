package io.github.lupa4j.vm;

import org.jspecify.annotations.Nullable;

/**
 * A Java object that stands for another value in Lua: where Java receives it, it receives that value. A class, for every
 * value that comes from Lua is asked whether it is one; of an interface the JVM cannot tell that at once.
 */
public abstract class StandIn {
    /** The value; may be null. */
    public abstract @Nullable Object target();

    /** What a call of Java gets as the argument. */
    public @Nullable Object argument() {
        return target();
    }

    /** The value that an object of Lua's stands for: itself, unless it is a stand-in. */
    public static @Nullable Object resolve(@Nullable Object value) {
        return value instanceof StandIn standIn ? standIn.target() : value;
    }

    /** Resolves the items of an array from an index on, in place. */
    public static @Nullable Object[] resolveAll(@Nullable Object[] values, int from) {
        for (int i = from; i < values.length; i++) {
            if (values[i] instanceof StandIn standIn) {
                values[i] = standIn.target();
            }
        }
        return values;
    }
}
