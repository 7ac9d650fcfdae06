package io.github.lupa4j.interop;

import io.github.lupa4j.LuaException;
import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.vm.Calls;
import org.jspecify.annotations.Nullable;

/** A function as an interface: it stands for all abstract methods. */
final class FunctionProxy extends ProxyHandler {
    FunctionProxy(ProxyClass type, LuaFunction target, @Nullable ProxyShape shape) {
        super(type, target, shape);
    }

    @Override
    public @Nullable Object call(Object proxy, InterfaceMethod method, @Nullable Object[] arguments) throws Throwable {
        if (method.isDefault()) {
            return method.callDefault(proxy, arguments);
        }
        Object result;
        try {
            result = Calls.call(ref, passed(method, arguments));
        } catch (LuaException e) {
            throw asDeclared(e, method);
        }
        return converted(method, result);
    }

    @Override
    public long callPlain(Object proxy, InterfaceMethod method, long word0, long word1, long word2) throws Throwable {
        try {
            return Calls.callPlain(ref, method, this, word0, word1, word2);
        } catch (LuaException e) {
            throw asDeclared(e, method);
        }
    }
}
