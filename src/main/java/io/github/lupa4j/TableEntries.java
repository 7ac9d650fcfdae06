package io.github.lupa4j;

import io.github.lupa4j.vm.Bulk;
import io.github.lupa4j.vm.Ref;
import io.github.lupa4j.vm.StandIn;
import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The entry, key and value views of a table. */
final class TableEntries extends AbstractMap<Object, Object> {
    private final LuaTable table;
    private final Set<Map.Entry<Object, Object>> entries = new Entries();
    private final Set<Object> keys = new Keys();
    private final Collection<Object> values = new Values();

    TableEntries(LuaTable table) {
        this.table = table;
    }

    @Override
    public Set<Map.Entry<Object, Object>> entrySet() {
        return entries;
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return table.containsKey(key);
    }

    @Override
    public @Nullable Object get(@Nullable Object key) {
        return table.get(key);
    }

    @Override
    public @Nullable Object remove(@Nullable Object key) {
        return table.remove(key);
    }

    private final class Entries extends AbstractSet<Map.Entry<Object, Object>> {
        @Override
        public Iterator<Map.Entry<Object, Object>> iterator() {
            return new EntryIterator();
        }

        @Override
        public int size() {
            return table.size();
        }

        @Override
        public boolean contains(@Nullable Object other) {
            return other instanceof Map.Entry<?, ?> entry
                    && entry.getValue() != null
                    && table.isSame(table.rawGet(entry.getKey()), entry.getValue());
        }

        @Override
        public boolean remove(@Nullable Object other) {
            boolean there = contains(other);
            if (there && other instanceof Map.Entry<?, ?> entry) {
                table.rawSet(entry.getKey(), null);
            }
            return there;
        }

        @Override
        public void clear() {
            table.clear();
        }
    }

    @Override
    public Set<Object> keySet() {
        return keys;
    }

    private final class Keys extends AbstractSet<Object> {
        @Override
        public Iterator<Object> iterator() {
            return parts(Map.Entry::getKey);
        }

        @Override
        public int size() {
            return table.size();
        }

        @Override
        public boolean contains(@Nullable Object key) {
            return table.containsKey(key);
        }

        @Override
        public boolean remove(@Nullable Object key) {
            return table.remove(key) != null;
        }

        @Override
        public boolean removeAll(Collection<?> others) {
            boolean changed = false; // AbstractSet asks either this or the others, which compare otherwise.
            for (Object key : others) {
                changed |= remove(key);
            }
            return changed;
        }

        @Override
        public boolean retainAll(Collection<?> others) {
            return removeIf(key -> !table.isAmong(key, others));
        }

        @Override
        public void clear() {
            table.clear();
        }
    }

    @Override
    public Collection<Object> values() {
        return values;
    }

    private final class Values extends AbstractCollection<Object> {
        @Override
        public Iterator<Object> iterator() {
            return parts(Map.Entry::getValue);
        }

        @Override
        public int size() {
            return table.size();
        }

        @Override
        public boolean contains(@Nullable Object value) {
            return stream().anyMatch(v -> table.isSame(v, value));
        }

        @Override
        public boolean remove(@Nullable Object value) {
            Iterator<Object> each = iterator();
            while (each.hasNext()) {
                if (table.isSame(each.next(), value)) {
                    each.remove();
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean removeAll(Collection<?> others) {
            return removeIf(value -> table.isAmong(value, others));
        }

        @Override
        public boolean retainAll(Collection<?> others) {
            return removeIf(value -> !table.isAmong(value, others));
        }

        @Override
        public void clear() {
            table.clear();
        }
    }

    private Iterator<Object> parts(Function<Map.Entry<Object, Object>, Object> part) {
        Iterator<Map.Entry<Object, Object>> each = new EntryIterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return each.hasNext();
            }

            @Override
            public Object next() {
                return part.apply(each.next());
            }

            @Override
            public void remove() {
                each.remove();
            }
        };
    }

    /** Walks the table by a few entries a crossing. */
    private final class EntryIterator implements Iterator<Map.Entry<Object, Object>> {
        private static final int CHUNK = 256;

        private Bulk.Entries chunk = table.runtime.state.bulk().next(table.ref, null, CHUNK);
        /** The key before this chunk. */
        private @Nullable Ref before;

        private int next;
        private int removed;

        /** The entry given last: its key, the key before its chunk, and which one after that it is. */
        private @Nullable Object current;

        private @Nullable Ref currentBefore;
        private int currentPlace;

        @Override
        public boolean hasNext() {
            if (next == chunk.items().length && chunk.last() != null) {
                before = chunk.last();
                chunk = table.runtime.state.bulk().next(table.ref, before, CHUNK);
                next = 0;
                removed = 0;
            }
            return next < chunk.items().length;
        }

        @Override
        public Map.Entry<Object, Object> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Object key = Objects.requireNonNull(chunk.items()[next]);
            Object value = chunk.items()[next + 1];
            next += 2;
            current = key;
            currentBefore = before;
            currentPlace = next / 2 - removed;
            return new LiveEntry(key, value);
        }

        @Override
        public void remove() {
            if (current == null) {
                throw new IllegalStateException("there is no entry to remove; call next() first");
            }
            if (comesBack(current)) {
                table.rawSet(current, null);
            } else {
                table.runtime.state.bulk().remove(table.ref, currentBefore, currentPlace);
            }
            if (currentBefore == before) {
                removed++;
            }
            current = null;
        }
    }

    /** Whether a key that Java gives to Lua is the one that it had from there: not if bytes were no text, or for cdata. */
    private static boolean comesBack(Object key) {
        return key instanceof String text
                ? text.indexOf('\uFFFD') < 0
                : !(key instanceof java.math.BigInteger || (key instanceof Long number && !LuaNumbers.isExact(number)));
    }

    private final class LiveEntry extends SimpleEntry<Object, Object> {
        private static final long serialVersionUID = 1;

        private final transient Object place;

        /** Both may be stand-ins: the table goes on having them, the entry has what they stand for. */
        LiveEntry(Object key, @Nullable Object value) {
            super(StandIn.resolve(key), StandIn.resolve(value));
            place = key;
        }

        @Override
        public Object setValue(Object value) {
            if (!comesBack(getKey())) {
                throw new UnsupportedOperationException(
                        "the key " + getKey() + " is another one in Lua; use raw strings or a Lua function");
            }
            table.rawSet(place, value);
            return super.setValue(value);
        }
    }
}
