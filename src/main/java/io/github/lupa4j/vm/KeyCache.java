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
    private @Nullable String lastName;
    private int lastRef;

    KeyCache(LuaState state) {
        this.state = state;
    }

    /** A reference to the name, good until the next call; the slots are free afterwards. */
    @SuppressWarnings("ReferenceEquality") // equal ones are found by the long way
    int get(String name) {
        return name == lastName ? lastRef : find(name);
    }

    private int find(String name) {
        int hash = name.hashCode();
        int at = (hash ^ hash >>> 15) & (SIZE - 1);
        if (!name.equals(names[at])) {
            int ref = state.intern(name);
            if (names[at] != null) {
                state.unref(refs[at]);
            }
            names[at] = name;
            refs[at] = ref;
        }
        lastName = name;
        lastRef = refs[at];
        return lastRef;
    }
}
