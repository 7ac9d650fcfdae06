package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/** Lua tables, and what else has fields, a length or a metatable. */
public final class Tables {
    private final LuaState state;

    Tables(LuaState state) {
        this.state = state;
    }

    /** Reads a field; {@code raw} bypasses metamethods. */
    public @Nullable Object get(Ref table, @Nullable Object key, boolean raw) {
        int flags = raw ? BRIDGE_ACCESS_RAW : 0;
        int hold = state.enter();
        try {
            int index = state.indexOf(table);
            if (key instanceof String name && name.length() <= KeyCache.LONGEST) {
                return state.result(bridge_get_field(state, state.context(), index, state.keys.get(name), flags));
            }
            state.slots.writeOne(key);
            return state.results(bridge_get(state, state.context(), index, flags));
        } finally {
            state.exit(hold, table);
        }
    }

    /** Writes a field; {@code raw} bypasses metamethods. */
    public void set(Ref table, @Nullable Object key, @Nullable Object value, boolean raw) {
        int flags = raw ? BRIDGE_ACCESS_RAW : 0;
        int hold = state.enter();
        try {
            int index = state.indexOf(table);
            long word = PlainWords.of(value);
            if (key instanceof String name && name.length() <= KeyCache.LONGEST) {
                if (word != PlainWords.OTHER && !raw) {
                    int field = state.keys.get(name);
                    state.results(bridge_set_field_word(state, state.context(), index, field, word));
                    return;
                }
                state.slots.writeOne(value); // It may run a script, which may use other keys.
                int field = state.keys.get(name);
                state.results(bridge_set_field(state, state.context(), index, field, flags));
            } else {
                state.slots.writeTwo(key, value);
                state.results(bridge_set(state, state.context(), index, flags));
            }
        } finally {
            state.exit(hold, table);
        }
    }

    public long length(Ref value, boolean raw) {
        int hold = state.enter();
        try {
            Object length = state.results(
                    bridge_length(state, state.context(), state.indexOf(value), raw ? BRIDGE_ACCESS_RAW : 0));
            return length instanceof Number n ? n.longValue() : 0;
        } finally {
            state.exit(hold, value);
        }
    }

    /** The number of entries. */
    public int size(Ref table) {
        int hold = state.enter();
        try {
            return bridge_size(state, state.context(), state.indexOf(table));
        } finally {
            state.exit(hold, table);
        }
    }

    /** A new table with room for so many items of a sequence and so many other fields. */
    public Object newTable(int items, int fields) {
        int hold = state.enter();
        try {
            return state.required(bridge_new_table(state, state.context(), items, fields));
        } finally {
            state.exit(hold);
        }
    }

    /** A new table with the same entries, and no metatable. */
    public Object copy(Ref table) {
        int hold = state.enter();
        try {
            return state.required(bridge_copy_table(state, state.context(), state.indexOf(table)));
        } finally {
            state.exit(hold, table);
        }
    }

    /** Whether a table is still what {@link #copy} has made of the other one, as that is now. */
    public boolean isCopy(Ref table, Ref original) {
        int hold = state.enter();
        try {
            return bridge_is_copy(state.context(), state.indexOf(table), state.indexOf(original)) != 0;
        } finally {
            state.exit(hold, table);
            Reference.reachabilityFence(original);
        }
    }

    public @Nullable Object metatable(Ref value) {
        int hold = state.enter();
        try {
            return state.results(bridge_get_metatable(state, state.context(), state.indexOf(value)));
        } finally {
            state.exit(hold, value);
        }
    }

    public void setMetatable(Ref value, @Nullable Object metatable) {
        int hold = state.enter();
        try {
            int index = state.indexOf(value);
            state.slots.writeOne(metatable);
            state.results(bridge_set_metatable(state, state.context(), index));
        } finally {
            state.exit(hold, value);
        }
    }
}
