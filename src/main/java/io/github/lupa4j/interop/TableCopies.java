package io.github.lupa4j.interop;

import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaTable;
import io.github.lupa4j.vm.None;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;

/** Copies of Java collections as Lua tables, and the other way round. */
final class TableCopies {
    private final LuaRuntime runtime;

    TableCopies(LuaRuntime runtime) {
        this.runtime = runtime;
    }

    // -- To Lua --------------------------------------------------------------------------------------------------

    /**
     * A new table with the entries of a Map, or with the items of anything else that can be walked over as a sequence.
     * Nulls leave holes; a null key is {@code java.none}.
     *
     * @param deep whether what is in it, and can be a table, becomes one too; what is met again is the same table
     * @throws UsageException when the object has neither entries nor items
     */
    LuaTable toTable(@Nullable Object object, boolean deep) {
        return toTable(object, deep ? new IdentityHashMap<>() : null);
    }

    private LuaTable toTable(@Nullable Object object, @Nullable Map<Object, LuaTable> known) {
        LuaTable table;
        if (object instanceof Map<?, ?> map) {
            table = runtime.table();
            remember(map, table, known);
            map.forEach((key, value) -> put(table, None.unlessPresent(key), inner(value, known)));
        } else if (known != null) {
            table = runtime.table();
            remember(object, table, known);
            Iterator<?> items = Iteration.over("totable", object);
            for (int i = 1; items.hasNext(); i++) {
                put(table, i, inner(items.next(), known));
            }
        } else {
            List<@Nullable Object> items = new ArrayList<>();
            Iteration.over("totable", object).forEachRemaining(items::add);
            table = runtime.table(items.toArray());
        }
        return table;
    }

    private static void put(LuaTable table, Object key, @Nullable Object value) {
        if (value != null) {
            table.rawSet(key, value);
        }
    }

    private static void remember(@Nullable Object object, LuaTable table, @Nullable Map<Object, LuaTable> known) {
        if (known != null && object != null) {
            known.put(object, table);
        }
    }

    private @Nullable Object inner(@Nullable Object value, @Nullable Map<Object, LuaTable> known) {
        if (known == null || value == null || !isCollection(value)) {
            return value;
        }
        LuaTable made = known.get(value);
        return made != null ? made : toTable(value, known);
    }

    private static boolean isCollection(Object value) {
        return value instanceof Map
                || (value instanceof Iterable && !(value instanceof Path))
                || value.getClass().isArray();
    }

    // -- To Java -------------------------------------------------------------------------------------------------

    /**
     * A copy of the items of a table, null for a hole, or of what can be walked over. Of a table with other keys, too, it
     * is the sequence that counts.
     *
     * @throws UsageException when there are no items
     */
    static List<@Nullable Object> toList(@Nullable Object value) {
        if (value instanceof LuaTable table) {
            @Nullable Object[] items = Tables.items(table, true);
            if (items == null) {
                throw new UsageException("the items of the table are too far apart for a list; java.tomap copies them");
            }
            return new ArrayList<>(Arrays.asList(items));
        }
        List<@Nullable Object> items = new ArrayList<>();
        Iteration.over("tolist", value).forEachRemaining(items::add);
        return items;
    }

    /**
     * A copy of the entries of a table or a Map.
     *
     * @throws UsageException for anything else
     */
    static Map<@Nullable Object, @Nullable Object> toMap(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return new LinkedHashMap<>(map);
        }
        throw new UsageException("java.tomap takes a table or a Map, not " + Words.describe(value)
                + (value instanceof BaseStream ? "; collect it first" : ""));
    }
}
