package io.github.lupa4j;

import io.github.lupa4j.interop.FunctionalInterfaces;
import io.github.lupa4j.interop.Proxies;
import io.github.lupa4j.vm.Calls;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Lua table as a live map: what either side writes the other sees at once.
 *
 * <p>Keys compare as Lua's do: 1, 1L and 1.0 are one key. A null value is the absence of the key. {@code get} and
 * {@code put} respect metamethods, {@code rawGet} and {@code rawSet} do not. Unlike other maps, tables are equal
 * only when they are the same table. Each operation is atomic; an iteration sees changes made meanwhile or not.
 */
public final class LuaTable extends LuaValue implements Map<Object, Object> {
    private @Nullable TableEntries entries;

    LuaTable(LuaRuntime runtime, int index, long identity) {
        super(runtime, LuaType.TABLE, index, identity);
    }

    // -- Map -----------------------------------------------------------------------------------------------------

    /** The number of entries, counted one by one. */
    @Override
    public int size() {
        return runtime.state.tables().size(ref);
    }

    @Override
    public boolean isEmpty() {
        return runtime.state.bulk().next(ref, null, 1).items().length == 0;
    }

    /** The value, or null; {@code __index} is respected. */
    @Override
    public @Nullable Object get(@Nullable Object key) {
        return key == null ? null : runtime.state.tables().get(ref, key, false);
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return get(key) != null;
    }

    /**
     * Sets a value and returns the one before; {@code __newindex} is respected.
     *
     * @throws NullPointerException if the key is null
     * @throws LuaException if the key is NaN, or a metamethod fails
     */
    @Override
    public @Nullable Object put(Object key, @Nullable Object value) {
        runtime.lock();
        try {
            Object old = get(key);
            set(key, value);
            return old;
        } finally {
            runtime.unlock();
        }
    }

    /**
     * Sets a value, without asking for the one before; {@code __newindex} is respected.
     *
     * @param key the key
     * @param value the value; null removes the key
     * @throws NullPointerException if the key is null
     * @throws LuaException if the key is NaN, or a metamethod fails
     */
    public void set(Object key, @Nullable Object value) {
        Objects.requireNonNull(key, "a table has no null keys");
        runtime.state.tables().set(ref, key, value, false);
    }

    @Override
    public @Nullable Object remove(@Nullable Object key) {
        return key == null || (key instanceof Double number && number.isNaN()) ? null : put(key, null);
    }

    @Override
    public void putAll(Map<?, ?> map) {
        map.forEach(this::set);
    }

    @Override
    public void clear() {
        runtime.state.bulk().clear(ref);
    }

    @Override
    public boolean containsValue(@Nullable Object value) {
        return value != null && values().contains(value);
    }

    @Override
    public boolean remove(Object key, Object value) {
        runtime.lock();
        try {
            boolean same = value != null && isSame(get(key), value);
            if (same) {
                remove(key);
            }
            return same;
        } finally {
            runtime.unlock();
        }
    }

    @Override
    public boolean replace(Object key, Object old, Object value) {
        runtime.lock();
        try {
            boolean same = old != null && isSame(get(key), old);
            if (same) {
                put(key, value);
            }
            return same;
        } finally {
            runtime.unlock();
        }
    }

    private TableEntries entries() {
        TableEntries views = entries;
        if (views == null) {
            views = new TableEntries(this);
            entries = views; // Another thread may have others, which are as good.
        }
        return views;
    }

    @Override
    public Set<Object> keySet() {
        return entries().keySet();
    }

    @Override
    public Collection<Object> values() {
        return entries().values();
    }

    @Override
    public Set<Map.Entry<Object, Object>> entrySet() {
        return entries().entrySet();
    }

    // -- Typed values ----------------------------------------------------------------------------------------------

    /**
     * {@return the value of a key in a Java type, as {@link #as} and {@link LuaRuntime#convert} make it; null if there
     * is none}
     *
     * @param <T> the type
     * @param key the key
     * @param type a class or interface; primitive types stand for their boxes
     * @throws ClassCastException if the value is of another kind
     */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <T> @Nullable T get(Object key, Class<T> type) {
        Object value = get(key);
        return value == null ? null : (T) new TableReader(runtime).read(value, type);
    }

    /**
     * {@return the value of a key}
     *
     * @param key the key
     * @throws ClassCastException if there is none, or it is no whole number of that size
     */
    public int getInt(Object key) {
        return present(key, int.class);
    }

