package io.github.lupa4j.vm;

import java.util.AbstractList;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/** Several results of a call. */
public final class ResultList extends AbstractList<@Nullable Object> implements RandomAccess {
    private final @Nullable Object[] values;

    ResultList(@Nullable Object[] values) {
        this.values = values;
    }

    @Override
    public @Nullable Object get(int index) {
        return values[index];
    }

    @Override
    public int size() {
        return values.length;
    }

    /** The values, in an array that belongs to the caller. */
    public @Nullable Object[] values() {
        return values.clone();
    }
}
