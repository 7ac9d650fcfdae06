package io.github.lupa4j.interop;

import io.github.lupa4j.vm.LuaInt64;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** {@code java.cast} and {@code java.tolong}. */
final class Casts {
    private static final BigInteger MIN = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

    private Casts() {}

    /**
     * The value as one of the type. As in Java, a cast to a whole type drops a fraction, and one to a real type rounds;
     * but a number out of the type's range is an error.
     *
     * @return a plain value if calls take that for one of the type anyway; else one that says what it is
     * @throws UsageException when it cannot be one
     */
    static @Nullable Object cast(@Nullable Object value, Class<?> type, Converter converter) {
        Object number = isWhole(type) ? whole(value) : isReal(type) ? real(value, type) : character(value, type);
        Object converted = converter.tryConvert(number, type, type);
        if (converted == Converter.MISFIT) {
            throw new UsageException(Words.describe(value) + " cannot be converted to " + type.getTypeName());
        }
        boolean plain = converted != null
                && (type.isPrimitive() || type == Boolean.class || !(converted instanceof Number))
                && isPlain(converted, type);
        return plain ? converted : new Typed(converted, type);
    }

    /** A number as the character of that code, if that is what it is cast to. */
    private static @Nullable Object character(@Nullable Object value, Class<?> type) {
        boolean toCharacter = type == char.class || type == Character.class;
        return toCharacter && value instanceof Integer code && code == (char) code.intValue()
                ? (Object) (char) code.intValue()
                : value;
    }

    private static boolean isWhole(Class<?> type) {
        return type == int.class
                || type == long.class
                || type == short.class
                || type == byte.class
                || type == Integer.class
                || type == Long.class
                || type == Short.class
                || type == Byte.class
                || type == BigInteger.class;
    }

    private static boolean isReal(Class<?> type) {
        return type == double.class || type == Double.class || type == float.class || type == Float.class;
    }

    /** A number of any digits as the nearest one of the type; itself if that would be infinite. */
    private static @Nullable Object real(@Nullable Object value, Class<?> type) {
        if (value instanceof Character c) {
            return (int) c;
        }
        if (value instanceof BigInteger || value instanceof BigDecimal) {
            Number number = (Number) value;
            Number nearest =
                    Fit.box(type) == Float.class ? (Number) number.floatValue() : (Number) number.doubleValue();
            return Double.isInfinite(nearest.doubleValue()) ? value : nearest;
        }
        return value;
    }

    /** A number without its fraction. */
    private static @Nullable Object whole(@Nullable Object value) {
        if (value instanceof Character c) {
            return (int) c;
        }
        if (!(value instanceof Number number) || value instanceof Integer || value instanceof Long) {
            return value;
        }
        if (number instanceof Double || number instanceof Float) {
            double real = number.doubleValue();
            if (Double.isNaN(real) || Double.isInfinite(real)) {
                return value;
            }
        }
        BigInteger exact = exact(number);
        return isLong(exact) ? narrowest(exact.longValue()) : exact;
    }

    private static Object narrowest(long value) {
        return value == (int) value ? (Object) (int) value : (Object) value;
    }

    private static BigInteger exact(Number number) {
        if (number instanceof BigInteger integer) {
            return integer;
        }
        if (number instanceof BigDecimal decimal) {
            return decimal.toBigInteger();
        }
        return number instanceof Double || number instanceof Float
                ? new BigDecimal(number.doubleValue()).toBigInteger()
                : BigInteger.valueOf(number.longValue());
    }

    private static boolean isLong(BigInteger value) {
        return value.compareTo(MIN) >= 0 && value.compareTo(MAX) <= 0;
    }

    /** Whether a value of the type comes back from Lua as one of the type. */
    private static boolean isPlain(Object value, Class<?> type) {
        if (value instanceof Integer || value instanceof Boolean) {
            return true;
        }
        if (value instanceof Long number) {
            return number != number.intValue();
        }
        if (value instanceof Double number) {
            double d = number;
            return d != (long) d || Math.abs(d) > 1L << 53 || (d == 0 && 1 / d < 0);
        }
        if (value instanceof Number || value instanceof Character) {
            return false;
        }
        // What Lua implements, and lambdas, are of classes that were made for their interfaces.
        return value.getClass() == type || value.getClass().isHidden() || value instanceof Proxy;
    }

    /**
     * A whole number as an int64_t.
     *
     * @throws UsageException unless the value is one, or the text of one, in range
     */
    static LuaInt64 toLong(@Nullable Object value) {
        try {
            if (value instanceof byte[] raw) {
                return toLong(new String(raw, StandardCharsets.UTF_8));
            }
            if (value instanceof String text) {
                return new LuaInt64(
                        new BigDecimal(text.strip()).toBigIntegerExact().longValueExact());
            }
            if (value instanceof Double || value instanceof Float) {
                return new LuaInt64(new BigDecimal(((Number) value).doubleValue()).longValueExact());
            }
            if (value instanceof BigDecimal decimal) {
                return new LuaInt64(decimal.longValueExact());
            }
            if (value instanceof BigInteger integer) {
                return new LuaInt64(integer.longValueExact());
            }
            if (value instanceof Number number) {
                return new LuaInt64(number.longValue());
            }
        } catch (ArithmeticException | NumberFormatException e) {
            // Not whole, not a number or too large: told below.
        }
        throw new UsageException("java.tolong takes a whole number of 64 bits, not " + Words.describe(value));
    }
}
