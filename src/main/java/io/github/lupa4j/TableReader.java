package io.github.lupa4j;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.UndeclaredThrowableException;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes Java objects of tables, by the types that are asked for. */
final class TableReader {
    private final LuaRuntime runtime;
    /** The tables that are being read, to notice one that contains itself: only a live one can become a tree's node. */
    private final List<LuaTable> path = new ArrayList<>();

    TableReader(LuaRuntime runtime) {
        this.runtime = runtime;
    }

    /**
     * The value in a type.
     *
     * @throws ClassCastException if that cannot be
     */
    @Nullable
    Object read(@Nullable Object value, Type type) {
        Class<?> raw = raw(type);
        if (!(value instanceof LuaTable table) || (raw.isInstance(value) && !isGeneric(type))) {
            return runtime.convert(value, raw);
        }
        if (path.contains(table)) {
            throw new ClassCastException("a table that contains itself cannot become a " + type.getTypeName());
        }
        path.add(table);
        runtime.lock();
        try {
            return readTable(table, type, raw);
        } finally {
            runtime.unlock();
            path.remove(path.size() - 1);
        }
    }

    private @Nullable Object readTable(LuaTable table, Type type, Class<?> raw) {
        if (raw == double[].class) {
            return table.toDoubles();
        }
        if (raw.isArray()) {
            Type item =
                    type instanceof GenericArrayType array ? array.getGenericComponentType() : raw.getComponentType();
            return readArray(table, item);
        }
        if (raw == Map.class) {
            return readMap(table, argument(type, 0), argument(type, 1));
        }
        if (raw == List.class || raw == Collection.class || raw == Iterable.class) {
            return readItems(table, argument(type, 0), new ArrayList<>());
        }
        if (raw == Set.class) {
            return readItems(table, argument(type, 0), new LinkedHashSet<>());
        }
        if (raw.isRecord()) {
            return readRecord(table, raw);
        }
        Constructor<?> constructor = beanConstructor(raw);
        return constructor == null ? runtime.convert(table, raw) : readBean(table, constructor);
    }

    // -- Types ---------------------------------------------------------------------------------------------------

    private static Class<?> raw(Type type) {
        if (type instanceof Class<?> c) {
            return c;
        }
        if (type instanceof ParameterizedType parameterized) {
            return (Class<?>) parameterized.getRawType();
        }
        if (type instanceof GenericArrayType array) {
            return raw(array.getGenericComponentType()).arrayType();
        }
        if (type instanceof WildcardType wildcard) {
            return raw(wildcard.getUpperBounds()[0]);
        }
        return type instanceof TypeVariable<?> variable ? raw(variable.getBounds()[0]) : Object.class;
    }

    private static boolean isGeneric(Type type) {
        return type instanceof ParameterizedType;
    }

    private static Type argument(Type type, int index) {
        return type instanceof ParameterizedType parameterized
                ? parameterized.getActualTypeArguments()[index]
                : Object.class;
    }

    // -- Collections ---------------------------------------------------------------------------------------------

    private Collection<@Nullable Object> readItems(LuaTable table, Type type, Collection<@Nullable Object> items) {
        for (Object item : runtime.items(table)) {
            items.add(read(item, type));
        }
        return items;
    }

    private Object readArray(LuaTable table, Type type) {
        List<@Nullable Object> items = runtime.items(table);
        Object array = Array.newInstance(raw(type), items.size());
        for (int i = 0; i < items.size(); i++) {
            Array.set(array, i, read(items.get(i), type));
        }
        return array;
    }

    private Map<@Nullable Object, @Nullable Object> readMap(LuaTable table, Type keys, Type values) {
        Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
        for (Map.Entry<Object, Object> entry : table.entrySet()) {
            map.put(read(entry.getKey(), keys), read(entry.getValue(), values));
        }
        return map;
    }

    // -- Records -------------------------------------------------------------------------------------------------

