package io.github.lupa4j.vm;

import org.jspecify.annotations.Nullable;

/** References to the Lua strings of names that Java uses again and again. */
final class KeyCache {
    /** Longer strings are not names. */
    static final int LONGEST = 100;

    private static final int SIZE = 256;

    private final LuaState state;
    private final @Nullable String[] names = new String[SIZE];
    private final int[] refs = new int[SIZE];

    KeyCache(LuaState state) {
        this.state = state;
    }

    /** A reference to the name, good until the next call; the slots are free afterwards. */
    int get(String name) {
        int hash = name.hashCode();
        int at = (hash ^ hash >>> 15) & (SIZE - 1);
        if (name.equals(names[at])) {
            return refs[at];
        }
        int ref = state.intern(name);
        if (names[at] != null) {
            state.unref(refs[at]);
        }
        names[at] = name;
        refs[at] = ref;
        return ref;
    }
}
