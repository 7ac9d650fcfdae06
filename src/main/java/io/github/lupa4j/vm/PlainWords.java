package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import org.jspecify.annotations.Nullable;

/**
 * Values of which one word says all: numbers that a double holds, booleans and null. A few of them cross as
 * parameters of the native call itself, which is faster than by the slots.
 */
final class PlainWords {
    static final long NIL = (long) BRIDGE_TAG_NIL << 48;
    static final long FALSE = (long) BRIDGE_TAG_BOOLEAN << 48;
    /** Doubles hold every whole number up to here. */
    static final long EXACT = 1L << 53;

    /** The word of nothing that is plain. */
    static final long OTHER = (long) BRIDGE_TAG_STRING << 48;

    private static final long ASKING = inSlots(BRIDGE_ASKING);

    /** As many as the native calls have parameters for. */
    static final int FEW = 3;

    private PlainWords() {}

    /** The word of an argument, if there are so many; {@link #arePlain} tells whether it is one. */
    static long of(@Nullable Object[] values, int index) {
        return index < values.length ? of(values[index]) : NIL;
    }

    static long of(@Nullable Object value) {
        if (value instanceof Integer i) {
            return Double.doubleToRawLongBits(i);
        }
        if (value instanceof Double d) {
            return Double.doubleToLongBits(d);
        }
        if (value == null) {
            return NIL;
        }
        return value instanceof Boolean b ? (b ? FALSE | 1 : FALSE) : OTHER;
    }

    static long ofReference(int reference) {
        return (long) BRIDGE_TAG_REFERENCE << 48 | reference;
    }

    /** Whether the first arguments are plain, by their words, and there are no more. */
    static boolean arePlain(int count, long word0, long word1, long word2) {
        return count <= FEW && word0 != OTHER && word1 != OTHER && word2 != OTHER;
    }

    static @Nullable Object toValue(long word) {
        if (isNumber(word)) {
            return toNumber(word);
        }
        return word == NIL ? null : (Object) ((word & 1) != 0);
    }

    static boolean isNumber(long word) {
        return Long.compareUnsigned(word, NIL) < 0;
    }

    /** The narrowest of Integer, Long and Double that loses nothing. */
    static Object toNumber(long word) {
        double value = Double.longBitsToDouble(word);
        if (isInt(word)) {
            return (int) value;
        }
        return isWhole(word) ? (Object) (long) value : (Object) value;
    }

    /** Whether a number is an Integer to Java; negative zero is none. */
    static boolean isInt(long word) {
        double value = Double.longBitsToDouble(word);
        int narrow = (int) value;
        return narrow == value && (narrow != 0 || word == 0);
    }

    /** Whether a number is an Integer or Long to Java. */
    static boolean isWhole(long word) {
        double value = Double.longBitsToDouble(word);
        long wide = (long) value;
        return wide == value && isExact(wide) && (wide != 0 || word == 0);
    }

    /** Whether a number of Lua holds it. */
    static boolean isExact(long value) {
        return value >= -EXACT && value <= EXACT;
    }

    /** What a native call returns instead of a word when its results are in the slots. */
    static long inSlots(int count) {
        return (long) BRIDGE_RESULT_IN_SLOTS << 32 | (count & 0xFFFFFFFFL);
    }

    /** Whether Lua code that was called has returned to ask something. */
    static boolean isAsking(long word) {
        return word == ASKING || isCall(word);
    }

    /** Whether compiled code asks for a call: see {@link TraceCalls}. */
    static boolean isCall(long word) {
        return word >>> 48 == BRIDGE_TAG_OBJECT;
    }

    static boolean isInSlots(long word) {
        return (int) (word >>> 32) == BRIDGE_RESULT_IN_SLOTS;
    }
}
