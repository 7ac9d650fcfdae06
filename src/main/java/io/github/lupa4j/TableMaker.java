package io.github.lupa4j;

import java.lang.reflect.Array;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Makes Lua tables of what Java has. */
final class TableMaker {
    /** As many values are gathered before they cross. */
    private static final int CHUNK = 1024;

    private final LuaRuntime runtime;
    /** The tables of a deep copy by what they are of; null for a shallow one. */
    private final @Nullable Map<Object, LuaTable> copies;
    /** Containers whose tables are to be filled. */
    private final Deque<Object> pending = new ArrayDeque<>();

    TableMaker(LuaRuntime runtime, boolean deep) {
        this.runtime = runtime;
        this.copies = deep ? new IdentityHashMap<>() : null;
    }

    LuaTable make(@Nullable Object[] sources) {
        runtime.lock();
        try {
            LuaTable table = sources.length == 1 ? sized(sources[0]) : runtime.table();
            try {
                fill(table, sources);
            } catch (RuntimeException | Error e) {
                // Halves of tables must not take memory until Java's collector comes by.
                table.close();
                if (copies != null) {
                    copies.values().forEach(LuaTable::close);
                }
                throw e;
            }
            return table;
        } finally {
            runtime.unlock();
        }
    }

    private void fill(LuaTable table, @Nullable Object[] sources) {
        if (copies != null && sources.length == 1 && sources[0] != null) {
            copies.put(sources[0], table); // it may contain itself
        }
        int next = 1;
        for (Object source : sources) {
            next = add(table, source, next);
        }
        for (Object container = pending.poll(); container != null; container = pending.poll()) {
            add(Objects.requireNonNull(known(container)), container, 1);
        }
    }

    private LuaTable sized(@Nullable Object source) {
        if (source instanceof Map<?, ?> map) {
            return runtime.newTable(0, map.size());
        }
        if (source instanceof Collection<?> collection) {
            return runtime.newTable(collection.size(), 0);
        }
        return runtime.newTable(source != null && source.getClass().isArray() ? Array.getLength(source) : 0, 0);
    }

    /** Adds the contents of a source; items from the key {@code next} on. Returns the key after them. */
    private int add(LuaTable table, @Nullable Object source, int next) {
        if (source instanceof Map<?, ?> map) {
            addEntries(table, map);
            return next;
        }
        if (source instanceof Record values) {
            addEntries(table, Records.toMap(values));
            return next;
        }
        if (source instanceof Iterable<?> items) {
            return addItems(table, items, next);
        }
        if (source != null && source.getClass().isArray()) {
            return addItems(table, items(source), next);
        }
        throw new IllegalArgumentException("a table is made of Maps, Iterables, arrays, records and tables, not of "
                + (source == null ? "null" : "a " + source.getClass().getTypeName()));
    }

    private void addEntries(LuaTable table, Map<?, ?> map) {
        @Nullable Object[] entries = new Object[CHUNK];
        int size = 0;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (entry.getKey() == null) {
                throw new IllegalArgumentException("a table has no null keys");
            }
            entries[size++] = entry.getKey();
            entries[size++] = value(entry.getValue());
            if (size == CHUNK) {
                runtime.state.bulk().setEntries(table.ref, entries, size);
                size = 0;
            }
        }
        runtime.state.bulk().setEntries(table.ref, entries, size);
    }

    private int addItems(LuaTable table, Iterable<?> items, int next) {
        @Nullable Object[] chunk = new Object[CHUNK];
        int size = 0;
        for (Object item : items) {
            chunk[size++] = value(item);
            if (size == CHUNK) {
                runtime.state.bulk().setRange(table.ref, next, chunk, size);
                next += size;
                size = 0;
            }
        }
        runtime.state.bulk().setRange(table.ref, next, chunk, size);
        return next + size;
    }

    private static Iterable<@Nullable Object> items(Object array) {
        if (array instanceof Object[] objects) {
            return Arrays.asList(objects);
        }
        int length = Array.getLength(array);
        return () ->
                IntStream.range(0, length).mapToObj(i -> Array.get(array, i)).iterator();
    }

    /** What stands for a value in the table. */
    private @Nullable Object value(@Nullable Object value) {
        if (copies == null || value == null || !isContainer(value)) {
            return value;
        }
        return copies.computeIfAbsent(value, container -> {
            pending.add(container);
            return sized(container);
        });
    }

    private @Nullable LuaTable known(Object container) {
        return copies == null ? null : copies.get(container);
    }

    private boolean isContainer(Object value) {
        if (value instanceof LuaTable table) {
            return table.runtime != runtime;
        }
        return value instanceof Map
                || value instanceof Collection
                || value instanceof Record
                || (value.getClass().isArray() && !(value instanceof byte[] && runtime.isRaw()));
    }
}
