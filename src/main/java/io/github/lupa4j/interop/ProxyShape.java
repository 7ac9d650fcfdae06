package io.github.lupa4j.interop;

import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What a proxy has to know of an interface. */
final class ProxyShape {
    /**
     * Weakly, and with the platform's classes alone: what a class keeps would otherwise keep this library's class
     * loader as long as itself. Proxies keep the shapes that they use.
     */
    private static final ClassValue<AtomicReference<@Nullable WeakReference<ProxyShape>>> SHAPES = new ClassValue<>() {
        @Override
        protected AtomicReference<@Nullable WeakReference<ProxyShape>> computeValue(Class<?> type) {
            return new AtomicReference<>();
        }
    };

    /** Those of interfaces with type arguments. Keys go with the members that have parameters of the type. */
    private static final Map<Type, WeakReference<ProxyShape>> GENERIC =
            Collections.synchronizedMap(new WeakHashMap<>());

    /** Interfaces that live as long as this library does: there is no need to look at them again and again. */
    private static final Set<ProxyShape> LASTING = ConcurrentHashMap.newKeySet();

    /** What the methods give; type parameters that the interface fixes are resolved. */
    private final Map<Method, Type> results = new LinkedHashMap<>();

    private final List<String> abstractNames;
    /** The class for this interface alone, made when it is needed. */
    private @Nullable ProxyClass alone;
    /** Those for it and others. */
    private final List<WeakReference<ProxyClass>> combined = new ArrayList<>();

    static ProxyShape of(Class<?> type) {
        AtomicReference<@Nullable WeakReference<ProxyShape>> known = SHAPES.get(type);
        ProxyShape shape = get(known.get());
        if (shape != null) {
            return shape;
        }
        synchronized (known) {
            shape = get(known.get());
            if (shape == null) {
                shape = new ProxyShape(type, type);
                known.set(new WeakReference<>(shape));
                if (isLasting(type)) {
                    LASTING.add(shape);
                }
            }
            return shape;
        }
    }

    private static @Nullable ProxyShape get(@Nullable WeakReference<ProxyShape> reference) {
        return reference == null ? null : reference.get();
    }

    private static boolean isLasting(Class<?> type) {
        ClassLoader loader = ProxyShape.class.getClassLoader();
        while (loader != null && loader != type.getClassLoader()) {
            loader = loader.getParent();
        }
        return loader == type.getClassLoader();
    }

    /** The same for an interface with its type arguments; null if none are given. */
    static @Nullable ProxyShape ofGeneric(Class<?> type, Type generic) {
        if (!(generic instanceof ParameterizedType) || GenericTypes.raw(generic) != type) {
            return null;
        }
        ProxyShape shape = get(GENERIC.get(generic));
        if (shape == null) {
            shape = new ProxyShape(type, generic);
            GENERIC.put(generic, new WeakReference<>(shape));
        }
        return shape;
    }

    private ProxyShape(Class<?> type, Type generic) {
        Map<TypeVariable<?>, Type> bindings = new HashMap<>();
        // Of variables that belong to the user of the interface nothing is known here, even if they are its own.
        if (generic instanceof ParameterizedType given) {
            bind(type, given, Map.of(), bindings);
        }
        bindParents(type, bindings);
        TreeSet<String> names = new TreeSet<>();
        for (Method method : type.getMethods()) {
            if (Modifier.isStatic(method.getModifiers()) || isObjectMethod(method)) {
                continue;
            }
            Class<?> erased = method.getReturnType();
            Type resolved = GenericTypes.resolve(method.getGenericReturnType(), bindings);
            Type result = erased.isAssignableFrom(GenericTypes.raw(resolved)) ? resolved : erased;
            results.put(method, result);
            if (Modifier.isAbstract(method.getModifiers())) {
                names.add(method.getName());
            }
        }
        abstractNames = List.copyOf(names);
    }

    /** Collects what the interfaces above fix the type parameters of their own parents to. */
    private static void bindParents(Class<?> type, Map<TypeVariable<?>, Type> bindings) {
        for (Type parent : type.getGenericInterfaces()) {
            if (parent instanceof ParameterizedType generic) {
                bind(GenericTypes.raw(generic), generic, bindings, bindings);
            }
            bindParents(GenericTypes.raw(parent), bindings);
        }
    }

    /** Adds what the type parameters of a class are, the arguments having been resolved. */
    private static void bind(
            Class<?> type, ParameterizedType generic, Map<TypeVariable<?>, Type> outer, Map<TypeVariable<?>, Type> to) {
        TypeVariable<?>[] variables = type.getTypeParameters();
        for (int i = 0; i < variables.length; i++) {
            to.put(variables[i], GenericTypes.resolve(generic.getActualTypeArguments()[i], outer));
        }
    }

    private static boolean isObjectMethod(Method method) {
        return switch (method.getName()) {
            case "equals" -> method.getParameterCount() == 1 && method.getParameterTypes()[0] == Object.class;
            case "hashCode", "toString" -> method.getParameterCount() == 0;
            default -> false;
        };
    }

    /** The names of the abstract methods, those of Object left out. */
    List<String> abstractNames() {
        return abstractNames;
    }

    /** What the methods give, those of Object left out. */
    Map<Method, Type> results() {
        return results;
    }

    /** The class that implements interfaces, of which this is the first. */
    synchronized ProxyClass proxyClass(List<Class<?>> interfaces) {
        if (interfaces.size() == 1) {
            if (alone == null) {
                alone = new ProxyClass(this, interfaces);
            }
            return alone;
        }
        combined.removeIf(reference -> reference.get() == null);
        for (WeakReference<ProxyClass> reference : combined) {
            ProxyClass known = reference.get();
            if (known != null && known.interfaces().equals(interfaces)) {
                return known;
            }
        }
        ProxyClass made = new ProxyClass(this, interfaces);
        combined.add(new WeakReference<>(made));
        return made;
    }
}