    /**
     * {@return the value of a key}
     *
     * @param key the key
     * @throws ClassCastException if there is none, or it is no whole number of that size
     */
    public long getLong(Object key) {
        return present(key, long.class);
    }

    /**
     * {@return the value of a key}
     *
     * @param key the key
     * @throws ClassCastException if there is none, or it is no number
     */
    public double getDouble(Object key) {
        return present(key, double.class);
    }

    /**
     * {@return the value of a key}
     *
     * @param key the key
     * @throws ClassCastException if there is none, or it is no boolean
     */
    public boolean getBoolean(Object key) {
        return present(key, boolean.class);
    }

    private <T> T present(Object key, Class<T> type) {
        T value = get(key, type);
        if (value == null) {
            throw new ClassCastException(
                    "the table has no value for the key " + key + ", but a " + type + " is wanted");
        }
        return value;
    }

    /**
     * {@return the value of a key, or null}
     *
     * @param key the key
     * @throws ClassCastException if it is no string
     */
    public @Nullable String getString(Object key) {
        return get(key, String.class);
    }

    /**
     * {@return the value of a key, or null}
     *
     * @param key the key
     * @throws ClassCastException if it is no table
     */
    public @Nullable LuaTable getTable(Object key) {
        return get(key, LuaTable.class);
    }

    /**
     * {@return the value of a key, or null}
     *
     * @param key the key
     * @throws ClassCastException if it is no function
     */
    public @Nullable LuaFunction getFunction(Object key) {
        return get(key, LuaFunction.class);
    }

    // -- Lists and copies --------------------------------------------------------------------------------------------

    /**
     * {@return the sequence of this table as a live list} Item 0 is the value of the key 1, and {@code size()} is what
     * {@code #} gives. Items can be added, which null cannot, and removed; those after them move. Setting the last item
     * to null makes the list shorter.
     */
    public List<Object> asList() {
        return new TableList(this);
    }

    /**
     * {@return a copy of all entries, metamethods left out} Tables among the values are copied too: a sequence, the
     * empty one included, becomes an ArrayList, any other table a LinkedHashMap; one that is met again is the same copy
     * again. What is not a table, and the keys, are as {@link #get} gives them.
     */
    public Map<Object, Object> toMap() {
        return TableCopier.toMap(this);
    }

    /** {@return a copy of the sequence, metamethods left out} Tables among its items are copied as by {@link #toMap}. */
    public List<Object> toList() {
        return TableCopier.toList(this);
    }

    /**
     * {@return a copy of a sequence of numbers, metamethods left out}
     *
     * @throws ClassCastException if one of the values of the keys 1 to {@code #} is no number
     */
    public double[] toDoubles() {
        runtime.lock();
        try {
            int size = (int) rawLength();
            double[] numbers = runtime.state.bulk().doubles(ref, size);
            if (numbers.length < size) {
                Object other = rawGet(numbers.length + 1);
                throw new ClassCastException("item " + (numbers.length + 1) + " of the table is no number but "
                        + (other == null ? "nil" : other.getClass().getTypeName()));
            }
            return numbers;
        } finally {
            runtime.unlock();
        }
    }

    /**
     * Makes a Java object of the contents of this table: a record of the fields named as its components are (or, where
     * none of them is there, of as many items); an array, {@link List}, {@link java.util.Set} or {@link Collection} of
     * its sequence; a {@link Map} of its entries; an object of a class with a public constructor of no parameters by
     * its setters and public fields, as far as the table has values for them. Values are converted to the types that
     * these declare, type arguments included.
     *
     * @param <T> the type
     * @param type the class or interface
     * @return the object; for {@link Map}, {@link LuaTable} and {@link Object} this table itself
     * @throws ClassCastException if a value cannot be converted, or there is no way to such an object
     */
    @SuppressWarnings("unchecked")
    public <T> T as(Class<T> type) {
        return (T) Objects.requireNonNull(new TableReader(runtime).read(this, type));
    }

    /**
     * Makes a Java object whose methods call this table's functions, each looked up at the time of the call. Default
     * methods for which there is none stay as they are. The object may be used from any thread; it is equal to what
     * else was made of the same table in the same way.
     *
     * @param <T> the interface
     * @param type the interface
     * @param methods whether the functions get this table as their first argument
     * @param interceptor what is done around the calls
     * @return the object
     * @throws IllegalArgumentException if the type is not an interface that can be implemented
     */
    public <T> T implement(Class<T> type, boolean methods, LuaInterceptor interceptor) {
        Objects.requireNonNull(interceptor, "interceptor");
        return type.cast(Proxies.create(this, methods, type, interceptor));
    }

