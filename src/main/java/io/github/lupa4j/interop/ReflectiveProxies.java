package io.github.lupa4j.interop;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Objects of interfaces that a class of ours cannot implement, as they are neither public nor in the module of this library, or
 * have methods of too many parameters: the JDK can.
 */
final class ReflectiveProxies implements ProxyClass.Maker {
    private static final @Nullable Object[] NONE = {};

    private final ProxyClass type;
    private final Map<Method, InterfaceMethod> methods = new HashMap<>();

    ReflectiveProxies(ProxyClass type) {
        this.type = type;
        for (InterfaceMethod method : type.methods()) {
            methods.put(method.method(), method);
        }
    }

    @Override
    public Object make(ProxyHandler handler) {
        return Proxy.newProxyInstance(
                ProxyHost.loader(type.interfaces()),
                type.interfaces().toArray(new Class<?>[0]),
                new Handler(this, handler));
    }

    /** What stands behind an object that was made here. */
    static @Nullable ProxyHandler handlerOf(@Nullable Object object) {
        return object != null
                        && Proxy.isProxyClass(object.getClass())
                        && Proxy.getInvocationHandler(object) instanceof Handler handler
                ? handler.handler
                : null;
    }

    @Override
    public @Nullable Object callDefault(Method method, Object object, @Nullable Object[] arguments) throws Throwable {
        Class<?> owner = method.getDeclaringClass();
        if (PublicTypes.isOpen(owner)) {
            return InvocationHandler.invokeDefault(object, method, arguments);
        }
        MethodHandle body;
        try {
            body = MethodHandles.privateLookupIn(owner, MethodHandles.lookup()).unreflectSpecial(method, owner);
        } catch (IllegalAccessException e) {
            Module own = ReflectiveProxies.class.getModule();
            throw new UnsupportedOperationException(
                    "the default method " + owner.getTypeName() + "." + method.getName() + " is out of reach; open "
                            + owner.getPackageName() + " to " + (own.isNamed() ? own.getName() : "all modules"),
                    e);
        }
        return body.bindTo(object).invokeWithArguments(arguments);
    }

    private record Handler(ReflectiveProxies maker, ProxyHandler handler) implements InvocationHandler {
        @Override
        public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] given)
                throws Throwable {
            @Nullable Object[] arguments = given == null ? NONE : given;
            if (method.getDeclaringClass() == Object.class) {
                return switch (method.getName()) {
                    case "equals" -> handler.proxyEquals(proxy, arguments[0]);
                    case "hashCode" -> handler.proxyHashCode(proxy);
                    default -> handler.proxyToString(proxy);
                };
            }
            InterfaceMethod known = maker.methods.get(method);
            if (known == null) {
                throw new IllegalStateException("internal error: " + method + " is not known; this is a bug");
            }
            return handler.call(proxy, known, arguments);
        }
    }
}
