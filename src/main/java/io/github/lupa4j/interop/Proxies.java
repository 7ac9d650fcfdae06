package io.github.lupa4j.interop;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaTable;
import io.github.lupa4j.LuaValue;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** Lua functions and tables as Java interfaces. */
final class Proxies {
    private Proxies() {}

    /** An object that implements the interfaces by a function, or by the functions in a table. */
    static Object create(LuaValue target, Class<?>... types) {
        Class<?> type = types[0];
        InvocationHandler handler = (self, method, arguments) -> {
            @Nullable Object[] given = arguments == null ? new Object[0] : arguments;
            if (method.getDeclaringClass() == Object.class) {
                return switch (method.getName()) {
                    case "equals" -> self == given[0];
                    case "hashCode" -> System.identityHashCode(self);
                    default -> type.getSimpleName() + " on " + target;
                };
            }
            if (method.isDefault()) {
                return InvocationHandler.invokeDefault(self, method, given);
            }
            Object result = target instanceof LuaTable table
                    ? table.callMethod(method.getName(), given)
                    : ((LuaFunction) target).call(given);
            return method.getReturnType() == void.class
                    ? null
                    : target.runtime().convert(result, method.getReturnType());
        };
        return Proxy.newProxyInstance(type.getClassLoader(), types, handler);
    }
}
