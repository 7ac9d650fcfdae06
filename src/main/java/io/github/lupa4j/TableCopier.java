package io.github.lupa4j;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Deep copies of tables. A table that is met again is the same copy again, so cycles do no harm. */
final class TableCopier {
    private final Map<LuaTable, Object> copies = new HashMap<>();
    private final Deque<Runnable> pending = new ArrayDeque<>();

    static Map<Object, Object> toMap(LuaTable table) {
        Map<Object, Object> map = new LinkedHashMap<>();
        new TableCopier().copy(table, map);
        return map;
    }

    static List<Object> toList(LuaTable table) {
        List<Object> list = new ArrayList<>();
        new TableCopier().copy(table, list);
        return list;
    }

    private void copy(LuaTable table, Object root) {
        table.runtime.lock();
        try {
            begin(table, root);
            for (Runnable step = pending.poll(); step != null; step = pending.poll()) {
                step.run();
            }
        } finally {
            table.runtime.unlock();
        }
    }

    @SuppressWarnings("unchecked")
    private void begin(LuaTable table, Object copy) {
        copies.put(table, copy);
        pending.add(
                copy instanceof List
                        ? () -> fill(table, (List<@Nullable Object>) copy)
                        : () -> fill(table, (Map<Object, @Nullable Object>) copy));
    }

    private void fill(LuaTable table, List<@Nullable Object> list) {
        int size = (int) table.rawLength();
        ((ArrayList<?>) list).ensureCapacity(size);
        while (list.size() < size) {
            for (Object item : table.runtime.state.bulk().range(table.ref, list.size() + 1, size - list.size())) {
                list.add(value(item));
            }
        }
    }

    private void fill(LuaTable table, Map<Object, @Nullable Object> map) {
        for (Map.Entry<Object, Object> entry : table.entrySet()) {
            map.put(entry.getKey(), value(entry.getValue()));
        }
    }

    private @Nullable Object value(@Nullable Object value) {
        if (!(value instanceof LuaTable table)) {
            return value;
        }
        Object copy = copies.get(table);
        if (copy == null) {
            copy = table.isSequence() ? new ArrayList<>() : new LinkedHashMap<>();
            begin(table, copy);
        }
        return copy;
    }
}
