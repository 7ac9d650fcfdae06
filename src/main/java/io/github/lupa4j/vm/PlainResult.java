package io.github.lupa4j.vm;

import org.jspecify.annotations.Nullable;

/**
 * How the result of a call becomes a primitive value. That is passed on as the bits of a {@code long}: those of the double
 * it is equal to for the types double and float, of the number for all others; 1 is true.
 */
public abstract class PlainResult {
    /** As many arguments as the call can have. */
    public static final int FEW = PlainWords.FEW;

    private enum Kind {
        NOTHING,
        BOOLEAN,
        INT,
        LONG,
        DOUBLE,
        OTHER
    }

    private final Kind kind;
    private final int argumentCount;

    /**
     * @param type the class of the value, {@code void.class} for none
     * @param argumentCount the number of arguments of the call
     */
    protected PlainResult(Class<?> type, int argumentCount) {
        this.argumentCount = argumentCount;
        if (type == void.class) {
            kind = Kind.NOTHING;
        } else if (type == boolean.class) {
            kind = Kind.BOOLEAN;
        } else if (type == int.class) {
            kind = Kind.INT;
        } else if (type == long.class) {
            kind = Kind.LONG;
        } else {
            kind = type == double.class ? Kind.DOUBLE : Kind.OTHER;
        }
    }

    /**
     * The value, boxed, of a result that has to be converted.
     *
     * @param caller who called
     * @throws Throwable if it cannot be
     */
    protected abstract @Nullable Object boxed(@Nullable Object result, Object caller) throws Throwable;

    public final int argumentCount() {
        return argumentCount;
    }

    /** Whether {@link #bits(long)} can be had from a word. */
    final boolean fits(long word) {
        return switch (kind) {
            case NOTHING -> !PlainWords.isInSlots(word);
            case BOOLEAN -> (word & ~1L) == PlainWords.FALSE;
            case INT -> PlainWords.isInt(word);
            case LONG -> PlainWords.isWhole(word);
            case DOUBLE -> PlainWords.isNumber(word);
            case OTHER -> false;
        };
    }

    final long bits(long word) {
        return switch (kind) {
            case BOOLEAN -> word & 1;
            case INT, LONG -> (long) Double.longBitsToDouble(word);
            default -> word;
        };
    }

    /** The bits of a result for which there was no word, or not the right one. */
    final long bits(@Nullable Object result, Object caller) throws Throwable {
        return toBits(boxed(result, caller));
    }

    /** The bits of a boxed value; of null none that matter. */
    public static long toBits(@Nullable Object value) {
        if (value instanceof Double || value instanceof Float) {
            return Double.doubleToRawLongBits(((Number) value).doubleValue());
        }
        if (value instanceof Number number) {
            return number.longValue();
        }
        if (value instanceof Character character) {
            return character;
        }
        return Boolean.TRUE.equals(value) ? 1 : 0;
    }
}
