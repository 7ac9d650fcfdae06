package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Short strings that cross again and again, as values. On the way to Lua they are found by identity, or else by what they
 * say, and cross as references to Lua's own; on the way back Lua knows them by their place here. A string that is seen for
 * the first time is only noted; its third crossing gives it a place.
 */
final class StringCache {
    /** Longer strings are not kept, in characters. */
    private static final int LONGEST = 64;

    private static final int SIZE = BRIDGE_KNOWN_STRINGS;

    private final LuaState state;
    private final @Nullable String[] strings = new String[SIZE];
    private final int[] refs = new int[SIZE];
    /** By slot, the hash of what was seen there last; and if that looked like what was there before, its whole hash. */
    private final int[] seen = new int[SIZE];

    private final int[] seenWhole = new int[SIZE];

    /** It is to have a place that another one has. */
    private @Nullable String waiting;

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
        if (!isSeenAgain(string, hash, at)) {
            return 0;
        }
        leave(at);
        take(at, string, state.isInTrace() ? state.findString(string) : state.intern(string));
        return refs[at];
    }

    private boolean isSeenAgain(String string, int hash, int at) {
        if (seen[at] != hash) {
            seen[at] = hash; // Most strings come only once.
            return false;
        }
        int whole = string.hashCode();
        if (seenWhole[at] != whole) {
            seenWhole[at] = whole; // Others that look like it came before.
            return false;
        }
        return true;
    }

    private void leave(int at) {
        if (refs[at] != 0) {
            bridge_forget_string(state.context(), at);
            evict(refs[at]);
            refs[at] = 0;
            strings[at] = null;
        }
    }

    private void take(int at, String string, int ref) {
        refs[at] = ref;
        if (ref != 0) {
            strings[at] = string;
            if (state.codec().keeps(string)) {
                bridge_know_string(state.context(), at, ref);
            }
        }
    }

    // -- From Lua ------------------------------------------------------------------------------------------------

    /** The string that has this place. */
    String at(int index) {
        String string = strings[index];
        if (string == null) {
            throw new IllegalStateException("internal error: Lua names a string that was forgotten; this is a bug");
        }
        return string;
    }

    /** A string has come from Lua again and again. Others that are on their way with it keep their places. */
    void note(String string) {
        int length = string.length();
        if (length > LONGEST || length == 0) {
            return;
        }
        int hash = hash(string, length);
        int at = hash >>> 25;
        if (!string.equals(strings[at])
                && isSeenAgain(string, hash, at)
                && state.codec().keeps(string)) {
            if (refs[at] == 0) {
                take(at, string, state.findString(string));
            } else {
                waiting = string;
            }
        }
    }

    /** Gives what has waited for it its place. To be called when no word is on its way, to Java neither. */
    void settle() {
        String string = waiting;
        if (string != null) {
            waiting = null;
            int at = hash(string, string.length()) >>> 25;
            leave(at);
            take(at, string, state.findString(string));
        }
    }

    // -- To be given back ----------------------------------------------------------------------------------------

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
