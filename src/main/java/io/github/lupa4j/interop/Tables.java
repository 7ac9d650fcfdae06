package io.github.lupa4j.interop;

import io.github.lupa4j.LuaTable;
import java.lang.reflect.Array;
import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lua tables where a parameter asks for a collection, a map, an array or an interface. A sequence is first of all a
 * list, any other table a map; an interface is implemented by the table's functions only where nothing else fits.
 *
 * <p>Lists, sets and arrays are copies, with the items converted to the declared type of items. A map is the table
 * itself, unless its keys or values must be converted or a class of map is asked for.
 */
final class Tables {
    private static final int LIST = 0x10;
    private static final int ARRAY = 0x20;
    private static final int SET = 0x40;
    private static final int QUEUE = 0x50;
    private static final int MAP = 0x60;
    private static final int INTERFACE = 0x70;

    /** What makes the collections that parameters can ask for; the first that fits is taken. */
    private static final List<Supplier<Collection<@Nullable Object>>> COLLECTIONS =
            List.of(ArrayList::new, LinkedHashSet::new, TreeSet::new, ArrayDeque::new);

    private static final List<Supplier<Map<@Nullable Object, @Nullable Object>>> MAPS =
            List.of(LinkedHashMap::new, TreeMap::new, ConcurrentHashMap::new);

    private Tables() {}

    // -- Fitting -------------------------------------------------------------------------------------------------

    static int fit(LuaTable table, Class<?> type, Converter converter) {
        if (type.isArray()) {
            return Fit.byValue(fitArray(table, type.getComponentType(), converter));
        }
        Collection<@Nullable Object> collection = collection(type);
        if (collection != null) {
            return Fit.byValue(fitCollection(table, type, collection));
        }
        if (isMap(type) || map(type) != null) {
            return Fit.byValue(isSequence(table) ? Fit.STRICT | MAP : Fit.STRICT | LIST);
        }
        return Proxies.isImplementable(type) ? Fit.CONVERTED | INTERFACE : Fit.NONE;
    }

    private static int fitCollection(LuaTable table, Class<?> type, Collection<@Nullable Object> collection) {
        if (isSequence(table)) {
            if (collection instanceof ArrayList) {
                return Fit.STRICT | LIST;
            }
            return Fit.STRICT | (collection instanceof ArrayDeque ? QUEUE : SET);
        }
        boolean asKeys = !(collection instanceof ArrayList) && isSet(table);
        if (asKeys || items(table) != null) {
            return Fit.STRICT | SET;
        }
        return Proxies.isImplementable(type) ? Fit.CONVERTED | INTERFACE : Fit.NONE;
    }

    private static int fitArray(LuaTable table, Class<?> itemType, Converter converter) {
        @Nullable Object[] items = items(table);
        if (items == null) {
            return Fit.NONE;
        }
        int worst = 0;
        for (Object item : items) {
            int fit = Fit.of(item, itemType, converter);
            if (!Fit.isPossible(fit)) {
                return Fit.NONE;
            }
            worst = Math.max(worst, Fit.phase(fit) * 4 + Math.min(Fit.rank(fit) & 0xFF, 3));
        }
        int phase = worst >= 8 ? Fit.CONVERTED : Fit.STRICT;
        return phase | ARRAY + Math.min(worst, 15);
    }

    /** Whether a table itself is one. */
    private static boolean isMap(Class<?> type) {
        return Map.class.isAssignableFrom(type) && type.isAssignableFrom(LuaTable.class);
    }

    /** Whether its entries are 1 to n. */
    static boolean isSequence(LuaTable table) {
        return table.size() == table.length() && (table.length() == 0 || hasFirst(table));
    }

    /** Whether it has an item 1; as a value that may be {@code java.none}, which reads as null. */
    private static boolean hasFirst(LuaTable table) {
        return table.rawGet(1) != null
                || table.entrySet().stream().anyMatch(entry -> entry.getKey() instanceof Integer key && key == 1);
    }

    /** Whether it is a set as Lua programs have it: every value is true. */
    private static boolean isSet(LuaTable table) {
        for (Object value : table.values()) {
            if (!Boolean.TRUE.equals(value)) {
                return false;
            }
        }
        return true;
    }

    /** The items by position, null for a hole; null when there are other keys, or far more holes than items. */
    private static @Nullable Object @Nullable [] items(LuaTable table) {
        return items(table, false);
    }

