package io.github.lupa4j.interop;

import io.github.lupa4j.LuaException;
import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaTable;
import io.github.lupa4j.LuaValue;
import io.github.lupa4j.interop.ProxyShape.Operation;
import io.github.lupa4j.vm.ResultList;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a proxy does when it is called; see {@link Proxies}. */
final class ProxyHandler implements InvocationHandler {
    private static final @Nullable Object[] NONE = {};

    private final LuaValue target;
    private final Proxies.Style style;
    private final List<Class<?>> interfaces;
    private final ProxyShape[] shapes;

    ProxyHandler(LuaValue target, Proxies.Style style, List<Class<?>> interfaces, ProxyShape... shapes) {
        this.target = target;
        this.style = style;
        this.interfaces = interfaces;
        this.shapes = shapes;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] given) throws Throwable {
        @Nullable Object[] arguments = given == null ? NONE : given;
        if (method.getDeclaringClass() == Object.class) {
            return objectMethod(proxy, method.getName(), arguments);
        }
        Operation operation = operation(method);
        @Nullable Object[] passed = method.isVarArgs() ? spread(arguments) : arguments;
        try {
            Object result = target instanceof LuaFunction function
                    ? operation.isDefault() ? invokeDefault(proxy, operation, arguments) : function.call(passed)
                    : callField((LuaTable) target, proxy, operation, arguments, passed);
            return converted(result, operation);
        } catch (LuaException e) {
            Throwable cause = e.getCause();
            throw cause != null && operation.declares(cause) ? cause : e;
        }
    }

    private Operation operation(Method method) {
        for (ProxyShape shape : shapes) {
            Operation operation = shape.operation(method);
            if (operation != null) {
                return operation;
            }
        }
        throw new IllegalStateException("internal error: " + method + " is not of " + interfaces + "; this is a bug");
    }

    private @Nullable Object callField(
            LuaTable table, Object proxy, Operation operation, @Nullable Object[] arguments, @Nullable Object[] passed)
            throws Throwable {
        try {
            return style == Proxies.Style.METHODS
                    ? table.callMethod(operation.name(), passed)
                    : table.call(operation.name(), passed);
        } catch (NoSuchMethodException e) {
            if (operation.isDefault()) {
                return invokeDefault(proxy, operation, arguments);
            }
            if (style == Proxies.Style.FUNCTIONS
                    && (operation.result() == void.class || !operation.result().isPrimitive())) {
                return null;
            }
            throw new UnsupportedOperationException("the table has no function '" + operation.name() + "', which "
                    + operation.method().getDeclaringClass().getTypeName() + " asks for");
        }
    }

    private static @Nullable Object invokeDefault(Object proxy, Operation operation, @Nullable Object[] arguments)
            throws Throwable {
        Method method = operation.method();
        try {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
        } catch (IllegalAccessException e) {
            // An interface that is not public, of a package that is open to this library.
            Class<?> type = method.getDeclaringClass();
            return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                    .unreflectSpecial(method, type)
                    .bindTo(proxy)
                    .invokeWithArguments(arguments);
        }
    }

    /** The arguments with those of the last array one by one. */
    private static @Nullable Object[] spread(@Nullable Object[] arguments) {
        int fixed = arguments.length - 1;
        Object rest = arguments[fixed];
        if (rest == null) {
            return arguments;
        }
        int more = Array.getLength(rest);
        @Nullable Object[] all = Arrays.copyOf(arguments, fixed + more);
        for (int i = 0; i < more; i++) {
            all[fixed + i] = Array.get(rest, i);
        }
        return all;
    }

    private @Nullable Object converted(@Nullable Object result, Operation operation) {
        Class<?> type = operation.result();
        if (type == void.class || type == Void.class) {
            return null;
        }
        Object value = result instanceof ResultList several && !type.isInstance(several) ? several.get(0) : result;
        if (type == double.class && value instanceof Number number) {
            return number.doubleValue();
        }
        if (value == null ? !type.isPrimitive() : type.isInstance(value)) {
            // A table is a map, but not yet one of Strings and Longs.
            return value instanceof LuaTable && operation.generic() != type ? convert(value, operation) : value;
        }
        if ((type == int.class && value instanceof Integer) || (type == boolean.class && value instanceof Boolean)) {
            return value;
        }
        return convert(value, operation);
    }

    private @Nullable Object convert(@Nullable Object value, Operation operation) {
        try {
            return target.runtime().convert(value, operation.generic());
        } catch (ClassCastException e) {
            ClassCastException clear = new ClassCastException("the result of "
                    + operation.method().getDeclaringClass().getTypeName() + "." + operation.name() + ": "
                    + e.getMessage());
            clear.initCause(e);
            throw clear;
        }
    }

    // -- Methods of Object ---------------------------------------------------------------------------------------

    private Object objectMethod(Object proxy, String name, @Nullable Object[] arguments) throws Throwable {
        LuaFunction own = ownFunction(name);
        if (own != null) {
            Class<?> type = name.equals("equals") ? boolean.class : name.equals("hashCode") ? int.class : String.class;
            Operation operation = new Operation(
                    Object.class.getMethod(
                            name, name.equals("equals") ? new Class<?>[] {Object.class} : new Class<?>[0]),
                    name,
                    type,
                    type,
                    false);
            Object result = callField((LuaTable) target, proxy, operation, arguments, arguments);
            Object converted = converted(result, operation);
            return converted == null ? "null" : converted;
        }
        return switch (name) {
            case "equals" -> proxy == arguments[0] || isSame(arguments[0]);
            case "hashCode" -> target.hashCode();
            default ->
                String.join(" and ", interfaces.stream().map(Class::getTypeName).toList()) + " by " + target;
        };
    }

    /** A function of the table's for a method of Object's; none when the runtime is closed. */
    private @Nullable LuaFunction ownFunction(String name) {
        if (target instanceof LuaTable table && !target.runtime().isClosed()) {
            return table.get(name) instanceof LuaFunction function ? function : null;
        }
        return null;
    }

    private boolean isSame(@Nullable Object other) {
        return other != null
                && Proxy.isProxyClass(other.getClass())
                && Proxy.getInvocationHandler(other) instanceof ProxyHandler handler
                && handler.target.equals(target)
                && handler.style == style
                && handler.interfaces.equals(interfaces);
    }
}
