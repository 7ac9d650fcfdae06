package io.github.lupa4j.interop;

import io.github.lupa4j.LuaInterceptor;
import io.github.lupa4j.LuaTable;
import io.github.lupa4j.vm.Calls;
import org.jspecify.annotations.Nullable;

/** A table as an interface, with something done around its calls. */
final class InterceptedProxy extends ProxyHandler {
    private final boolean methods;
    private final LuaInterceptor interceptor;

    InterceptedProxy(ProxyClass type, LuaTable table, boolean methods, LuaInterceptor interceptor) {
        super(type, table, null);
        this.methods = methods;
        this.interceptor = interceptor;
    }

    @Override
    public @Nullable Object call(Object proxy, InterfaceMethod method, @Nullable Object[] arguments) throws Throwable {
        boolean ready = interceptor.isReady();
        Object result;
        try {
            if (ready) {
                result = Calls.callField(ref, method.name(), methods, arguments);
                interceptor.completed();
            } else {
                result = interceptor.intercept(() -> Calls.callField(ref, method.name(), methods, arguments));
            }
        } catch (Exception e) {
            if (e instanceof NoSuchMethodException && method.isDefault()) {
                return method.callDefault(proxy, arguments);
            }
            Throwable failure = interceptor.failed(e, method.method(), ready);
            if (!(failure instanceof NoSuchMethodException none)) {
                throw failure;
            }
            if (!method.isDefault()) {
                throw missing(method, none);
            }
            return method.callDefault(proxy, arguments);
        }
        return converted(method, result);
    }

    @Override
    public long callPlain(Object proxy, InterfaceMethod method, long word0, long word1, long word2) throws Throwable {
        if (!interceptor.isReady()) {
            @Nullable Object[] arguments = Calls.values(method.argumentCount(), word0, word1, word2);
            return InterfaceMethod.toBits(call(proxy, method, arguments));
        }
        try {
            long bits = Calls.callFieldPlain(ref, method.name(), methods, method, this, word0, word1, word2);
            interceptor.completed();
            return bits;
        } catch (Exception e) {
            Throwable failure = interceptor.failed(e, method.method(), true);
            throw failure instanceof NoSuchMethodException none ? missing(method, none) : failure;
        }
    }

    @Override
    boolean isLike(ProxyHandler other) {
        InterceptedProxy same = (InterceptedProxy) other;
        return super.isLike(other) && same.methods == methods && same.interceptor.equals(interceptor);
    }
}
