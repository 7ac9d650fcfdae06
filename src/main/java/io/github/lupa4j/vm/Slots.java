package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;
import static io.github.lupa4j.vm.PlainWords.FALSE;
import static io.github.lupa4j.vm.PlainWords.NIL;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Java values on their way to Lua, into a context's slots; the next crossing takes them. */
final class Slots extends SlotReader {
    /** A Lua stack holds 65,440 values; some are needed for the call itself. */
    private static final int MAX_VALUES = 65_000;

    private final LuaState state;
    /** Whether the set that is being written has a number that the host is to replace, or a function that rests. */
    private boolean unready;

    private int textUsed;

    Slots(LuaState state, long context, Host host, StringCodec codec, ObjectTable objects) {
        super(context, host, codec, state.strings, objects);
        this.state = state;
    }

    /** Starts a new set of values: text of an earlier one is overwritten. */
    void begin(int count) {
        textUsed = 0;
        unready = false;
        state.strings.giveBack();
        if (count > MAX_VALUES) {
            throw new IllegalArgumentException(
                    count + " values do not fit on a Lua stack (at most " + MAX_VALUES + "); pass them in a table");
        }
    }

    void writeAll(@Nullable Object[] values) {
        begin(values.length);
        for (int i = 0; i < values.length; i++) {
            write(i, values[i]);
        }
        if (unready) {
            writeReady(values);
        }
    }

    /** Writes the one value of a new set. */
    void writeOne(@Nullable Object value) {
        begin(1);
        write(0, value);
        if (unready) {
            writeReady(value);
        }
    }

    /** Writes keys and values of steps, as many as the text area has room for; gives the number of both. */
    int writeSteps(Walk walk, int most) {
        if (host.replacesOverflow()) {
            // Replacing may run a script, which uses the slots.
            boolean more = walk.advance();
            if (more) {
                writeTwo(walk.key(), walk.value());
            }
            return more ? 2 : 0;
        }
        begin(2 * most);
        int count = 0;
        while (count < 2 * most && (count == 0 || textUsed < BRIDGE_TEXT_SIZE - 128) && walk.advance()) {
            writeOnce(count, walk.key());
            writeOnce(count + 1, walk.value());
            if (unready) {
                if (count > 0) {
                    return count; // The walk comes to this step again.
                }
                writeTwo(walk.key(), walk.value());
                return 2;
            }
            count += 2;
        }
        return count;
    }

    /** Writes a result, or {@link Results}; gives their number. */
    int writeResult(@Nullable Object result) {
        if (result instanceof Results results) {
            writeAll(results.values());
            return results.values().length;
        }
        writeOne(result);
        return 1;
    }

    /** Writes an error value: no policy makes a string of it fail. */
    void writeError(@Nullable Object value) {
        if (value instanceof String text) {
            begin(1);
            writeBytes(0, codec.encodeName(text));
        } else {
            writeOne(value);
        }
    }

    /** Writes the two values of a new set. */
    void writeTwo(@Nullable Object first, @Nullable Object second) {
        begin(2);
        write(0, first);
        write(1, second);
        if (unready) {
            writeReady(first, second);
        }
    }

    /**
     * Writes values from an index on as a new set, by groups of so many, until there are {@code most} of them or the
     * text area is nearly full; at least one group.
     *
     * @return how many
     */
    int writeSome(@Nullable Object[] values, int from, int most, int group) {
        begin(most);
        int count = 0;
        while (count < most && (count == 0 || textUsed < BRIDGE_TEXT_SIZE - 128)) {
            for (int i = 0; i < group; i++) {
                write(count, values[from + count]);
                count++;
            }
        }
        if (unready) {
            writeReady(Arrays.copyOfRange(values, from, from + count));
        }
        return count;
    }

    /**
     * Writes values of which some are to be replaced or to be made anew first. That may run a script, which uses the slots:
     * so it is done before anything is written that counts.
     */
    private void writeReady(@Nullable Object... values) {
        unready = false;
        @Nullable Object[] replaced = values.clone();
        for (int i = 0; i < replaced.length; i++) {
            if (replaced[i] instanceof Long l && !PlainWords.isExact(l) && host.replacesOverflow()) {
                Object value = host.onOverflow(l);
                replaced[i] = value instanceof Long large && !PlainWords.isExact(large) ? new LuaInt64(large) : value;
            }
            makeReady(replaced[i]);
        }
        begin(replaced.length);
        for (int i = 0; i < replaced.length; i++) {
            write(i, replaced[i]);
        }
    }

    private void makeReady(@Nullable Object value) {
        Ref ref = Handles.ref(value);
        if (ref != null && ref.isAtRest()) {
            state.indexOfValue(ref);
        }
    }

