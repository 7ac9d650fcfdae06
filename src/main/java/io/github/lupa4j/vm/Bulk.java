package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.ConcurrentModificationException;
import org.jspecify.annotations.Nullable;

/** Many entries of tables at once, metamethods left out: a few hundred with each crossing. */
public final class Bulk {
    /** Slots written at once, a power of two. */
    private static final int CHUNK = 1024;

    private final LuaState state;

    Bulk(LuaState state) {
        this.state = state;
    }

    /**
     * Some entries of a table.
     *
     * @param items keys and values by turns; stand-ins are not resolved, for the table has them as keys
     * @param last the last key as it is in Lua, if there are more entries
     */
    @SuppressWarnings("ArrayRecordComponent") // read at once, never compared
    public record Entries(
            @Nullable Object[] items, @Nullable Ref last) {}

    /**
     * Some entries after a key (null: the first ones); none at the end.
     *
     * @throws ConcurrentModificationException when the key has gone from the table
     */
    public Entries next(Ref table, @Nullable Ref after, int limit) {
        int hold = state.enter();
        try {
            int start = after == null ? 0 : state.indexOf(after);
            int count = bridge_next(state, state.context(), state.indexOf(table), start, limit);
            if (count == BRIDGE_FAILED_MISSING) {
                throw new ConcurrentModificationException("the table was changed while it was walked");
            }
            if (count < 0) {
                throw state.failure(count);
            }
            int last = state.slots.readReference(count);
            Ref cursor = last == 0 ? null : state.adopt(last, 0);
            return new Entries(state.slots.readEntries(count), cursor);
        } finally {
            state.exit(hold, table);
            Reference.reachabilityFence(after);
        }
    }

    /** Removes the n-th entry after a key (null: from the start), whatever its key is. */
    public void remove(Ref table, @Nullable Ref after, int n) {
        int hold = state.enter();
        try {
            int start = after == null ? 0 : state.indexOf(after);
            state.results(bridge_remove(state, state.context(), state.indexOf(table), start, n));
        } finally {
            state.exit(hold, table);
            Reference.reachabilityFence(after);
        }
    }

    /** Removes all entries. */
    public void clear(Ref table) {
        int hold = state.enter();
        try {
            bridge_clear(state.context(), state.indexOf(table));
        } finally {
            state.exit(hold, table);
        }
    }

    /** Some values of the keys from {@code first} on, null where there is none; at least one, at most {@code limit}. */
    public @Nullable Object[] range(Ref table, int first, int limit) {
        int hold = state.enter();
        try {
            int count = Math.min(limit, CHUNK);
            return values(bridge_get_range(state, state.context(), state.indexOf(table), first, count));
        } finally {
            state.exit(hold, table);
        }
    }

    private @Nullable Object[] values(int count) {
        if (count < 0) {
            throw state.failure(count);
        }
        return state.slots.readAll(count);
    }

    /** Sets the keys from {@code first} on to the first {@code size} items. */
    public void setRange(Ref table, int first, @Nullable Object[] items, int size) {
        int hold = state.enter();
        try {
            int index = state.indexOf(table);
            for (int done = 0; done < size; ) {
                int count = write(items, done, size, 1);
                state.results(bridge_set_range(state, state.context(), index, first + done, count));
                done += count;
            }
        } finally {
            state.exit(hold, table);
        }
    }

    /** Sets entries, given as keys and values by turns. */
    public void setEntries(Ref table, @Nullable Object[] entries, int size) {
        int hold = state.enter();
        try {
            int index = state.indexOf(table);
            for (int done = 0; done < size; ) {
                int count = write(entries, done, size, 2);
                state.results(bridge_set_entries(state, state.context(), index, count));
                done += count;
            }
        } finally {
            state.exit(hold, table);
        }
    }

    /** Fills slots from {@code from} on as long as their text has room, {@code group} at least; returns how many. */
    private int write(@Nullable Object[] values, int from, int to, int group) {
        return state.slots.writeSome(values, from, Math.min(to - from, CHUNK), group);
    }

    /** The numbers of the keys 1, 2 and so on, as many as there are up to {@code limit}. */
    public double[] doubles(Ref table, int limit) {
        int hold = state.enter();
        try {
            double[] numbers = new double[limit];
            int count = bridge_get_doubles(state.context(), state.indexOf(table), numbers);
            return count == limit ? numbers : Arrays.copyOf(numbers, count);
        } finally {
            state.exit(hold, table);
        }
    }

    /** A new table that holds the numbers as a sequence. */
    public Object newTable(double[] numbers) {
        int hold = state.enter();
        try {
            return state.required(bridge_new_doubles(state, state.context(), numbers));
        } finally {
            state.exit(hold);
        }
    }
}
