package io.github.lupa4j.interop;

import io.github.lupa4j.JavaFunction;
import io.github.lupa4j.vm.None;
import io.github.lupa4j.vm.Results;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The functions that walk Java objects for the generic {@code for}. */
final class Walks {
    private Walks() {}

    /** Gives keys and values; null of either is {@link None}, for a nil key would end the loop. */
    static JavaFunction entries(Map<?, ?> map) {
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        return ignored -> {
            if (!entries.hasNext()) {
                return null;
            }
            Map.Entry<?, ?> entry = entries.next();
            return new Results(orNone(entry.getKey()), orNone(entry.getValue()));
        };
    }

    static Object orNone(@Nullable Object value) {
        return value == null ? None.NONE : value;
    }

    /** Gives positions and items of a list or an array, as it is at each step. The last argument is the position. */
    static JavaFunction items(Object sequence) {
        return arguments -> {
            int position = ((Number) Objects.requireNonNull(arguments[arguments.length - 1])).intValue();
            return position < Items.size(sequence)
                    ? new Results(position + 1, Items.get(sequence, position + 1))
                    : null;
        };
    }

    /** Gives positions and items of what can only be walked. */
    static JavaFunction numbered(Iterable<?> iterable) {
        Iterator<?> items = iterable.iterator();
        int[] position = new int[1];
        return ignored -> items.hasNext() ? new Results(++position[0], items.next()) : null;
    }
}
