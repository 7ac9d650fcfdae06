package io.github.lupa4j;

import io.github.lupa4j.vm.StandIn;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The entry, key and value views of a table. */
final class TableEntries extends AbstractMap<Object, Object> {
    private final LuaTable table;
    private final Set<Map.Entry<Object, Object>> entries = new Entries();

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
        public void clear() {
            table.clear();
        }
    }

    /** Walks the table by a few entries a crossing. */
    private final class EntryIterator implements Iterator<Map.Entry<Object, Object>> {
        private static final int CHUNK = 256;

        private @Nullable Object[] chunk = table.runtime.state.bulk().next(table.ref, null, CHUNK);
        private int next;
        private @Nullable Object current;

        @Override
        public boolean hasNext() {
            if (next == chunk.length && next > 0) {
                fetch();
            }
            return next < chunk.length;
        }

        private void fetch() {
            chunk = table.runtime.state.bulk().next(table.ref, chunk[chunk.length - 2], CHUNK);
            next = 0;
        }

        @Override
        public Map.Entry<Object, Object> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Object key = java.util.Objects.requireNonNull(chunk[next]);
            Object value = chunk[next + 1];
            next += 2;
            current = key;
            return new LiveEntry(key, value);
        }

        @Override
        public void remove() {
            if (current == null) {
                throw new IllegalStateException("there is no entry to remove; call next() first");
            }
            if (next == chunk.length) {
                fetch(); // Lua can only go on from a key that is still there.
            }
            table.rawSet(current, null);
            current = null;
        }
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
            table.rawSet(place, value);
            return super.setValue(value);
        }
    }
}
