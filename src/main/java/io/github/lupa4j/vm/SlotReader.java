package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;
import static io.github.lupa4j.vm.PlainWords.NIL;
import static io.github.lupa4j.vm.PlainWords.toNumber;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Values that came from Lua, out of a context's slots. They must be read before the next crossing, for the bytes and
 * references in the slots are only good until then.
 */
class SlotReader extends Block {
    /** More slots of entries are those of a large table: its keys are no names, and would take the place of some. */
    private static final int FEW_ENTRIES = 128;

    /** Of so many strings that are found among the names, one is noted. */
    private static final int NOTED = 64;

    private static final long PAYLOAD = (1L << 48) - 1;
    /** The bits that no ASCII character has, in each byte of a word. */
    private static final long NO_ASCII = 0x8080808080808080L;

    final Host host;
    final StringCodec codec;
    private final StringCache strings;
    private final NameCache names = new NameCache();
    private int found;

    /** Bytes on their way to a short string. */
    private final byte[] scratch = new byte[128];

    SlotReader(long context, Host host, StringCodec codec, StringCache strings, ObjectTable objects) {
        super(context, objects);
        this.strings = strings;
        this.host = host;
        this.codec = codec;
    }

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

    /** Keys and values by turns, stand-ins not resolved. */
    @Nullable
    Object[] readEntries(int count) {
        if (count <= FEW_ENTRIES) {
            return readRaw(0, count);
        }
        @Nullable Object[] entries = new Object[count];
        int slot = 0;
        try {
            for (; slot < count; slot++) {
                long word = words.get(2 * slot);
                boolean key = (slot & 1) == 0 && word >>> 48 == BRIDGE_TAG_STRING && !codec.isRaw();
                entries[slot] = key ? string(word, false) : readRaw(slot);
            }
        } catch (RuntimeException e) {
            readRaw(slot + 1, count - slot - 1); // References among them are ours to give back.
            throw e;
        }
        return entries;
    }

    private Object textOrBytes(int slot) {
        byte[] bytes = readBytes(slot);
        String text = codec.decodeAnyway(bytes);
        return codec.isRaw() ? bytes : codec.isExact(bytes, text) ? text : new ByteString(bytes, codec);
    }

    /** The values of the slots from {@code first}, strings as bytes. */
    @Nullable
    Object[] readWithBytes(int first, int count) {
        @Nullable Object[] values = new Object[count];
        for (int i = 0; i < count; i++) {
            values[i] = isString(first + i) ? readBytes(first + i) : read(first + i);
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
                isKnown(word)
                        ? strings.at((int) word)
                        : host.toHandle(Kind.of((int) ((word & PAYLOAD) >>> 40)), (int) word, readAddress(slot));
            case BRIDGE_TAG_OBJECT -> objects.get((int) word);
            default -> int64(words.get(2 * slot + 1), (word & 1) != 0);
        };
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

    /** A slot that holds a string, of a runtime whose strings are text. */
    String stringAt(int slot) {
        long word = words.get(2 * slot);
        if (isKnown(word)) {
            return strings.at((int) word);
        }
        return (int) (word >>> 48) == BRIDGE_TAG_STRING ? string(word) : codec.decode(longBytes(slot, word));
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
        if (isKnown(word)) {
            return codec.encode(strings.at((int) word));
        }
        return (int) (word >>> 48) == BRIDGE_TAG_STRING ? shortBytes(word) : longBytes(slot, word);
    }

    /** The reference in a slot, 0 if there is none. */
    int readReference(int slot) {
        long word = words.get(2 * slot);
        return word >>> 48 == BRIDGE_TAG_REFERENCE ? (int) word : 0;
    }

    /** The address of the object of that reference. */
    long readAddress(int slot) {
        return words.get(2 * slot + 1);
    }

    /** A slot that holds a small whole number. */
    int readInt(int slot) {
        return (int) Double.longBitsToDouble(words.get(2 * slot));
    }

    /** The id of the Java object in a slot. */
    int readObjectId(int slot) {
        return (int) words.get(2 * slot);
    }

    private static Object int64(long bits, boolean unsigned) {
        return unsigned && bits < 0 ? new BigInteger(Long.toUnsignedString(bits)) : (Object) bits;
    }

    private String string(long word) {
        return string(word, true);
    }

    /** The same; a string that comes once is not looked for among the names, and leaves no trace there. */
    private String string(long word, boolean again) {
        int length = (int) (word & 0xFFFFFF);
        int at = BRIDGE_OFFSET_TEXT + (int) ((word & PAYLOAD) >>> 24);
        if (length > NameCache.LONGEST) {
            return decode(at, length);
        }
        long first = block.getLong(at);
        long second = length < 8 ? 0 : block.getLong(at + 8);
        long third = length < 16 ? 0 : block.getLong(at + 16);
        long fourth = length < 24 ? 0 : block.getLong(at + 24);
        if (!again) {
            return decode(length, first, second, third, fourth);
        }
        long hash = NameCache.hash(length, first, second, third, fourth);
        String known = names.get(hash, length, first, second, third, fourth);
        if (known == null) {
            known = decode(length, first, second, third, fourth);
            names.put(hash, length, first, second, third, fourth, known);
        } else if (++found % NOTED == 0) {
            strings.note(known);
        }
        return known;
    }

    /** A string of which the words say all. */
    private String decode(int length, long first, long second, long third, long fourth) {
        putWords(scratch, first, second, third, fourth);
        boolean ascii = ((first | second | third | fourth) & NO_ASCII) == 0 && codec.hasAscii();
        return ascii ? StringCodec.ofAscii(scratch, length) : codec.decode(scratch, length);
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
}
