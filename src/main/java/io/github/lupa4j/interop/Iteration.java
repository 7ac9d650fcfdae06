package io.github.lupa4j.interop;

import io.github.lupa4j.JavaFunction;
import io.github.lupa4j.LuaResults;
import io.github.lupa4j.LuaTable;
import io.github.lupa4j.vm.None;
import io.github.lupa4j.vm.Walk;
import java.lang.reflect.Array;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;

/** The loops over Java objects that {@code java.iter} and its relatives give. */
final class Iteration {
    private Iteration() {}

    /**
     * An iterator over what a script calls iterable: the items of an Iterable, an array or a Stream, the rest of an
     * Iterator or Enumeration, the keys of a Map.
     *
     * @throws UsageException for anything else
     */
    static Iterator<?> over(String function, @Nullable Object object) {
        if (object instanceof LuaTable) {
            throw new UsageException(
                    "java." + function + " walks over Java objects; for a table there are pairs and ipairs");
        }
        if (object instanceof Iterator<?> iterator) {
            return iterator;
        }
        if (object instanceof Iterable<?> iterable) {
            return iterable.iterator();
        }
        if (object instanceof Map<?, ?> map) {
            return map.keySet().iterator();
        }
        if (object instanceof BaseStream<?, ?> stream) {
            return stream.iterator();
        }
        if (object instanceof Enumeration<?> enumeration) {
            return enumeration.asIterator();
        }
        if (object != null && object.getClass().isArray()) {
            return new ArrayIterator(object);
        }
        throw new UsageException("java." + function + " cannot walk over " + Words.describe(object)
                + ": it is no Iterable, Iterator, Map, array or Stream");
    }

    /** The items of an array of any type. */
    private static final class ArrayIterator implements Iterator<@Nullable Object> {
        private final Object array;
        private final int length;
        private int next;

        ArrayIterator(Object array) {
            this.array = array;
            this.length = Array.getLength(array);
        }

        @Override
        public boolean hasNext() {
            return next < length;
        }

        @Override
        public @Nullable Object next() {
            if (next >= length) {
                throw new java.util.NoSuchElementException();
            }
            return Array.get(array, next++);
        }
    }

    /** Gives item after item. */
    static Walk items(@Nullable Object object) {
        return Walks.items(over("iter", object), object);
    }

    /** Gives number and item after number and item. */
    static Walk numbered(@Nullable Object object, long start) {
        return Walks.numbered(over("enumerate", object), object, start);
    }

    /** Gives the parts of item after item. */
    static JavaFunction exploded(@Nullable Object object) {
        Iterator<?> iterator = object instanceof Map<?, ?> map && !(object instanceof LuaTable)
                ? map.entrySet().iterator()
                : over("iterex", object);
        return ignored -> iterator.hasNext() ? parts(iterator.next()) : null;
    }

    private static Object parts(@Nullable Object item) {
        if (item instanceof Map.Entry<?, ?> entry) {
            return LuaResults.of(None.unlessPresent(entry.getKey()), None.unlessPresent(entry.getValue()));
        }
        if (item instanceof List<?> list && !list.isEmpty()) {
            return LuaResults.of(list.stream().map(None::unlessPresent).toArray());
        }
        if (item != null && item.getClass().isArray() && Array.getLength(item) > 0) {
            Object[] parts = new Object[Array.getLength(item)];
            java.util.Arrays.setAll(parts, i -> None.unlessPresent(Array.get(item, i)));
            return LuaResults.of(parts);
        }
        // An empty array or List has no part: it comes as itself, for nil would end the loop.
        return None.unlessPresent(item);
    }
}
