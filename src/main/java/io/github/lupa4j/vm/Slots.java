package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;
import static io.github.lupa4j.vm.PlainWords.EXACT;
import static io.github.lupa4j.vm.PlainWords.FALSE;
import static io.github.lupa4j.vm.PlainWords.NIL;
import static io.github.lupa4j.vm.PlainWords.toNumber;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Java values in and out of a context's slots (see bridge.h). What is read must be read before the next
 * crossing, for the bytes and references in the slots are only good until then.
 */
final class Slots {
    private static final long PAYLOAD = (1L << 48) - 1;
    /** A Lua stack holds 65,500 values; some are needed for the call itself. */
    private static final int MAX_VALUES = 65_000;

    private final LuaState state;
    private final long context;
    private final Host host;
    private final StringCodec codec;
    private final ObjectTable objects;
    private final int[] released = new int[64];
    private final ByteBuffer block;
    private final LongBuffer words;
    private final NameCache names = new NameCache();
    /** Whether the set that is being written has a number that the host is to replace. */
    private boolean replacing;

    private int textUsed;
    /** Bytes on their way to a short string. */
    private final byte[] scratch = new byte[128];

    Slots(LuaState state, long context, Host host, StringCodec codec, ObjectTable objects) {
        this.state = state;
        this.context = context;
        this.host = host;
        this.codec = codec;
        this.objects = objects;
        block = ((ByteBuffer) bridge_map(context)).order(ByteOrder.nativeOrder());
        words = block.slice(BRIDGE_OFFSET_SLOTS, 2 * BRIDGE_SLOTS * Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .asLongBuffer();
    }

    // -- Java to Lua ---------------------------------------------------------------------------------------------

    /** Starts a new set of values: text of an earlier one is overwritten. */
    void begin(int count) {
        textUsed = 0;
        replacing = false;
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
        if (replacing) {
            writeReplaced(values);
        }
    }

    /** Writes the one value of a new set. */
    void writeOne(@Nullable Object value) {
        begin(1);
        write(0, value);
        if (replacing) {
            writeReplaced(value);
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
            write(count, walk.key());
            write(count + 1, walk.value());
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
        if (replacing) {
            writeReplaced(first, second);
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
        if (replacing) {
            writeReplaced(Arrays.copyOfRange(values, from, from + count));
        }
        return count;
    }

    /**
     * Writes values of which some are too large for Lua numbers, and that the host replaces. Replacing may run a
     * script, which uses the slots: so it is done before anything is written that counts.
     */
    private void writeReplaced(@Nullable Object... values) {
        replacing = false;
        @Nullable Object[] replaced = values.clone();
        for (int i = 0; i < replaced.length; i++) {
            if (replaced[i] instanceof Long l && isLarge(l)) {
                Object value = host.onOverflow(l);
                replaced[i] = value instanceof Long large && isLarge(large) ? new LuaInt64(large) : value;
            }
        }
        begin(replaced.length);
        for (int i = 0; i < replaced.length; i++) {
            write(i, replaced[i]);
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

    private void writeOther(int slot, Object value) {
        Ref ref = host.toRef(value);
        if (ref != null) {
            words.put(2 * slot, PlainWords.ofReference(state.indexOf(ref)));
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

    private static boolean isLarge(long value) {
        return value < -EXACT || value > EXACT;
    }

    private void writeLong(int slot, long value) {
        if (!isLarge(value)) {
            words.put(2 * slot, Double.doubleToRawLongBits((double) value));
        } else if (host.replacesOverflow()) {
            replacing = true;
        } else {
            writeInt64(slot, value);
        }
    }

    private void writeInt64(int slot, long value) {
        words.put(2 * slot, (long) BRIDGE_TAG_INT64 << 48);
        words.put(2 * slot + 1, value);
    }

    /** Writes a string given as bytes. */
    void writeBytes(int slot, byte[] bytes) {
        int length = bytes.length;
        if (length <= BRIDGE_TEXT_SIZE - textUsed) {
            block.put(BRIDGE_OFFSET_TEXT + textUsed, bytes, 0, length);
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
        words.put(2 * slot, (long) BRIDGE_TAG_OBJECT << 48 | objects.payloadOf(object));
    }

    // -- Lua to Java ---------------------------------------------------------------------------------------------

    /** Nothing, the value, or a list of the first {@code count} slots. */
    @Nullable
    Object results(int count) {
        if (count == 1) {
            return read(0);
        }
        return count == 0 ? null : new ResultList(readAll(count));
    }

    @Nullable
    Object[] readAll(int count) {
        return read(0, count);
    }

    /** The values of the slots from {@code first}. */
    @Nullable
    Object[] read(int first, int count) {
        return StandIn.resolveAll(readRaw(first, count), 0);
    }

    /** The same, stand-ins not resolved. */
    @Nullable
    Object[] readRaw(int first, int count) {
        return readRaw(first, count, false);
    }

    /** The same; if bytes are welcome, too, a string that is no text is a {@link ByteString}. */
    @Nullable
    Object[] readRaw(int first, int count, boolean orBytes) {
        @Nullable Object[] values = new Object[count];
        RuntimeException failure = null;
        for (int i = 0; i < count; i++) {
            try {
                values[i] = orBytes && isString(first + i) ? textOrBytes(first + i) : readRaw(first + i);
            } catch (RuntimeException e) {
                failure = e; // The others are read all the same: references among them are ours to give back.
            }
        }
        if (failure != null) {
            throw failure;
        }
        return values;
    }

    @Nullable
    Object read(int slot) {
        return StandIn.resolve(readRaw(slot));
    }

    /** The values of the slots from {@code first} as arguments of a call. */
    @Nullable
    Object[] readArguments(int first, int count, boolean orBytes) {
        @Nullable Object[] values = readRaw(first, count, orBytes);
        for (int i = 0; i < count; i++) {
            if (values[i] instanceof StandIn standIn) {
                values[i] = standIn.argument();
            }
        }
        return values;
    }

    private Object textOrBytes(int slot) {
        byte[] bytes = readBytes(slot);
        String text = codec.decodeMessage(bytes);
        return codec.isRaw() ? bytes : codec.isExact(bytes, text) ? text : new ByteString(bytes, codec);
    }

    /** The values of the slots from {@code first}, strings as bytes. */
    @Nullable
    Object[] readWithBytes(int first, int count) {
        @Nullable Object[] values = new Object[count];
        for (int i = 0; i < count; i++) {
            int tag = (int) (words.get(2 * (first + i)) >>> 48);
            boolean isString = tag == BRIDGE_TAG_STRING || tag == BRIDGE_TAG_LONG_STRING;
            values[i] = isString ? readBytes(first + i) : read(first + i);
        }
        return values;
    }

    private @Nullable Object readRaw(int slot) {
        long word = words.get(2 * slot);
        if (Long.compareUnsigned(word, NIL) < 0) {
            return toNumber(word);
        }
        return switch ((int) (word >>> 48)) {
            case BRIDGE_TAG_NIL -> null;
            case BRIDGE_TAG_BOOLEAN -> (word & 1) != 0;
            case BRIDGE_TAG_STRING -> codec.isRaw() ? shortBytes(word) : string(word);
            case BRIDGE_TAG_LONG_STRING -> codec.toValue(longBytes(slot, word));
            case BRIDGE_TAG_REFERENCE ->
                host.toHandle(Kind.of((int) ((word & PAYLOAD) >>> 40)), (int) word, words.get(2 * slot + 1));
            case BRIDGE_TAG_OBJECT -> objects.get((int) word);
            default -> int64(words.get(2 * slot + 1), (word & 1) != 0);
        };
    }

    /** The word of a slot. */
    long word(int slot) {
        return words.get(2 * slot);
    }

    /** A reference to a string that has crossed before, or 0. */
    int reference(String string) {
        return state.strings.get(string);
    }

    /** Puts a word that needs nothing else into the first slot. */
    void putWord(long word) {
        words.put(0, word);
    }

    /** Whether one of the first slots holds a string. */
    boolean hasString(int count) {
        for (int i = 0; i < count; i++) {
            if (isString(i)) {
                return true;
            }
        }
        return false;
    }

    boolean isString(int slot) {
        return isString(words.get(2 * slot));
    }

    /** A slot that holds a string, of a runtime whose strings are text. */
    String stringAt(int slot) {
        long word = words.get(2 * slot);
        return (int) (word >>> 48) == BRIDGE_TAG_STRING ? string(word) : codec.decode(longBytes(slot, word));
    }

    private static boolean isString(long word) {
        int tag = (int) (word >>> 48);
        return tag == BRIDGE_TAG_STRING || tag == BRIDGE_TAG_LONG_STRING;
    }

    /** An error value: no policy makes a string of it fail. */
    @Nullable
    Object readError(int slot) {
        boolean text = isString(words.get(2 * slot)) && !codec.isRaw();
        return text ? codec.decodeMessage(readBytes(slot)) : read(slot);
    }

    /** The text of a slot, or null when it holds no string. */
    @Nullable
    String readText(int slot) {
        return isString(words.get(2 * slot)) ? codec.decodeMessage(readBytes(slot)) : null;
    }

    /** The bytes of a slot that holds a string. */
    byte[] readBytes(int slot) {
        long word = words.get(2 * slot);
        return (int) (word >>> 48) == BRIDGE_TAG_STRING ? shortBytes(word) : longBytes(slot, word);
    }

    /** The reference in a slot, 0 if there is none. */
    int readReference(int slot) {
        long word = words.get(2 * slot);
        return word >>> 48 == BRIDGE_TAG_REFERENCE ? (int) word : 0;
    }

    /** A slot that holds a small whole number. */
    int readInt(int slot) {
        return (int) Double.longBitsToDouble(words.get(2 * slot));
    }

    private static Object int64(long bits, boolean unsigned) {
        return unsigned && bits < 0 ? new BigInteger(Long.toUnsignedString(bits)) : (Object) bits;
    }

    private String string(long word) {
        int length = (int) (word & 0xFFFFFF);
        int at = BRIDGE_OFFSET_TEXT + (int) ((word & PAYLOAD) >>> 24);
        if (length > NameCache.LONGEST) {
            return decode(at, length);
        }
        long first = block.getLong(at);
        long second = length < 8 ? 0 : block.getLong(at + 8);
        long third = length < 16 ? 0 : block.getLong(at + 16);
        long fourth = length < 24 ? 0 : block.getLong(at + 24);
        String known = names.get(length, first, second, third, fourth);
        if (known == null) {
            known = decode(at, length);
            names.put(length, first, second, third, fourth, known);
        }
        return known;
    }

    private String decode(int at, int length) {
        byte[] bytes = length <= scratch.length ? scratch : new byte[length];
        block.get(at, bytes, 0, length);
        return codec.decode(bytes, length);
    }

    private byte[] shortBytes(long word) {
        byte[] bytes = new byte[(int) (word & 0xFFFFFF)];
        block.get(BRIDGE_OFFSET_TEXT + (int) ((word & PAYLOAD) >>> 24), bytes, 0, bytes.length);
        return bytes;
    }

    private byte[] longBytes(int slot, long word) {
        long length = word & PAYLOAD;
        if (length > Integer.MAX_VALUE - 16) {
            throw new IllegalStateException("a Lua string of " + length + " bytes is too long for Java");
        }
        byte[] bytes = new byte[(int) length];
        bridge_copy(words.get(2 * slot + 1), bytes, bytes.length);
        return bytes;
    }

    // -- The block's header ----------------------------------------------------------------------------------------

    int traceSize() {
        return block.getInt(BRIDGE_OFFSET_TRACE);
    }

    /** Whether the state has used up its instructions. */
    boolean isExhausted() {
        return block.getInt(BRIDGE_OFFSET_EXHAUSTED) != 0;
    }

    /** Whether memory was refused, and no collection of the whole state has made room since. */
    boolean wasMemoryRefused() {
        return block.getInt(BRIDGE_OFFSET_REFUSED) != 0;
    }

    boolean yielded() {
        return block.getInt(BRIDGE_OFFSET_YIELDED) != 0;
    }

    /** What Lua code that has returned to Java asks; 0 to invoke something. */
    int request() {
        return block.getInt(BRIDGE_OFFSET_REQUEST);
    }

    int requestCount() {
        return block.getInt(BRIDGE_OFFSET_COUNT);
    }

    int requestMember() {
        return block.getInt(BRIDGE_OFFSET_MEMBER);
    }

    int requestObject() {
        return block.getInt(BRIDGE_OFFSET_OBJECT);
    }

    /** Forgets the objects that Lua has collected. */
    void releaseObjects() {
        while (block.getInt(BRIDGE_OFFSET_RELEASED) > 0) {
            int count = bridge_released(context, released);
            for (int i = 0; i < count; i++) {
                objects.release(released[i]);
            }
        }
    }
}
