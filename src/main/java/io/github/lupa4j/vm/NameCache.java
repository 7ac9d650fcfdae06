package io.github.lupa4j.vm;

import org.jspecify.annotations.Nullable;

/**
 * The Java strings of short Lua strings seen lately: names and keys cross again and again. An entry is found by the
 * string's bytes, up to four machine words, so it can never be the wrong one.
 */
final class NameCache {
    /** Longer strings are not kept, in bytes. The words are padded with zeros, one byte at least. */
    static final int LONGEST = 31;

    private static final int SIZE = 256;

    /** By slot, what was seen there last and is not kept yet: most strings come only once, and cost no reference. */
    private final int[] seen = new int[SIZE];

    private @Nullable String[] names = {};
    private long[] keys = {};
    private byte[] lengths = {};

    /** What {@link #get} and {@link #put} need. */
    static long hash(int length, long first, long second, long third, long fourth) {
        long mixed = first ^ Long.rotateLeft(second, 29) ^ Long.rotateLeft(third, 41) ^ Long.rotateLeft(fourth, 13);
        return (mixed ^ length) * 0x9E3779B97F4A7C15L;
    }

    private static int slot(long hash) {
        return (int) (hash >>> 56);
    }

    /** The string of these bytes, or null. */
    @Nullable
    String get(long hash, int length, long first, long second, long third, long fourth) {
        if (names.length == 0) {
            return null;
        }
        int at = slot(hash);
        int key = 4 * at;
        return keys[key] == first
                        && keys[key + 1] == second
                        && keys[key + 2] == third
                        && keys[key + 3] == fourth
                        && lengths[at] == length
                ? names[at]
                : null;
    }

    /** Keeps a string that is seen for the second time. */
    void put(long hash, int length, long first, long second, long third, long fourth, String name) {
        int at = slot(hash);
        if (seen[at] != (int) hash) {
            seen[at] = (int) hash;
            return;
        }
        if (names.length == 0) {
            names = new String[SIZE];
            keys = new long[4 * SIZE];
            lengths = new byte[SIZE];
        }
        int key = 4 * at;
        names[at] = name;
        keys[key] = first;
        keys[key + 1] = second;
        keys[key + 2] = third;
        keys[key + 3] = fourth;
        lengths[at] = (byte) length;
    }
}
