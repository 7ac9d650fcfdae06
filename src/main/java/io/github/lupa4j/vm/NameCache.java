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

    private @Nullable String[] names = {};
    private long[] keys = {};
    private byte[] lengths = {};

    private static int slot(int length, long first, long second, long third, long fourth) {
        long hash = first ^ Long.rotateLeft(second, 29) ^ Long.rotateLeft(third, 41) ^ Long.rotateLeft(fourth, 13);
        return (int) (((hash ^ length) * 0x9E3779B97F4A7C15L) >>> 56);
    }

    /** The string of these bytes, or null. */
    @Nullable
    String get(int length, long first, long second, long third, long fourth) {
        if (names.length == 0) {
            return null;
        }
        int at = slot(length, first, second, third, fourth);
        int key = 4 * at;
        return keys[key] == first
                        && keys[key + 1] == second
                        && keys[key + 2] == third
                        && keys[key + 3] == fourth
                        && lengths[at] == length
                ? names[at]
                : null;
    }

    void put(int length, long first, long second, long third, long fourth, String name) {
        if (names.length == 0) {
            names = new String[SIZE];
            keys = new long[4 * SIZE];
            lengths = new byte[SIZE];
        }
        int at = slot(length, first, second, third, fourth);
        int key = 4 * at;
        names[at] = name;
        keys[key] = first;
        keys[key + 1] = second;
        keys[key + 2] = third;
        keys[key + 3] = fourth;
        lengths[at] = (byte) length;
    }
}
