package io.github.lupa4j.interop;

import io.github.lupa4j.LuaException;
import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaTable;
import io.github.lupa4j.vm.Calls;
import io.github.lupa4j.vm.PlainResult;
import io.github.lupa4j.vm.ResultList;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A table as an interface: the methods are what functions it has at the time. */
final class TableProxy extends ProxyHandler {
    private final LuaTable table;
    private final Proxies.Style style;

    TableProxy(ProxyClass type, LuaTable table, Proxies.Style style, @Nullable ProxyShape shape) {
        super(type, table, shape);
        this.table = table;
        this.style = style;
    }

    @Override
    public @Nullable Object call(Object proxy, InterfaceMethod method, @Nullable Object[] arguments) throws Throwable {
        Object result;
        try {
            result = callField(method.name(), passed(method, arguments));
        } catch (LuaException e) {
            throw asDeclared(e, method);
        } catch (NoSuchMethodException e) {
            return method.isDefault() ? method.callDefault(proxy, arguments) : nothing(method, e);
        }
        return converted(method, result);
    }

    private @Nullable Object callField(String name, @Nullable Object... arguments) throws NoSuchMethodException {
        return Calls.callField(ref, name, style == Proxies.Style.METHODS, arguments);
    }

    @Override
    public long callPlain(Object proxy, InterfaceMethod method, long word0, long word1, long word2) throws Throwable {
        boolean withTable = style == Proxies.Style.METHODS;
        try {
            return Calls.callFieldPlain(ref, method.name(), withTable, method, this, word0, word1, word2);
        } catch (LuaException e) {
            throw asDeclared(e, method);
        } catch (NoSuchMethodException e) {
            return PlainResult.toBits(nothing(method, e));
        }
    }

    /** What a method gives for which there is no function. */
    private @Nullable Object nothing(InterfaceMethod method, NoSuchMethodException cause) {
        Class<?> result = method.method().getReturnType();
        if (style == Proxies.Style.FUNCTIONS && (result == void.class || !result.isPrimitive())) {
            return null;
        }
        throw missing(method, cause);
    }

    // -- Methods of Object ---------------------------------------------------------------------------------------

    @Override
    boolean proxyEquals(Object proxy, @Nullable Object other) {
        return hasFunction("equals")
                ? (boolean) Objects.requireNonNull(callOwn("equals", boolean.class, other))
                : super.proxyEquals(proxy, other);
    }

    @Override
    boolean isLike(ProxyHandler other) {
        return super.isLike(other) && ((TableProxy) other).style == style;
    }

    @Override
    int proxyHashCode(Object proxy) {
        return hasFunction("hashCode")
                ? (int) Objects.requireNonNull(callOwn("hashCode", int.class))
                : super.proxyHashCode(proxy);
    }

    @Override
    String proxyToString(Object proxy) {
        return hasFunction("toString") ? String.valueOf(callOwn("toString", String.class)) : super.proxyToString(proxy);
    }

    /** Whether the table has a function for a method of Object's; not when the runtime is closed. */
    private boolean hasFunction(String name) {
        return !table.runtime().isClosed() && table.get(name) instanceof LuaFunction;
    }

    private @Nullable Object callOwn(String name, Class<?> result, @Nullable Object... arguments) {
        Object value;
        try {
            value = callField(name, arguments);
        } catch (NoSuchMethodException e) {
            throw new UnsupportedOperationException("the table has no function '" + name + "' any more", e);
        }
        Object first = value instanceof ResultList several ? several.get(0) : value;
        return table.runtime().convert(first, result);
    }
}