    /** Does nothing to the {@linkplain LuaRuntime#globals() table of globals}, which the runtime goes on using. */
    @Override
    @SuppressWarnings("ReferenceEquality") // another handle of it may go
    public void close() {
        if (runtime.globals() != this) {
            super.close();
        }
    }

    /** Whether a value that came from this table is what the other one becomes in Lua. */
    boolean isSame(@Nullable Object fromLua, @Nullable Object value) {
        if (runtime.isRaw() && fromLua instanceof byte[] bytes) {
            byte[] other = value instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : null;
            return Arrays.equals(bytes, value instanceof byte[] given ? given : other);
        }
        return LuaNumbers.equal(fromLua, value);
    }

    /** Whether the other values are one of them. */
    boolean isAmong(@Nullable Object fromLua, Collection<?> values) {
        for (Object value : values) {
            if (isSame(fromLua, value)) {
                return true;
            }
        }
        return false;
    }

    /** The length without metamethods. */
    long rawLength() {
        return runtime.state.tables().length(ref, true);
    }

    /** Whether the keys are 1 to {@code #} and no others. */
    boolean isSequence() {
        return size() == rawLength();
    }

    // -- Lua -----------------------------------------------------------------------------------------------------

    /** {@return what {@code #} gives} */
    public long length() {
        return runtime.state.tables().length(ref, false);
    }

    /**
     * {@return the value of a key, or null, metamethods left out}
     *
     * @param key the key; null has no value
     */
    public @Nullable Object rawGet(@Nullable Object key) {
        return key == null ? null : runtime.state.tables().get(ref, key, true);
    }

    /**
     * Sets a value, metamethods left out.
     *
     * @param key the key
     * @param value the value; null removes the key
     * @throws NullPointerException if the key is null
     * @throws LuaException if the key is NaN
     */
    public void rawSet(Object key, @Nullable Object value) {
        Objects.requireNonNull(key, "a table has no null keys");
        runtime.state.tables().set(ref, key, value, true);
    }

    /** {@return a new table with the same entries, and no metatable} */
    public LuaTable copy() {
        return (LuaTable) runtime.state.tables().copy(ref);
    }

    /**
     * {@return whether this is an unchanged {@linkplain #copy copy} of a table that has not changed either} It can be
     * false for a table that has got the same entries in another way.
     *
     * @param original a table of the same runtime
     */
    public boolean isCopyOf(LuaTable original) {
        return runtime.state.tables().isCopy(ref, original.ref);
    }

    /** {@return the metatable, or null} */
    public @Nullable LuaTable metatable() {
        return (LuaTable) runtime.state.tables().metatable(ref);
    }

    /**
     * Sets the metatable. A {@code __metatable} field does not protect against Java.
     *
     * @param metatable a table of the same runtime; null takes the metatable away
     * @throws IllegalArgumentException if it is of another runtime
     */
    public void setMetatable(@Nullable LuaTable metatable) {
        runtime.state.tables().setMetatable(ref, metatable);
    }

    /**
     * {@return whether a field can be called} It can if it is a function, a table whose metatable has {@code __call}, or a
     * Java object that a script can call.
     *
     * @param name the field
     */
    public boolean isCallable(String name) {
        Object value = get(name);
        if (value instanceof LuaTable table) {
            LuaTable metatable = table.metatable();
            return metatable != null && metatable.rawGet("__call") != null;
        }
        return value instanceof LuaFunction
                || (value != null && !(value instanceof LuaValue) && FunctionalInterfaces.isCallable(value));
    }

    /**
     * Calls the function in a field, in one crossing.
     *
     * @param name the field
     * @param arguments the function's arguments, at most 65,000
     * @return null for no result, the result, or an unmodifiable list of several
     * @throws NoSuchMethodException when nothing callable is there
     * @throws LuaException when the function fails
     */
    public @Nullable Object call(String name, @Nullable Object... arguments) throws NoSuchMethodException {
        return Calls.callField(ref, name, false, arguments);
    }

    /**
     * Calls the function in a field with this table as its first argument, as {@code table:name(...)} does.
     *
     * @param name the field
     * @param arguments the arguments after the table, at most 65,000
     * @return null for no result, the result, or an unmodifiable list of several
     * @throws NoSuchMethodException when nothing callable is there
     * @throws LuaException when the function fails
     */
    public @Nullable Object callMethod(String name, @Nullable Object... arguments) throws NoSuchMethodException {
        return Calls.callField(ref, name, true, arguments);
    }
}
