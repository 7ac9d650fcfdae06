package io.github.lupa4j.interop;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A class that implements interfaces, each object by a {@link ProxyHandler}. It does what a {@link Proxy} does, but a
 * call is no more than a call: numbers need no objects and arguments no array unless the handler wants them.
 */
final class ProxyClass {
    /** Keeps what is known of the first interface, and with it this class, as long as there are objects of it. */
    @SuppressWarnings("unused")
    private final ProxyShape shape;

    private final List<Class<?>> interfaces;
    private final List<InterfaceMethod> methods;
    private final Maker maker;

    /** Makes the objects. */
    interface Maker {
        Object make(ProxyHandler handler);

        /** Runs the body that a default method has in its interface. */
        @Nullable
        Object callDefault(Method method, Object object, @Nullable Object[] arguments) throws Throwable;
    }

    /**
     * The class for interfaces, of which at least one is given.
     *
     * @throws IllegalArgumentException when no class can implement them all
     */
    static ProxyClass of(List<Class<?>> interfaces) {
        return ProxyShape.of(interfaces.get(0)).proxyClass(interfaces);
    }

    ProxyClass(ProxyShape shape, List<Class<?>> interfaces) {
        this.shape = shape;
        this.interfaces = interfaces;
        methods = methods(interfaces);
        Lookup host = ProxyHost.of(interfaces, methods);
        try {
            maker = host == null ? new ReflectiveProxies(this) : new Generated(host);
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new IllegalArgumentException("no class can implement " + names() + ": " + e.getMessage(), e);
        }
    }

    private List<InterfaceMethod> methods(List<Class<?>> interfaces) {
        Map<List<Object>, InterfaceMethod> bySignature = new LinkedHashMap<>();
        for (Class<?> type : interfaces) {
            for (Map.Entry<Method, Type> known : ProxyShape.of(type).results().entrySet()) {
                InterfaceMethod method = new InterfaceMethod(this, known.getKey(), known.getValue());
                bySignature.putIfAbsent(List.of(method.name(), method.type()), method);
            }
        }
        return List.copyOf(bySignature.values());
    }

    List<Class<?>> interfaces() {
        return interfaces;
    }

    List<InterfaceMethod> methods() {
        return methods;
    }

    /** The names of the interfaces. */
    String names() {
        return names(interfaces);
    }

    static String names(List<Class<?>> types) {
        StringJoiner names = new StringJoiner(" and ");
        for (Class<?> type : types) {
            names.add(type.getTypeName());
        }
        return names.toString();
    }

    /** A new object. */
    Object newInstance(ProxyHandler handler) {
        return maker.make(handler);
    }

    /** What stands behind an object of a class like this; null for any other. */
    static @Nullable ProxyHandler handlerOf(@Nullable Object object) {
        return object instanceof GeneratedProxy proxy ? proxy.handler() : ReflectiveProxies.handlerOf(object);
    }

    @Nullable
    Object callDefault(Method method, Object proxy, @Nullable Object[] arguments) throws Throwable {
        return maker.callDefault(method, proxy, arguments);
    }

    /** A class of our own making. */
    private final class Generated implements Maker {
        private final Lookup lookup;
        private final GeneratedProxy first;
        private final Map<Method, MethodHandle> defaults = new ConcurrentHashMap<>();

        Generated(Lookup host) throws ReflectiveOperationException {
            byte[] bytes = ProxyClassFile.bytes(host.lookupClass().getPackageName(), interfaces, methods);
            lookup = host.defineHiddenClassWithClassData(bytes, methods, true);
            Constructor<?> constructor = lookup.lookupClass().getDeclaredConstructor(ProxyHandler.class);
            constructor.setAccessible(true);
            first = (GeneratedProxy) constructor.newInstance((Object) null);
        }

        @Override
        public Object make(ProxyHandler handler) {
            return first.make(handler);
        }

        @Override
        public @Nullable Object callDefault(Method method, Object object, @Nullable Object[] arguments)
                throws Throwable {
            MethodHandle body = defaults.get(method);
            if (body == null) {
                body = defaultBody(method);
                defaults.put(method, body);
            }
            return body.invokeExact(object, arguments);
        }

        /** (object, arguments)result. */
        private MethodHandle defaultBody(Method method) throws ReflectiveOperationException {
            for (Class<?> type : interfaces) {
                if (method.getDeclaringClass().isAssignableFrom(type)) {
                    MethodType signature = MethodType.methodType(method.getReturnType(), method.getParameterTypes());
                    return lookup.findSpecial(type, method.getName(), signature, lookup.lookupClass())
                            .asFixedArity()
                            .asSpreader(Object[].class, signature.parameterCount())
                            .asType(MethodType.methodType(Object.class, Object.class, Object[].class));
                }
            }
            throw new NoSuchMethodException(method.toString());
        }
    }
}
