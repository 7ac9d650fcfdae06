package io.github.lupa4j.interop;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Numbers as arguments: which types they fit, and their values there. None loses anything without being asked. */
final class Numbers {
    /** What a whole number is widened to, nearest first. */
    private static final List<Class<?>> WIDER =
            List.of(byte.class, short.class, int.class, long.class, float.class, double.class);

    /** What a number can become besides, in this order. */
    private static final List<Class<?>> CONVERTIBLE = List.of(
            Integer.class,
            Long.class,
            Double.class,
            Float.class,
            int.class,
            long.class,
            double.class,
            float.class,
            short.class,
            Short.class,
            byte.class,
            Byte.class,
            BigInteger.class,
            BigDecimal.class);

    private Numbers() {}

    static @Nullable Class<?> unboxed(Class<?> type) {
        if (type == Integer.class) {
            return int.class;
        }
        if (type == Long.class) {
            return long.class;
        }
        if (type == Double.class) {
            return double.class;
        }
        if (type == Float.class) {
            return float.class;
        }
        if (type == Short.class) {
            return short.class;
        }
        if (type == Byte.class) {
            return byte.class;
        }
        if (type == Character.class) {
            return char.class;
        }
        return type == Boolean.class ? boolean.class : null;
    }

    /** How well a primitive type fits another, by Java's widening. */
    static int widening(Class<?> given, Class<?> type) {
        if (given == type) {
            return Fit.STRICT;
        }
        int from = given == char.class ? WIDER.indexOf(int.class) - 1 : WIDER.indexOf(given);
        int to = WIDER.indexOf(type);
        return from >= 0 && to > from ? Fit.STRICT | to - from : Fit.NONE;
    }

    static int fit(Number value, Class<?> type) {
        Class<?> primitive = unboxed(value.getClass());
        if (primitive != null && type.isPrimitive()) {
            int widened = widening(primitive, type);
            if (Fit.isPossible(widened)) {
                return widened;
            }
        } else if (type.isInstance(value)) {
            return primitive == null ? Fit.STRICT : Fit.LOOSE;
        }
        int at = CONVERTIBLE.indexOf(type);
        if (at < 0) {
            return Fit.NONE;
        }
        if (primitive == int.class && isWide(type)) {
            return Fit.CONVERTED | at;
        }
        return Fit.byValue(convert(value, type) == null ? Fit.NONE : Fit.CONVERTED | at);
    }

    private static boolean isWide(Class<?> type) {
        return type == Long.class
                || type == Double.class
                || type == Float.class
                || type == BigInteger.class
                || type == BigDecimal.class;
    }

    /** The number in that type, or null if it is not one of its values. The type is one that {@link #fit} allows. */
    static @Nullable Number convert(Number value, Class<?> type) {
        Class<?> wanted = Fit.box(type);
        if (wanted == Double.class) {
            return value instanceof BigInteger || value instanceof BigDecimal ? null : (Number) value.doubleValue();
        }
        if (wanted == Float.class) {
            return toFloat(value);
        }
        if (wanted == BigDecimal.class) {
            return toDecimal(value);
        }
        BigInteger whole = null;
        long bits;
        if (value instanceof Double || value instanceof Float) {
            double number = value.doubleValue();
            if (number != Math.rint(number) || Double.isInfinite(number)) {
                return null;
            }
            if (Math.abs(number) >= 0x1p63 && number != -0x1p63) {
                whole = new BigDecimal(number).toBigInteger();
            }
            bits = (long) number;
        } else if (value instanceof BigInteger integer) {
            whole = integer.bitLength() > 63 ? integer : null;
            bits = integer.longValue();
        } else if (unboxed(value.getClass()) != null) {
            bits = value.longValue();
        } else {
            return null;
        }
        if (wanted == BigInteger.class) {
            return whole != null ? whole : BigInteger.valueOf(bits);
        }
        return whole != null ? null : toWhole(bits, wanted);
    }

    private static @Nullable Number toWhole(long value, Class<?> wanted) {
        if (wanted == Long.class) {
            return value;
        }
        if (wanted == Integer.class) {
            return value == (int) value ? (Number) (int) value : null;
        }
        if (wanted == Short.class) {
            return value == (short) value ? (Number) (short) value : null;
        }
        return wanted == Byte.class && value == (byte) value ? (Number) (byte) value : null;
    }

    /** Rounding is what a float is for; what is beyond its range is no value of it. */
    private static @Nullable Number toFloat(Number value) {
        if (value instanceof BigInteger || value instanceof BigDecimal) {
            return null;
        }
        float narrow = value.floatValue();
        return Float.isInfinite(narrow) && !Double.isInfinite(value.doubleValue()) ? null : (Number) narrow;
    }

    private static @Nullable Number toDecimal(Number value) {
        if (value instanceof BigInteger integer) {
            return new BigDecimal(integer);
        }
        if (value instanceof Double || value instanceof Float) {
            double number = value.doubleValue();
            return Double.isNaN(number) || Double.isInfinite(number) ? null : BigDecimal.valueOf(number);
        }
        return BigDecimal.valueOf(value.longValue());
    }
}
