package io.github.lupa4j.interop;

import io.github.lupa4j.vm.None;
import io.github.lupa4j.vm.StandIn;
import java.lang.reflect.Array;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The items of maps, lists and arrays. Positions begin at 1. */
final class Items {
    /** Every whole number up to here is a double. */
    private static final double EXACT = 0x1p53;

    private Items() {}

    // -- Maps ----------------------------------------------------------------------------------------------------

    /** The key of the map that a key of Lua means, or null if the map has none such. */
    static @Nullable Object findKey(Map<?, ?> map, @Nullable Object key) {
        if (key == null) {
            return null;
        }
        if (has(map, key)) {
            return key;
        }
        if (key instanceof Number number && Numbers.unboxed(key.getClass()) != null) {
            double value = number.doubleValue();
            if (value == (int) value && has(map, (int) value)) {
                return (int) value;
            }
            if (value == Math.rint(value) && Math.abs(value) <= EXACT && has(map, (long) value)) {
                return (long) value;
            }
            if (has(map, value)) {
                return value;
            }
        }
        return null;
    }

    /** A map that is sorted, or that takes keys of one kind only, may refuse to look for one of another. */
    private static boolean has(Map<?, ?> map, Object key) {
        try {
            return map.containsKey(key);
        } catch (ClassCastException e) {
            return false;
        }
    }

    static void put(Map<Object, @Nullable Object> map, @Nullable Object key, @Nullable Object value) {
        if (key == None.NONE) {
            putNull(map, value);
            return;
        }
        Object present = present(map, key);
        Object found = findKey(map, present);
        map.put(found == null ? present : found, value);
    }

    @SuppressWarnings("NullAway") // it is up to the map
    private static void putNull(Map<Object, @Nullable Object> map, @Nullable Object value) {
        map.put(null, value);
    }

    /** What a map has for a key of Lua; null also if it has no such key. */
    static @Nullable Object get(Map<?, ?> map, @Nullable Object key) {
        return key == None.NONE ? map.get(null) : map.get(findKey(map, key));
    }

    static void remove(Map<?, ?> map, @Nullable Object key) {
        if (key == None.NONE) {
            map.remove(null);
            return;
        }
        Object found = findKey(map, present(map, key));
        if (found != null) {
            map.remove(found);
        }
    }

    private static Object present(Map<?, ?> map, @Nullable Object key) {
        if (key == null) {
            throw new UsageException("a " + Words.typeName(map) + " cannot be indexed with nil");
        }
        return key;
    }

    // -- Lists and arrays ----------------------------------------------------------------------------------------

    static boolean isSequence(Object object) {
        return object instanceof List || object.getClass().isArray();
    }

    static @Nullable Object get(Object sequence, Number position) {
        int size = size(sequence);
        int index = index(sequence, position, size);
        if (index >= size) {
            return null;
        }
        return sequence instanceof List<?> list ? list.get(index) : item(sequence, index);
    }

    private static @Nullable Object item(Object array, int index) {
        if (array instanceof Object[] objects) {
            return objects[index];
        }
        if (array instanceof int[] ints) {
            return ints[index];
        }
        if (array instanceof double[] doubles) {
            return doubles[index];
        }
        return array instanceof byte[] bytes ? (Object) bytes[index] : Array.get(array, index);
    }

    /** @param value may be a stand-in */
    static void set(Object sequence, Number position, @Nullable Object value, Converter converter) {
        int size = size(sequence);
        int index = index(sequence, position, size);
        if (sequence instanceof List<?>) {
            @SuppressWarnings("unchecked")
            List<@Nullable Object> list = (List<@Nullable Object>) sequence;
            if (index < size) {
                list.set(index, StandIn.resolve(value));
            } else if (index == size) {
                list.add(StandIn.resolve(value));
            } else {
                throw badIndex(sequence, position, size);
            }
            return;
        }
        if (index >= size) {
            throw badIndex(sequence, position, size);
        }
        Class<?> type = sequence.getClass().getComponentType();
        Object converted = converter.tryConvert(value == None.NONE ? null : value, type, type);
        if (converted == Converter.MISFIT) {
            throw new UsageException(
                    "an item of a " + Words.typeName(sequence) + " cannot be set to " + Words.describe(value));
        }
        Array.set(sequence, index, converted);
    }

    /** From 0, and the size or more past the end. */
    private static int index(Object sequence, Number position, int size) {
        double value = position.doubleValue();
        if (value != Math.rint(value) || value < 1) {
            throw badIndex(sequence, position, size);
        }
        return (int) Math.min(value - 1, Integer.MAX_VALUE);
    }

    private static UsageException badIndex(Object sequence, Number position, int size) {
        return new UsageException("index " + position + " of a " + Words.typeName(sequence) + " of " + size
                + " items; the first one is 1");
    }

    static int size(Object sequence) {
        return sequence instanceof List<?> list ? list.size() : Array.getLength(sequence);
    }

    static int length(Object object) {
        if (object instanceof Collection<?> collection) {
            return collection.size();
        }
        if (object instanceof Map<?, ?> map) {
            return map.size();
        }
        if (object instanceof CharSequence text) {
            return text.length();
        }
        if (object.getClass().isArray()) {
            return Array.getLength(object);
        }
        throw new UsageException("a " + Words.typeName(object) + " has no length");
    }
}
