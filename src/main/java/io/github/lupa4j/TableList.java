package io.github.lupa4j;

import io.github.lupa4j.vm.Bulk;
import java.util.AbstractList;
import java.util.Collection;
import java.util.Objects;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/** The sequence of a table as a list; its first item is that of the key 1. */
final class TableList extends AbstractList<Object> implements RandomAccess {
    private final LuaTable table;

    TableList(LuaTable table) {
        this.table = table;
    }

    private Bulk bulk() {
        return table.runtime.state.bulk();
    }

    /** Whether many items may be read and written at once: no metamethod can have a say. */
    private boolean isPlain() {
        return table.metatable() == null;
    }

    @Override
    public int size() {
        return (int) Math.max(0, Math.min(table.length(), Integer.MAX_VALUE)); // __len may give anything.
    }

    @Override
    @SuppressWarnings("NullAway") // a hole reads as null
    public @Nullable Object get(int index) {
        table.runtime.lock();
        try {
            Object item = index < 0 ? null : table.get(index + 1);
            if (item == null) {
                Objects.checkIndex(index, size());
            }
            return item;
        } finally {
            table.runtime.unlock();
        }
    }

    @Override
    @SuppressWarnings("NullAway")
    public @Nullable Object set(int index, @Nullable Object item) {
        table.runtime.lock();
        try {
            Object old = get(index);
            table.set(index + 1, item);
            return old;
        } finally {
            table.runtime.unlock();
        }
    }

    @Override
    public void add(int index, Object item) {
        Objects.requireNonNull(item, "null would end the sequence");
        table.runtime.lock();
        try {
            int size = size();
            Objects.checkIndex(index, size + 1);
            if (index < size) {
                move(index, size, 1);
            }
            table.set(index + 1, item);
            modCount++;
        } finally {
            table.runtime.unlock();
        }
    }

    @Override
    @SuppressWarnings("NullAway")
    public @Nullable Object remove(int index) {
        table.runtime.lock();
        try {
            Object old = get(index);
            removeRange(index, index + 1);
            return old;
        } finally {
            table.runtime.unlock();
        }
    }

    @Override
    public boolean remove(@Nullable Object item) {
        table.runtime.lock();
        try {
            int index = indexOf(item);
            if (index >= 0) {
                removeRange(index, index + 1);
            }
            return index >= 0;
        } finally {
            table.runtime.unlock();
        }
    }

    @Override
    public boolean removeAll(Collection<?> items) {
        return removeIf(item -> table.isAmong(item, items));
    }

    @Override
    public boolean retainAll(Collection<?> items) {
        return removeIf(item -> !table.isAmong(item, items));
    }

    @Override
    public boolean addAll(Collection<?> items) {
        return addAll(size(), items);
    }

    @Override
    public boolean addAll(int index, Collection<?> items) {
        int at = index;
        for (Object item : items.toArray()) { // It may be this list.
            add(at++, item);
        }
        return at > index;
    }

    @Override
    public boolean contains(@Nullable Object item) {
        return indexOf(item) >= 0;
    }

    @Override
    public int indexOf(@Nullable Object item) {
        @Nullable Object[] items = toArray();
        for (int i = 0; i < items.length; i++) {
            if (table.isSame(items[i], item)) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public int lastIndexOf(@Nullable Object item) {
        @Nullable Object[] items = toArray();
        int i = items.length - 1;
        while (i >= 0 && !table.isSame(items[i], item)) {
            i--;
        }
        return i;
    }

    @Override
    protected void removeRange(int from, int to) {
        table.runtime.lock();
        try {
            int size = size();
            move(to, size, from - to);
            // From behind: what is left is a sequence at any time.
            for (int i = size; i > size - (to - from); i--) {
                table.set(i, null);
            }
            modCount++;
        } finally {
            table.runtime.unlock();
        }
    }

    /** Moves the items of a range. */
    private void move(int from, int to, int by) {
        @Nullable Object[] items = items(from, to);
        if (isPlain()) {
            bulk().setRange(table.ref, from + by + 1, items, items.length);
        } else {
            for (int i = 0; i < items.length; i++) {
                table.set(from + by + 1 + i, items[i]);
            }
        }
    }

    private @Nullable Object[] items(int from, int to) {
        @Nullable Object[] items = new Object[to - from];
        boolean plain = isPlain();
        for (int i = 0; i < items.length; ) {
            if (plain) {
                @Nullable Object[] chunk = bulk().range(table.ref, from + i + 1, items.length - i);
                System.arraycopy(chunk, 0, items, i, chunk.length);
                i += chunk.length;
            } else {
                items[i] = table.get(from + i + 1);
                i++;
            }
        }
        return items;
    }

    @Override
    @SuppressWarnings("NullAway")
    public @Nullable Object[] toArray() {
        table.runtime.lock();
        try {
            return items(0, size());
        } finally {
            table.runtime.unlock();
        }
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"})
    public <T> T[] toArray(T[] array) {
        @Nullable Object[] items = toArray();
        T[] result = array.length >= items.length
                ? array
                : (T[]) java.lang.reflect.Array.newInstance(array.getClass().getComponentType(), items.length);
        System.arraycopy(items, 0, result, 0, items.length);
        if (result.length > items.length) {
            result[items.length] = null;
        }
        return result;
    }
}
