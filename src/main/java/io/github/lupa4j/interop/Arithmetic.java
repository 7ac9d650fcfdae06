package io.github.lupa4j.interop;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic and order of wrapped numbers. Whole numbers of any kind give a BigInteger, unless they are divided, and
 * exact decimals a BigDecimal; with NaN or an infinity the result is a double.
 */
final class Arithmetic {
    private static final int LARGEST_POWER = 1_000_000;

    private Arithmetic() {}

    /** Whether one of them is the number that is neither less nor more than any. */
    static boolean isUnordered(@Nullable Object a, @Nullable Object b) {
        return isNaN(a) || isNaN(b);
    }

    private static boolean isNaN(@Nullable Object value) {
        return (value instanceof Double d && d.isNaN()) || (value instanceof Float f && f.isNaN());
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    static int compare(@Nullable Object a, @Nullable Object b) {
        if (a instanceof Number x && b instanceof Number y && isKnown(x) && isKnown(y)) {
            return isFinite(x) && isFinite(y)
                    ? decimal(x).compareTo(decimal(y))
                    : Double.compare(x.doubleValue(), y.doubleValue());
        }
        if (a instanceof Comparable comparable && b != null) {
            try {
                return comparable.compareTo(b);
            } catch (ClassCastException e) {
                throw new UsageException("cannot compare " + Words.describe(a) + " with " + Words.describe(b));
            }
        }
        throw new UsageException("cannot compare " + Words.describe(a) + " with " + Words.describe(b));
    }

    /** @param operator as Lua writes it, {@code _} for a change of sign */
    static Object calculate(char operator, @Nullable Object a, @Nullable Object b) {
        Number x = number(a);
        Number y = number(b);
        if (!isFinite(x) || !isFinite(y)) {
            return calculate(operator, x.doubleValue(), y.doubleValue());
        }
        if (!isExact(x) && !isExact(y)) {
            return calculatePlain(operator, x, y);
        }
        boolean negativePower = operator == '^' && decimal(y).signum() < 0;
        boolean whole = isWhole(x) && isWhole(y) && operator != '/' && !negativePower;
        return whole
                ? calculate(operator, decimal(x).toBigIntegerExact(), decimal(y).toBigIntegerExact())
                : calculate(operator, decimal(x), decimal(y));
    }

    /** Whether arithmetic on it stays exact, in numbers of Java's that Lua has none of. */
    private static boolean isExact(Number number) {
        return number instanceof BigInteger || number instanceof BigDecimal;
    }

    /** As Lua calculates, but whole numbers of 64 bits stay what they are. */
    private static Object calculatePlain(char operator, Number x, Number y) {
        if (!isWhole(x) || !isWhole(y) || operator == '/' || operator == '^') {
            return calculate(operator, x.doubleValue(), y.doubleValue());
        }
        if (operator == '%' && y.longValue() == 0) {
            return Double.NaN;
        }
        Object result = calculate(operator, BigInteger.valueOf(x.longValue()), BigInteger.valueOf(y.longValue()));
        return result instanceof BigInteger whole && whole.bitLength() < Long.SIZE
                ? (Object) whole.longValue()
                : result;
    }

    private static Number number(@Nullable Object value) {
        if (value instanceof Number number && isKnown(number)) {
            return number;
        }
        if (value instanceof String text) {
            try {
                return new BigDecimal(text.trim());
            } catch (NumberFormatException e) {
                throw notANumber(value);
            }
        }
        throw notANumber(value);
    }

    private static UsageException notANumber(@Nullable Object value) {
        return new UsageException("attempt to perform arithmetic on " + Words.describe(value));
    }

    private static Object calculate(char operator, double x, double y) {
        return switch (operator) {
            case '+' -> x + y;
            case '-' -> x - y;
            case '*' -> x * y;
            case '/' -> x / y;
            case '%' -> x - Math.floor(x / y) * y;
            case '^' -> Math.pow(x, y);
            default -> -x;
        };
    }

    private static Object calculate(char operator, BigInteger x, BigInteger y) {
        return switch (operator) {
            case '+' -> x.add(y);
            case '-' -> x.subtract(y);
            case '*' -> x.multiply(y);
            case '%' -> {
                // The result has the sign of the divisor, as in Lua.
                BigInteger rest = x.remainder(y);
                yield rest.signum() != 0 && rest.signum() != y.signum() ? rest.add(y) : rest;
            }
            case '^' -> x.pow(exponent(decimal(y)));
            default -> x.negate();
        };
    }

    private static Object calculate(char operator, BigDecimal x, BigDecimal y) {
        return switch (operator) {
            case '+' -> x.add(y);
            case '-' -> x.subtract(y);
            case '*' -> x.multiply(y);
            case '/' -> x.divide(y, MathContext.DECIMAL128);
            case '%' -> {
                BigDecimal rest = x.remainder(y);
                yield rest.signum() != 0 && rest.signum() != y.signum() ? rest.add(y) : rest;
            }
            case '^' -> power(x, y);
            default -> x.negate();
        };
    }

    private static Object power(BigDecimal x, BigDecimal y) {
        if (y.stripTrailingZeros().scale() > 0) {
            return Math.pow(x.doubleValue(), y.doubleValue());
        }
        int exponent = exponent(y);
        return exponent < 0 ? x.pow(exponent, MathContext.DECIMAL128) : x.pow(exponent);
    }

    private static int exponent(BigDecimal power) {
        if (power.abs().compareTo(BigDecimal.valueOf(LARGEST_POWER)) > 0) {
            throw new UsageException("the power " + power + " is too large; at most " + LARGEST_POWER + " is exact");
        }
        return power.intValueExact();
    }

    private static boolean isKnown(Number number) {
        return number instanceof BigInteger
                || number instanceof BigDecimal
                || Numbers.unboxed(number.getClass()) != null;
    }

    private static boolean isWhole(Number number) {
        if (number instanceof Double || number instanceof Float) {
            return number.doubleValue() == Math.rint(number.doubleValue());
        }
        return !(number instanceof BigDecimal);
    }

    private static boolean isFinite(Number number) {
        return !(number instanceof Double || number instanceof Float) || Double.isFinite(number.doubleValue());
    }

    private static BigDecimal decimal(Number number) {
        if (number instanceof BigDecimal decimal) {
            return decimal;
        }
        if (number instanceof BigInteger integer) {
            return new BigDecimal(integer);
        }
        if (number instanceof Double || number instanceof Float) {
            // 0.1 means a tenth to whoever writes it; what it is exactly has 55 digits.
            double value = number.doubleValue();
            return isWhole(number) ? new BigDecimal(value) : BigDecimal.valueOf(value);
        }
        return BigDecimal.valueOf(number.longValue());
    }
}
