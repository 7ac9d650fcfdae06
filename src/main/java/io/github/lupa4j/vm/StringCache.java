package io.github.lupa4j.vm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * References to the Lua strings of short Java strings that cross again and again, as values: they are found by identity,
 * or else by what they say. A string that is seen for the first time is only noted; its third crossing makes
 * the reference.
 */
final class StringCache {
    /** Longer strings are not kept, in characters. */
    private static final int LONGEST = 64;

    private static final int SIZE = 128;

    private final LuaState state;
    private final @Nullable String[] strings = new String[SIZE];
    private final int[] refs = new int[SIZE];
    /** By slot, the hash of what was seen there last; and if that looked like what was there before, its whole hash. */
    private final int[] seen = new int[SIZE];

    private final int[] seenWhole = new int[SIZE];

    private int[] evicted = {};
    private int evictedCount;

    StringCache(LuaState state) {
        this.state = state;
    }

    /** A reference, good until {@link #giveBack}; 0 if there is none. */
    @SuppressWarnings("ReferenceEquality") // equal ones are found by the long way
    int get(String string) {
        int length = string.length();
        if (length > LONGEST || length == 0) {
            return 0;
        }
        int hash = hash(string, length);
        int at = hash >>> 25;
        String known = strings[at];
        return known == string || string.equals(known) ? refs[at] : find(string, hash, at);
    }

    /** A look at some characters: a hash of all would cost as much as it saves for strings that come once. */
    private static int hash(String string, int length) {
        int some = string.charAt(0) * 31 + string.charAt(length - 1);
        some = some * 31 + string.charAt(length >> 1);
        some = some * 31 + string.charAt(length - 1 - (length >> 3)); // What is counted differs near its end.
        return (some * 31 + length) * 0x9E3779B9;
    }

    private int find(String string, int hash, int at) {
        if (seen[at] != hash) {
            seen[at] = hash; // Most strings come only once.
            return 0;
        }
        int whole = string.hashCode();
        if (seenWhole[at] != whole) {
            seenWhole[at] = whole; // Others that look like it came before.
            return 0;
        }
        int ref = state.isInTrace() ? state.findString(string) : state.intern(string);
        if (ref != 0) {
            if (refs[at] != 0) {
                evict(refs[at]);
            }
            refs[at] = ref;
            strings[at] = string;
        }
        return ref;
    }

    /** A word that is on its way to Lua may still have the reference. */
    private void evict(int ref) {
        if (evictedCount == evicted.length) {
            evicted = Arrays.copyOf(evicted, Math.max(8, 2 * evictedCount));
        }
        evicted[evictedCount++] = ref;
    }

    /** Gives back what was evicted. To be called when no word is on its way. */
    void giveBack() {
        while (evictedCount > 0) {
            state.unref(evicted[--evictedCount]);
        }
    }
}