    /**
     * The same.
     *
     * @param mixed whether other keys are left out of account
     */
    static @Nullable Object @Nullable [] items(LuaTable table, boolean mixed) {
        int size = table.size();
        int last = 0;
        @Nullable Object[] items = new Object[size];
        for (Map.Entry<Object, Object> entry : table.entrySet()) {
            if (!(entry.getKey() instanceof Integer position) || position < 1) {
                if (mixed) {
                    continue;
                }
                return null;
            }
            if (position > 2 * (size + 8)) {
                return null;
            }
            last = Math.max(last, position);
            if (position > items.length) {
                items = Arrays.copyOf(items, position);
            }
            items[position - 1] = entry.getValue();
        }
        return last == items.length ? items : Arrays.copyOf(items, last);
    }

    // -- Converting ----------------------------------------------------------------------------------------------

    /** The table in that type, or {@link Converter#MISFIT}. */
    static Object convert(LuaTable table, Class<?> type, Type generic, Converter converter) {
        if (type.isArray()) {
            return toArray(table, type.getComponentType(), generic, converter);
        }
        Collection<@Nullable Object> collection = collection(type);
        if (collection != null) {
            @Nullable Object[] items = items(table);
            if (items == null && !(collection instanceof ArrayList) && isSet(table)) {
                items = table.keySet().toArray();
            }
            if (items != null) {
                return fill(collection, items, GenericTypes.argument(generic, 0), converter)
                        ? collection
                        : Converter.MISFIT;
            }
            return Proxies.isImplementable(type) ? Proxies.createGeneric(table, type, generic) : Converter.MISFIT;
        }
        Type keyType = GenericTypes.argument(generic, 0);
        Type valueType = GenericTypes.argument(generic, 1);
        boolean plain = GenericTypes.raw(keyType) == Object.class && GenericTypes.raw(valueType) == Object.class;
        if (isMap(type) && plain) {
            return table;
        }
        Map<@Nullable Object, @Nullable Object> map = map(type);
        if (map != null) {
            return fill(map, table, keyType, valueType, converter) ? map : Converter.MISFIT;
        }
        return Proxies.isImplementable(type) ? Proxies.createGeneric(table, type, generic) : Converter.MISFIT;
    }

    private static Object toArray(LuaTable table, Class<?> itemType, Type generic, Converter converter) {
        @Nullable Object[] items = items(table);
        if (items == null) {
            return Converter.MISFIT;
        }
        Type itemGeneric = GenericTypes.item(generic, itemType);
        Object result = Array.newInstance(itemType, items.length);
        for (int i = 0; i < items.length; i++) {
            Object item = converter.tryConvert(items[i], itemType, itemGeneric);
            if (item == Converter.MISFIT) {
                return Converter.MISFIT;
            }
            Array.set(result, i, item);
        }
        return result;
    }

    private static boolean fill(
            Collection<@Nullable Object> target, @Nullable Object[] items, Type itemType, Converter converter) {
        for (Object item : items) {
            Object converted = converter.tryConvert(item, GenericTypes.raw(itemType), itemType);
            if (converted == Converter.MISFIT || (converted == null && !takesNull(target))) {
                return false;
            }
            target.add(converted);
        }
        return true;
    }

    private static boolean takesNull(Collection<?> target) {
        return !(target instanceof ArrayDeque || target instanceof TreeSet);
    }

    private static boolean takes(Map<?, ?> target, @Nullable Object key, @Nullable Object value) {
        return (key != null || target instanceof LinkedHashMap)
                && (value != null || !(target instanceof ConcurrentHashMap));
    }

    private static boolean fill(
            Map<@Nullable Object, @Nullable Object> target,
            LuaTable table,
            Type keyType,
            Type valueType,
            Converter converter) {
        for (Map.Entry<Object, Object> entry : table.entrySet()) {
            Object key = converter.tryConvert(entry.getKey(), GenericTypes.raw(keyType), keyType);
            Object value = converter.tryConvert(entry.getValue(), GenericTypes.raw(valueType), valueType);
            if (key == Converter.MISFIT || value == Converter.MISFIT || !takes(target, key, value)) {
                return false;
            }
            target.put(key, value);
        }
        return true;
    }

    // -- Types ---------------------------------------------------------------------------------------------------

    private static @Nullable Collection<@Nullable Object> collection(Class<?> type) {
        if (!Iterable.class.isAssignableFrom(type)) {
            return null;
        }
        for (Supplier<Collection<@Nullable Object>> supplier : COLLECTIONS) {
            Collection<@Nullable Object> collection = supplier.get();
            if (type.isInstance(collection)) {
                return collection;
            }
        }
        return null;
    }

    private static @Nullable Map<@Nullable Object, @Nullable Object> map(Class<?> type) {
        if (!Map.class.isAssignableFrom(type)) {
            return null;
        }
        for (Supplier<Map<@Nullable Object, @Nullable Object>> supplier : MAPS) {
            Map<@Nullable Object, @Nullable Object> map = supplier.get();
            if (type.isInstance(map)) {
                return map;
            }
        }
        return null;
    }
}
