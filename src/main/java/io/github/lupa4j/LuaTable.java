package io.github.lupa4j;

import io.github.lupa4j.vm.Calls;
import java.util.Collection;
import java.util.Map;
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
    private final TableEntries entries = new TableEntries(this);

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
        return runtime.state.bulk().next(ref, null, 1).length == 0;
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
        java.util.Objects.requireNonNull(key, "a table has no null keys");
        runtime.state.tables().set(ref, key, value, false);
    }

    @Override
    public @Nullable Object remove(@Nullable Object key) {
        return key == null ? null : put(key, null);
    }

    @Override
    public void putAll(Map<?, ?> map) {
        map.forEach(this::set);
    }

    @Override
    public void clear() {
        runtime.lock();
        try {
            for (Object key : keySet().toArray()) {
                rawSet(key, null);
            }
        } finally {
            runtime.unlock();
        }
    }

    @Override
    public boolean containsValue(@Nullable Object value) {
        return value != null && entries.containsValue(value);
    }

    @Override
    public Set<Object> keySet() {
        return entries.keySet();
    }

    @Override
    public Collection<Object> values() {
        return entries.values();
    }

    @Override
    public Set<Map.Entry<Object, Object>> entrySet() {
        return entries.entrySet();
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
        java.util.Objects.requireNonNull(key, "a table has no null keys");
        runtime.state.tables().set(ref, key, value, true);
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
