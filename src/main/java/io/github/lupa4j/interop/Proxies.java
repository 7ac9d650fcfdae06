package io.github.lupa4j.interop;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaInterceptor;
import io.github.lupa4j.LuaTable;
import io.github.lupa4j.LuaValue;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
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
        return newProxy(target, Style.METHODS, List.of(type), ProxyShape.ofGeneric(type, generic));
    }

    /** As {@link #create(LuaValue, Class...)}, in either style. */
    public static Object create(LuaValue target, Style style, Class<?>... interfaces) {
        List<Class<?>> types = Arrays.stream(interfaces).distinct().toList();
        if (types.isEmpty()) {
            throw new IllegalArgumentException("a proxy needs an interface");
        }
        for (Class<?> type : types) {
            check(target, type);
        }
        if (target instanceof LuaFunction) {
            checkHasMethod(types);
        }
        return newProxy(target, style, types, null);
    }

    /** A proxy for a table's functions, with something done around each call. */
    public static Object create(LuaTable target, boolean methods, Class<?> type, LuaInterceptor interceptor) {
        check(target, type);
        ProxyClass made = ProxyClass.of(List.of(type));
        return made.newInstance(new InterceptedProxy(made, target, methods, interceptor));
    }

    private static Object newProxy(LuaValue target, Style style, List<Class<?>> types, @Nullable ProxyShape shape) {
        ProxyClass type = ProxyClass.of(types);
        return type.newInstance(
                target instanceof LuaFunction function
                        ? new FunctionProxy(type, function, shape)
                        : new TableProxy(type, (LuaTable) target, style, shape));
    }

    private static void check(LuaValue target, Class<?> type) {
        if (!isImplementable(type)) {
            throw new IllegalArgumentException(type.getTypeName() + " is not an interface that Lua can implement");
        }
        if (target instanceof LuaFunction) {
            List<String> names = ProxyShape.of(type).abstractNames();
            if (names.size() > 1 || (names.size() == 1 && FunctionalInterfaces.method(type) == null)) {
                throw new IllegalArgumentException("a function cannot be a " + type.getTypeName()
                        + ", which has several methods (" + String.join(", ", names) + "); a table can");
            }
        } else if (!(target instanceof LuaTable)) {
            throw new IllegalArgumentException(
                    Words.describe(target) + " cannot be a " + type.getTypeName() + "; a function or table can");
        }
    }

    /** A function must stand for something; beside that, it may be marked by interfaces without methods. */
    private static void checkHasMethod(List<Class<?>> types) {
        for (Class<?> type : types) {
            if (!ProxyShape.of(type).abstractNames().isEmpty()) {
                return;
            }
        }
        throw new IllegalArgumentException(
                "a function cannot be a " + types.get(0).getTypeName() + ", which has no method for it; a table can");
    }

    static boolean isImplementable(Class<?> type) {
        return type.isInterface() && !type.isAnnotation() && !type.isSealed() && !type.isHidden();
    }

    /** Whether a function can stand for the interface. */
    static boolean isFunctional(Class<?> type) {
        return isImplementable(type) && ProxyShape.of(type).abstractNames().size() == 1;
    }
}
