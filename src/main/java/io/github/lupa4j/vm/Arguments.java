package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;
import static io.github.lupa4j.vm.PlainWords.NIL;

import org.jspecify.annotations.Nullable;

/**
 * The arguments of a script's call as they lie in the slots, before any object was made of them; and its result on the
 * way back, as a word. Good until Java does anything else with the state. Not thread-safe.
 */
public final class Arguments {
    /** In place of a result: the arguments are of other kinds; nothing was called. */
    public static final long MISFIT = PlainWords.inSlots(BRIDGE_FAILED_MISSING);

    private final LuaState state;
    private final Host host;
    private final Slots slots;
    private final ObjectTable objects;
    private final boolean raw;

    Arguments(LuaState state, Host host, ObjectTable objects) {
        this.state = state;
        this.host = host;
        this.objects = objects;
        slots = state.slots;
        raw = state.codec().isRaw();
    }

    // -- Kinds ---------------------------------------------------------------------------------------------------

    public boolean isNumber(int index) {
        return Long.compareUnsigned(slots.word(index), NIL) < 0;
    }

    /** Whether it is a number that comes as an Integer. */
    public boolean isInt(int index) {
        return PlainWords.isInt(slots.word(index));
    }

    /** Whether it is a number that comes as an Integer or Long. */
    public boolean isWhole(int index) {
        return PlainWords.isWhole(slots.word(index));
    }

    public boolean isBoolean(int index) {
        return slots.word(index) >>> 48 == BRIDGE_TAG_BOOLEAN;
    }

    /** Whether it is a string that comes as a String. */
    public boolean isString(int index) {
        return !raw && slots.isString(index);
    }

    public boolean isNil(int index) {
        return slots.word(index) == NIL;
    }

    /** Whether it comes as it is where any object is taken: a number, boolean, String, object or null. */
    public boolean isAny(int index) {
        return isNumber(index) || isNil(index) || isBoolean(index) || isString(index) || object(index) != null;
    }

    /** Whether all of them do; strings only for who takes text alone. */
    public boolean areAny(int count, boolean forText) {
        for (int i = 0; i < count; i++) {
            if (!isAny(i) || (slots.isString(i) && !forText)) {
                return false;
            }
        }
        return true;
    }

    /** The Java object that it is; null if it is none, or stands for something else. */
    public @Nullable Object object(int index) {
        long word = slots.word(index);
        if (word >>> 48 != BRIDGE_TAG_OBJECT) {
            return null;
        }
        Object object = objects.get((int) word);
        return object instanceof StandIn ? null : object;
    }

    // -- Values, of which the kind is known ----------------------------------------------------------------------

    public int intAt(int index) {
        return (int) Double.longBitsToDouble(slots.word(index));
    }

    public long longAt(int index) {
        return (long) Double.longBitsToDouble(slots.word(index));
    }

    public double doubleAt(int index) {
        return Double.longBitsToDouble(slots.word(index));
    }

    public boolean booleanAt(int index) {
        return (slots.word(index) & 1) != 0;
    }

    public @Nullable String stringAt(int index) {
        return isNil(index) ? null : slots.stringAt(index);
    }

    public @Nullable Object objectAt(int index) {
        return isNil(index) ? null : objects.get((int) slots.word(index));
    }

    public @Nullable Object anyAt(int index) {
        return slots.read(index);
    }

    /** All of them. */
    public @Nullable Object[] values(int count) {
        return slots.readAll(count);
    }

    // -- Results -------------------------------------------------------------------------------------------------

    public static long resultOf(int value) {
        return Double.doubleToRawLongBits(value);
    }

    public static long resultOf(double value) {
        return Double.doubleToLongBits(value);
    }

    public static long resultOf(boolean value) {
        return value ? PlainWords.FALSE | 1 : PlainWords.FALSE;
    }

    public static long resultOfNothing() {
        return NIL;
    }

    public long resultOf(long value) {
        return PlainWords.isExact(value) ? Double.doubleToRawLongBits((double) value) : inSlots(value);
    }

    public long resultOf(@Nullable Object value) {
        long word = PlainWords.of(value);
        if (word != PlainWords.OTHER) {
            return word;
        }
        if (value instanceof String string) {
            return resultOfString(string);
        }
        if (value != null && state.takes(BRIDGE_GIVES_OBJECTS) && slots.isObject(value)) {
            return slots.objectWord(value);
        }
        return inSlots(value);
    }

    private long resultOfString(String value) {
        int known = slots.reference(value);
        if (known != 0) {
            return PlainWords.ofReference(known);
        }
        long word = state.takes(BRIDGE_GIVES_TEXTS) ? slots.writeText(value) : PlainWords.OTHER;
        return word != PlainWords.OTHER ? word : inSlots(value);
    }

    private long inSlots(@Nullable Object value) {
        state.setInLeaf(false); // The method has ended.
        state.leaveTrace(); // Which can use the slots.
        return PlainWords.inSlots(slots.writeResult(host.toResult(value)));
    }
}