    private void write(int slot, @Nullable Object value) {
        if (value instanceof Integer i) {
            words.put(2 * slot, Double.doubleToRawLongBits(i));
        } else if (value instanceof String s) {
            writeString(slot, s);
        } else if (value instanceof Double d) {
            words.put(2 * slot, Double.doubleToLongBits(d));
        } else if (value == null) {
            words.put(2 * slot, NIL);
        } else if (value instanceof Boolean b) {
            words.put(2 * slot, b ? FALSE | 1 : FALSE);
        } else if (value instanceof Long l) {
            writeLong(slot, l);
        } else {
            writeOther(slot, value);
        }
    }

    private void writeString(int slot, String value) {
        int ref = state.strings.get(value);
        if (ref != 0) {
            words.put(2 * slot, PlainWords.ofReference(ref));
        } else {
            writeBytes(slot, codec.encode(value));
        }
    }

    /** The same for a value that does not come again soon. */
    private void writeOnce(int slot, @Nullable Object value) {
        if (value instanceof String s) {
            writeBytes(slot, codec.encode(s));
        } else {
            write(slot, value);
        }
    }

    private void writeOther(int slot, Object value) {
        Ref ref = Handles.ref(value);
        if (ref != null && ref.isAtRest()) {
            unready = true;
        } else if (ref != null) {
            words.put(2 * slot, PlainWords.ofReference(state.indexOfValue(ref)));
        } else if (value instanceof Float || value instanceof Short || value instanceof Byte) {
            words.put(2 * slot, Double.doubleToLongBits(((Number) value).doubleValue()));
        } else if (value instanceof Character c) {
            writeBytes(slot, codec.encode(c.toString()));
        } else if (value instanceof LuaBytes string) {
            writeBytes(slot, string.bytes());
        } else if (codec.isRaw() && value instanceof byte[] string) {
            writeBytes(slot, string);
        } else if (value instanceof LuaInt64 number) {
            writeInt64(slot, number.value());
        } else {
            writeObject(slot, value instanceof Wrapped wrapped ? wrapped.object() : value);
        }
    }

    private void writeLong(int slot, long value) {
        if (PlainWords.isExact(value)) {
            words.put(2 * slot, Double.doubleToRawLongBits((double) value));
        } else if (host.replacesOverflow()) {
            unready = true;
        } else {
            writeInt64(slot, value);
        }
    }

    private void writeInt64(int slot, long value) {
        words.put(2 * slot, (long) BRIDGE_TAG_INT64 << 48);
        words.put(2 * slot + 1, value);
    }

    /** Writes the one string of a new set to the text area; gives its word, or OTHER if there is not so much room. */
    long writeText(String value) {
        byte[] bytes = codec.encode(value);
        if (bytes.length > BRIDGE_TEXT_SIZE || bytes.length == 0) {
            return PlainWords.OTHER;
        }
        putBytes(BRIDGE_OFFSET_TEXT, bytes, bytes.length);
        return PlainWords.OTHER | bytes.length;
    }

    /** Writes a string given as bytes. */
    void writeBytes(int slot, byte[] bytes) {
        int length = bytes.length;
        if (length <= BRIDGE_TEXT_SIZE - textUsed) {
            putBytes(BRIDGE_OFFSET_TEXT + textUsed, bytes, length);
            words.put(2 * slot, (long) BRIDGE_TAG_STRING << 48 | (long) textUsed << 24 | length);
            textUsed += length;
        } else {
            long address = bridge_stage(context, bytes, length);
            if (address == 0) {
                throw new OutOfMemoryError("no native memory for a string of " + length + " bytes");
            }
            words.put(2 * slot, (long) BRIDGE_TAG_LONG_STRING << 48 | length);
            words.put(2 * slot + 1, address);
        }
    }

    /** Writes a Java object that stays one in Lua, whatever its type. */
    void writeObject(int slot, Object object) {
        words.put(2 * slot, objectWord(object));
    }

    long objectWord(Object object) {
        return (long) BRIDGE_TAG_OBJECT << 48 | objects.payloadOf(object);
    }

    /** Whether a value that no word tells is surely an object in Lua. */
    boolean isObject(Object value) {
        return !(value instanceof Number || value instanceof Character || value instanceof byte[])
                && !(value instanceof LuaBytes || value instanceof LuaInt64 || value instanceof Wrapped)
                && Handles.ref(value) == null
                && host.toResult(value) == value;
    }

    /** A reference to a string that has crossed before, or 0. */
    int reference(String string) {
        return state.strings.get(string);
    }
}
