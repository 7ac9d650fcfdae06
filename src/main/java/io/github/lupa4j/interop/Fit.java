package io.github.lupa4j.interop;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaTable;
import io.github.lupa4j.LuaValue;
import io.github.lupa4j.vm.ByteString;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How well a value fits a type, as a number: a phase of {@link Overloads} and within it a rank, less being better.
 * Values of one rank are told apart by which type is a subtype of the other.
 */
final class Fit {
    /** Of the type already, or widened to it. */
    static final int STRICT = 0;
    /** Boxed. */
    static final int LOOSE = 0x100;
    /** Converted as only a script's values are. */
    static final int CONVERTED = 0x200;
    /** It does not fit, whatever its value. */
    static final int NONE = 0x800;

    /** Another value of the same class may fit differently. */
    private static final int BY_VALUE = 0x1000;

    private static final Map<Class<?>, Class<?>> BOXES = Map.of(
            boolean.class, Boolean.class,
            byte.class, Byte.class,
            short.class, Short.class,
            char.class, Character.class,
            int.class, Integer.class,
            long.class, Long.class,
            float.class, Float.class,
            double.class, Double.class,
            void.class, Void.class);

    private Fit() {}

    static int phase(int fit) {
        return fit >>> 8 & 0xF;
    }

    static int rank(int fit) {
        return fit & 0xFFF;
    }

    static boolean isPossible(int fit) {
        return (fit & NONE) == 0;
    }

    static boolean isByValue(int fit) {
        return (fit & BY_VALUE) != 0;
    }

    /** What depends on the value. */
    static int byValue(int fit) {
        return fit | BY_VALUE;
    }

    static Class<?> box(Class<?> type) {
        return type.isPrimitive() ? BOXES.getOrDefault(type, type) : type;
    }

    static int of(@Nullable Object value, Class<?> type, Converter converter) {
        if (value == null) {
            return type.isPrimitive() ? NONE : STRICT;
        }
        if (value instanceof LuaValue handle) {
            return ofHandle(handle, type, converter);
        }
        if (value instanceof Typed typed) {
            return ofTyped(typed, type);
        }
        if (value instanceof Number number) {
            return Numbers.fit(number, type);
        }
        if (value instanceof String text) {
            return type.isInstance(text) ? STRICT : Strings.fit(text, type, converter);
        }
        if (value instanceof ByteString bytes) {
            return type.isAssignableFrom(String.class) ? STRICT : Strings.fit(bytes.toString(), type, converter);
        }
        if (type.isPrimitive()) {
            if (box(type) == value.getClass()) {
                return STRICT;
            }
            return converter.isRawString(value) ? Strings.fit(converter.text(value), type, converter) : NONE;
        }
        if (type.isInstance(value)) {
            return value instanceof Boolean ? LOOSE : STRICT;
        }
        return converter.isRawString(value) ? Strings.fit(converter.text(value), type, converter) : NONE;
    }

    /** As the Java language has it for an expression of that type. */
    private static int ofTyped(Typed typed, Class<?> type) {
        Class<?> given = typed.type();
        if (given.isPrimitive()) {
            return type.isPrimitive()
                    ? Numbers.widening(given, type)
                    : type.isAssignableFrom(box(given)) ? LOOSE : NONE;
        }
        if (type.isAssignableFrom(given)) {
            return STRICT;
        }
        Class<?> unboxed = Numbers.unboxed(given);
        int fit = unboxed == null ? NONE : Numbers.widening(unboxed, type);
        return isPossible(fit) ? LOOSE | fit : NONE;
    }

    private static int ofHandle(LuaValue handle, Class<?> type, Converter converter) {
        if (type.isPrimitive()) {
            return NONE;
        }
        if (LuaValue.class.isAssignableFrom(type)) {
            return type.isInstance(handle) ? STRICT : NONE;
        }
        if (type == Object.class) {
            return LOOSE;
        }
        if (handle instanceof LuaFunction) {
            return FunctionalInterfaces.method(type) != null ? STRICT | 1 : NONE;
        }
        if (handle instanceof LuaTable table) {
            return Tables.fit(table, type, converter);
        }
        return type.isInstance(handle) ? STRICT : NONE;
    }
}
