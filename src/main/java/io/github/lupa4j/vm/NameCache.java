package io.github.lupa4j.vm;

import org.jspecify.annotations.Nullable;

/**
 * The Java strings of short Lua strings seen lately: names and keys cross again and again. An entry is found by the
 * string's bytes, up to two machine words, so it can never be the wrong one.
 */
final class NameCache {
    /** Longer strings are not kept, in bytes. */
    static final int LONGEST = 16;

    private static final int SIZE = 256;

    private final @Nullable String[] names = new String[SIZE];
    private final long[] keys = new long[SIZE * 2];
    private final byte[] lengths = new byte[SIZE];

    private static int slot(int length, long first, long second) {
        long hash = (first ^ Long.rotateLeft(second, 29) ^ length) * 0x9E3779B97F4A7C15L;
        return (int) (hash >>> 56);
    }

    /** The string of these bytes, or null. The words are padded with zeros. */
    @Nullable
    String get(int length, long first, long second) {
        int at = slot(length, first, second);
        return keys[2 * at] == first && keys[2 * at + 1] == second && lengths[at] == length ? names[at] : null;
    }

    void put(int length, long first, long second, String name) {
        int at = slot(length, first, second);
        names[at] = name;
        keys[2 * at] = first;
        keys[2 * at + 1] = second;
        lengths[at] = (byte) length;
    }
}
