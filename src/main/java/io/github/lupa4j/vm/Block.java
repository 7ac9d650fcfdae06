package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/** The block of memory that a context shares with Java, see bridge.h: its header, and slots as words. */
class Block {
    /** Up to so many bytes, a call that copies takes longer than the words. */
    private static final int SHORT = 64;

    final long context;
    final ByteBuffer block;
    final LongBuffer words;
    final ObjectTable objects;
    private final int[] released = new int[64];

    Block(long context, ObjectTable objects) {
        this.context = context;
        this.objects = objects;
        block = ((ByteBuffer) bridge_map(context)).order(ByteOrder.nativeOrder());
        words = block.slice(BRIDGE_OFFSET_SLOTS, 2 * BRIDGE_SLOTS * Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .asLongBuffer();
    }

    // -- Slots ---------------------------------------------------------------------------------------------------

    /** The word of a slot. */
    final long word(int slot) {
        return words.get(2 * slot);
    }

    /** Puts a word that needs nothing else into the first slot. */
    final void putWord(long word) {
        words.put(0, word);
    }

    final boolean isString(int slot) {
        return isString(words.get(2 * slot));
    }

    static boolean isString(long word) {
        int tag = (int) (word >>> 48);
        return tag == BRIDGE_TAG_STRING || tag == BRIDGE_TAG_LONG_STRING || isKnown(word);
    }

    /** Whether it is a string of the {@link StringCache}. */
    static boolean isKnown(long word) {
        return word >>> 40 == (BRIDGE_TAG_REFERENCE << 8 | BRIDGE_TYPE_KNOWN);
    }

    /** Not needed by the first engine of a JVM, and slow to make. */
    private static final class Longs {
        static final VarHandle OF_BYTES = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    }

    /** Copies bytes into the block: short ones word by word, the last word over a part of the one before it. */
    final void putBytes(int at, byte[] bytes, int length) {
        if (length < Long.BYTES || length > SHORT) {
            block.put(at, bytes, 0, length);
            return;
        }
        for (int i = 0; i + Long.BYTES <= length; i += Long.BYTES) {
            block.putLong(at + i, (long) Longs.OF_BYTES.get(bytes, i));
        }
        int last = length - Long.BYTES;
        block.putLong(at + last, (long) Longs.OF_BYTES.get(bytes, last));
    }

    /** Puts four words at the beginning of an array. */
    static void putWords(byte[] bytes, long first, long second, long third, long fourth) {
        Longs.OF_BYTES.set(bytes, 0, first);
        Longs.OF_BYTES.set(bytes, Long.BYTES, second);
        Longs.OF_BYTES.set(bytes, 2 * Long.BYTES, third);
        Longs.OF_BYTES.set(bytes, 3 * Long.BYTES, fourth);
    }

    // -- Header -------------------------------------------------------------------------------------------------

    final int traceSize() {
        return block.getInt(BRIDGE_OFFSET_TRACE);
    }

    /** Whether the state has used up its instructions. */
    final boolean isExhausted() {
        return block.getInt(BRIDGE_OFFSET_EXHAUSTED) != 0;
    }

    /** Whether memory was refused, and no collection of the whole state has made room since. */
    final boolean wasMemoryRefused() {
        return block.getInt(BRIDGE_OFFSET_REFUSED) != 0;
    }

    final boolean yielded() {
        return block.getInt(BRIDGE_OFFSET_YIELDED) != 0;
    }

    /** Whether a chunk has asked Java while it had variables until then; asking takes that back. */
    final boolean takePresetsLost() {
        boolean lost = block.getInt(BRIDGE_OFFSET_PRESETS_LOST) != 0;
        if (lost) {
            block.putInt(BRIDGE_OFFSET_PRESETS_LOST, 0);
        }
        return lost;
    }

    /** How often code has looked at the stack for functions. */
    final int looks() {
        return block.getInt(BRIDGE_OFFSET_LOOKS);
    }

    /** What Lua code that has returned to Java asks; 0 to invoke something. */
    final int request() {
        return block.getInt(BRIDGE_OFFSET_REQUEST);
    }

    final int requestCount() {
        return block.getInt(BRIDGE_OFFSET_COUNT);
    }

    final int requestMember() {
        return block.getInt(BRIDGE_OFFSET_MEMBER);
    }

    final int requestObject() {
        return block.getInt(BRIDGE_OFFSET_OBJECT);
    }

    /** Whether there are objects that Lua has collected. */
    final boolean hasReleased() {
        return block.getInt(BRIDGE_OFFSET_RELEASED) > 0;
    }

    /** Forgets the objects that Lua has collected. */
    final void releaseObjects() {
        while (hasReleased()) {
            int count = bridge_released(context, released);
            for (int i = 0; i < count; i++) {
                objects.release(released[i]);
            }
        }
    }
}
