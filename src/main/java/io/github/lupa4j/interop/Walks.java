package io.github.lupa4j.interop;

import io.github.lupa4j.vm.None;
import io.github.lupa4j.vm.Walk;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The ways to walk Java objects with the generic {@code for}. */
final class Walks {
    /**
     * Classes of which nobody notices that an iterator or a list is read before the script asks for it. The entries of
     * these maps show later changes of their values, and items of these lists and of arrays can be read again; those of
     * queues cannot, nor entries of concurrent maps.
     */
    private static final Set<Class<?>> SILENT = Set.of(
            ArrayList.class,
            CopyOnWriteArrayList.class,
            Arrays.asList().getClass(),
            List.of().getClass(),
            List.of(1).getClass(),
            HashSet.class,
            LinkedHashSet.class,
            TreeSet.class,
            Set.of().getClass(),
            Set.of(1).getClass(),
            HashMap.class,
            LinkedHashMap.class,
            TreeMap.class,
            Map.of().getClass(),
            Map.of(1, 1).getClass());

    private Walks() {}

    private static boolean isSilent(Object object) {
        return SILENT.contains(object.getClass()) || object.getClass().isArray();
    }

    /** Gives keys and values; null of either is {@link None}, for a nil key would end the loop. */
    static Walk entries(Map<?, ?> map) {
        return new OfIterator(Walk.Kind.ENTRIES, map.entrySet().iterator(), map) {
            @Override
            public Object key() {
                return None.unlessPresent(entry().getKey());
            }

            @Override
            public Object value() {
                return None.unlessPresent(entry().getValue());
            }

            private Map.Entry<?, ?> entry() {
                return (Map.Entry<?, ?>) Objects.requireNonNull(item);
            }
        };
    }

    /** Gives positions and items of a list or an array, as it is at each step. */
    static Walk sequence(Object sequence) {
        return new OfSequence(sequence);
    }

    /** Gives numbers from 1 on, and items of what can only be walked. */
    static Walk numbered(Iterable<?> iterable) {
        return new OfIterator(Walk.Kind.ENTRIES, iterable.iterator(), iterable) {
            @Override
            public Object key() {
                return number;
            }

            @Override
            public @Nullable Object value() {
                return item;
            }
        };
    }

    /** Gives numbers and items, {@link None} for null. */
    static Walk numbered(Iterator<?> iterator, @Nullable Object object, long first) {
        return new OfIterator(Walk.Kind.ENTRIES, iterator, object) {
            @Override
            public Object key() {
                return first - 1 + number;
            }

            @Override
            public Object value() {
                return None.unlessPresent(item);
            }
        };
    }

    /** Gives the items alone, {@link None} for null. */
    static Walk items(Iterator<?> iterator, @Nullable Object object) {
        return new OfIterator(Walk.Kind.ITEMS, iterator, object) {
            @Override
            public Object key() {
                return None.unlessPresent(item);
            }

            @Override
            public @Nullable Object value() {
                return null;
            }
        };
    }

    // -- By position ---------------------------------------------------------------------------------------------

    private static final class OfSequence extends Walk {
        private final Object sequence;
        private final boolean silent;
        private int position;
        private int size;

        OfSequence(Object sequence) {
            super(Kind.SEQUENCE);
            this.sequence = sequence;
            silent = isSilent(sequence);
        }

        @Override
        public int begin(int taken, int wanted, @Nullable Object control) {
            if (!(control instanceof Number number)) {
                throw new UsageException("the iterator of a " + Words.typeName(sequence)
                        + " needs a position as its second argument, not " + Words.describe(control));
            }
            position = number.intValue();
            size = Items.size(sequence);
            return silent ? wanted : 1;
        }

        @Override
        public boolean advance() {
            return position < size && ++position > 0;
        }

        @Override
        public Object key() {
            return position;
        }

        @Override
        public @Nullable Object value() {
            return Items.get(sequence, position);
        }
    }

    // -- By an iterator ------------------------------------------------------------------------------------------

    /**
     * What is read ahead stays here until the script has taken it; so entries of maps show later changes of their values.
     * At most half of what is left is read ahead: the iterator can still tell that its collection was changed.
     */
    private abstract static class OfIterator extends Walk {
        private static final Object NULL = new Object();

        private final Iterator<?> iterator;
        private final ArrayDeque<Object> ahead = new ArrayDeque<>(2);
        /** Of how many items some may be read ahead. */
        private int left;
        /** How many of those that were read ahead the script has got last. */
        private int given;

        private Iterator<Object> again = Collections.emptyIterator();
        /** A list or array that is walked, whose items can have changed since they were read ahead. */
        private final @Nullable Object sequence;
        /** The item of this step and its number, from 1 on. */
        @Nullable
        Object item;

        long number;

        OfIterator(Kind kind, Iterator<?> iterator, @Nullable Object object) {
            super(kind);
            this.iterator = iterator;
            left = object != null && isSilent(object) ? Items.length(object) : 0;
            sequence = object != null && left > 0 && Items.isSequence(object) ? object : null;
        }

        @Override
        public final int begin(int taken, int wanted, @Nullable Object position) {
            for (int i = Math.min(taken, given); i > 0; i--) {
                ahead.removeFirst();
            }
            number -= Math.max(given - taken, 0);
            given = 0;
            if (!ahead.isEmpty()) {
                if (wanted == 1 && iterator.hasNext()) {
                    ahead.addLast(next()); // It fails if its collection was changed.
                }
                again = ahead.iterator();
                return Math.min(wanted, ahead.size());
            }
            again = Collections.emptyIterator();
            int most = Math.max(1, Math.min(wanted, left / 2));
            left = Math.max(0, left - most);
            return most;
        }

        @Override
        public final boolean advance() {
            Object got;
            if (again.hasNext()) {
                got = presently(again.next());
            } else if (iterator.hasNext()) {
                got = next();
                ahead.addLast(got);
            } else {
                return false;
            }
            item = got == NULL ? null : got;
            given++;
            number++;
            return true;
        }

        /** The item that was read ahead, as it is now. */
        private Object presently(Object item) {
            if (sequence == null || number >= Items.size(sequence)) {
                return item;
            }
            Object present = Items.get(sequence, number + 1);
            return present == null ? NULL : present;
        }

        private Object next() {
            Object next = iterator.next();
            return next == null ? NULL : next;
        }
    }
}
