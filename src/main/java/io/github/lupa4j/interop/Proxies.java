package io.github.lupa4j.interop;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaTable;
import io.github.lupa4j.LuaValue;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lua functions and tables as Java interfaces.
 *
 * <p>A function stands for all abstract methods of its interfaces, of which each may have one; a table for those that
 * it has functions for at the time of the call. Default methods stay what they are unless the table has a function of
 * the name. A proxy may be called from any thread, as long as the runtime is open; two proxies are equal when they
 * stand for the same Lua object in the same way.
 */
public final class Proxies {
    /** How the functions of a table are called. */
    public enum Style {
        /** The table is their first argument; it is an error if one is missing. */
        METHODS,
        /** They get the arguments alone; a missing one does nothing and gives null. */
        FUNCTIONS
    }

    private Proxies() {}

    /**
     * A proxy that calls a table's functions with the table first.
     *
     * @param target a function or table
     * @throws IllegalArgumentException when that cannot be, as for a class or for a function that would have to stand
     *     for methods of several names
     */
    public static Object create(LuaValue target, Class<?>... interfaces) {
        return create(target, Style.METHODS, interfaces);
    }

    /** As {@link #create(LuaValue, Class...)}; results are converted to what the arguments of a generic type say. */
    static Object createGeneric(LuaValue target, Class<?> type, Type generic) {
        check(target, type);
        List<Class<?>> types = List.of(type);
        return newProxy(types, new ProxyHandler(target, Style.METHODS, types, ProxyShape.of(type, generic)));
    }

    /** As {@link #create(LuaValue, Class...)}, in either style. */
    public static Object create(LuaValue target, Style style, Class<?>... interfaces) {
        Set<Class<?>> types = new LinkedHashSet<>(Arrays.asList(interfaces));
        if (types.isEmpty()) {
            throw new IllegalArgumentException("a proxy needs an interface");
        }
        for (Class<?> type : types) {
            check(target, type);
        }
        List<Class<?>> list = List.copyOf(types);
        ProxyShape[] shapes = list.stream().map(ProxyShape::of).toArray(ProxyShape[]::new);
        return newProxy(list, new ProxyHandler(target, style, list, shapes));
    }

    private static Object newProxy(List<Class<?>> types, ProxyHandler handler) {
        return Proxy.newProxyInstance(loader(types), types.toArray(new Class<?>[0]), handler);
    }

    private static void check(LuaValue target, Class<?> type) {
        if (!type.isInterface() || type.isAnnotation()) {
            throw new IllegalArgumentException(type.getTypeName() + " is not an interface that Lua can implement");
        }
        if (target instanceof LuaFunction) {
            List<String> names = ProxyShape.of(type).abstractNames();
            if (names.size() > 1) {
                throw new IllegalArgumentException("a function cannot be a " + type.getTypeName()
                        + ", which has several methods (" + String.join(", ", names) + "); a table can");
            }
        } else if (!(target instanceof LuaTable)) {
            throw new IllegalArgumentException(
                    Words.describe(target) + " cannot be a " + type.getTypeName() + "; a function or table can");
        }
    }

    /** Whether a function can stand for the interface. */
    static boolean isFunctional(Class<?> type) {
        return type.isInterface()
                && !type.isAnnotation()
                && ProxyShape.of(type).abstractNames().size() == 1;
    }

    /** A loader that knows all the interfaces. */
    private static @Nullable ClassLoader loader(List<Class<?>> types) {
        for (Class<?> type : types) {
            if (types.stream().allMatch(t -> isVisible(t, type.getClassLoader()))) {
                return type.getClassLoader();
            }
        }
        ClassLoader own = Proxies.class.getClassLoader();
        if (types.stream().allMatch(t -> isVisible(t, own))) {
            return own;
        }
        throw new IllegalArgumentException("no class loader knows all of "
                + types.stream().map(Class::getTypeName).toList());
    }

    private static boolean isVisible(Class<?> type, @Nullable ClassLoader loader) {
        try {
            return Class.forName(type.getName(), false, loader) == type;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /** The type that a method of an interface gives there. */
    public static Type resultType(Class<?> type, Method method) {
        ProxyShape.Operation operation = ProxyShape.of(type).operation(method);
        return operation == null ? method.getReturnType() : operation.generic();
    }
}