    private Object readRecord(LuaTable table, Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        boolean byPosition = table.length() == components.length
                && Arrays.stream(components).allMatch(component -> table.get(component.getName()) == null);
        @Nullable Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            RecordComponent component = components[i];
            types[i] = component.getType();
            Object value = table.get(byPosition ? (Object) (i + 1) : component.getName());
            values[i] = readField(value, component.getGenericType(), type, component.getName());
        }
        try {
            return create(type.getDeclaredConstructor(types), values);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("internal error: a record without its constructor; this is a bug", e);
        }
    }

    private @Nullable Object readField(@Nullable Object value, Type type, Class<?> owner, String name) {
        try {
            return read(value, type);
        } catch (ClassCastException e) {
            ClassCastException told = new ClassCastException(owner.getTypeName() + "." + name + ": "
                    + (value == null ? "the table has no such value" : e.getMessage()));
            told.initCause(e);
            throw told;
        }
    }

    // -- Beans ---------------------------------------------------------------------------------------------------

    private static @Nullable Constructor<?> beanConstructor(Class<?> type) {
        if (type.isInterface() || Modifier.isAbstract(type.getModifiers()) || LuaValue.class.isAssignableFrom(type)) {
            return null;
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor();
            return Modifier.isPrivate(constructor.getModifiers()) || isPlatform(type) ? null : constructor;
        } catch (NoSuchMethodException e) {
            return null;
        }
    }

    /** Classes of the platform have setters too, but a table does not mean those. */
    private static boolean isPlatform(Class<?> type) {
        return type.getPackageName().startsWith("java.");
    }

    private Object readBean(LuaTable table, Constructor<?> constructor) {
        Object bean = create(constructor);
        Class<?> type = bean.getClass();
        for (Method method : type.getMethods()) {
            String name = method.getName();
            if (name.length() > 3
                    && name.startsWith("set")
                    && method.getParameterCount() == 1
                    && !Modifier.isStatic(method.getModifiers())) {
                String property = Character.toLowerCase(name.charAt(3)) + name.substring(4);
                Object value = table.get(property);
                if (value != null) {
                    Object converted = readField(value, method.getGenericParameterTypes()[0], type, property);
                    invoke(method, bean, converted);
                }
            }
        }
        for (Field field : type.getFields()) {
            Object value = isSettable(field) ? table.get(field.getName()) : null;
            if (value != null) {
                set(field, bean, readField(value, field.getGenericType(), type, field.getName()));
            }
        }
        return bean;
    }

    private static boolean isSettable(Field field) {
        return !Modifier.isStatic(field.getModifiers()) && !Modifier.isFinal(field.getModifiers());
    }

    // -- Access --------------------------------------------------------------------------------------------------

    private static Object create(Constructor<?> constructor, @Nullable Object... arguments) {
        try {
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw failure(constructor, e);
        }
    }

    private static void invoke(Method method, Object target, @Nullable Object argument) {
        try {
            method.setAccessible(true);
            method.invoke(target, argument);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw failure(method, e);
        }
    }

    private static void set(Field field, Object target, @Nullable Object value) {
        try {
            field.setAccessible(true);
            field.set(target, value);
        } catch (IllegalAccessException | InaccessibleObjectException e) {
            throw inaccessible(field.getDeclaringClass(), e);
        }
    }

    private static RuntimeException failure(Executable member, Exception e) {
        if (e instanceof InvocationTargetException) {
            Throwable thrown = e.getCause();
            if (thrown instanceof RuntimeException unchecked) {
                return unchecked;
            }
            if (thrown instanceof Error error) {
                throw error;
            }
            return new UndeclaredThrowableException(thrown);
        }
        return inaccessible(member.getDeclaringClass(), e);
    }

    private static ClassCastException inaccessible(Class<?> type, Exception e) {
        ClassCastException told = new ClassCastException(
                type.getTypeName() + " cannot be made; open its package to io.github.lupa4j: " + e);
        told.initCause(e);
        return told;
    }
}
