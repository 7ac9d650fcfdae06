package io.github.lupa4j.interop;

import io.github.lupa4j.vm.Walk;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What Lua's operators, and its functions that go by metamethods, do with Java objects. */
public final class Operators {
    private Operators() {}

    public static Object length(Object object) {
        return Items.length(object);
    }

    public static boolean less(@Nullable Object a, @Nullable Object b) {
        return Arithmetic.compare(a, b) < 0 && !Arithmetic.isUnordered(a, b);
    }

    public static boolean lessOrEqual(@Nullable Object a, @Nullable Object b) {
        return Arithmetic.compare(a, b) <= 0 && !Arithmetic.isUnordered(a, b);
    }

    /** Exact arithmetic of BigInteger and BigDecimal; the result stays one. */
    public static Object arithmetic(char operator, @Nullable Object a, @Nullable Object b) {
        return Arithmetic.calculate(operator, a, b);
    }

    /** What {@code ..} joins. */
    public static String concatenated(@Nullable Object value) {
        if (value == null || value instanceof Boolean) {
            throw new UsageException("attempt to concatenate a " + (value == null ? "nil" : "boolean") + " value");
        }
        return text(value);
    }

    /** What {@code tostring} gives. An object's own text may be null, but Lua wants a string. */
    public static String text(@Nullable Object value) {
        String text = String.valueOf(value);
        return text == null ? "null" : text;
    }

    /** What {@code pairs} walks. */
    public static Walk pairs(Object object) {
        if (object instanceof Walk walk) {
            return walk;
        }
        return object instanceof Map<?, ?> map ? Walks.entries(map) : ipairs(object);
    }

    public static Walk ipairs(Object object) {
        if (Items.isSequence(object)) {
            return Walks.sequence(object);
        } else if (object instanceof Iterable<?> iterable) {
            return Walks.numbered(iterable);
        }
        throw new UsageException("a " + Words.typeName(object) + " has no items to walk");
    }
}
