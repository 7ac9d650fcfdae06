package io.github.lupa4j.interop;

import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
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

    /**
     * A method of the interface.
     *
     * @param result what it returns; a type parameter that the interface fixes is resolved
     * @param isDefault whether it has an implementation
     */
    record Operation(Method method, String name, Class<?> result, boolean isDefault) {
        /** Whether its callers expect such an exception. */
        boolean declares(Throwable thrown) {
            for (Class<?> type : method.getExceptionTypes()) {
                if (type.isInstance(thrown)) {
                    return true;
                }
            }
            return false;
        }
    }

    private final Map<Method, Operation> operations = new HashMap<>();
    private final List<String> abstractNames;

    static ProxyShape of(Class<?> type) {
        AtomicReference<@Nullable WeakReference<ProxyShape>> known = SHAPES.get(type);
        WeakReference<ProxyShape> reference = known.get();
        ProxyShape shape = reference == null ? null : reference.get();
        if (shape == null) {
            shape = new ProxyShape(type);
            known.set(new WeakReference<>(shape));
        }
        return shape;
    }

    private ProxyShape(Class<?> type) {
        Map<TypeVariable<?>, Type> bindings = new HashMap<>();
        bind(type, bindings);
        TreeSet<String> names = new TreeSet<>();
        for (Method method : type.getMethods()) {
            if (Modifier.isStatic(method.getModifiers())) {
                continue;
            }
            Class<?> result = resolve(method.getGenericReturnType(), method.getReturnType(), bindings);
            operations.put(method, new Operation(method, method.getName(), result, method.isDefault()));
            if (Modifier.isAbstract(method.getModifiers()) && !isObjectMethod(method)) {
                names.add(method.getName());
            }
        }
        abstractNames = List.copyOf(names);
    }

    /** Collects what the interfaces above fix the type parameters of their own parents to. */
    private static void bind(Class<?> type, Map<TypeVariable<?>, Type> bindings) {
        for (Type parent : type.getGenericInterfaces()) {
            if (parent instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
                TypeVariable<?>[] variables = raw.getTypeParameters();
                for (int i = 0; i < variables.length; i++) {
                    bindings.put(variables[i], generic.getActualTypeArguments()[i]);
                }
                bind(raw, bindings);
            } else if (parent instanceof Class<?> raw) {
                bind(raw, bindings);
            }
        }
    }

    private static Class<?> resolve(Type type, Class<?> erased, Map<TypeVariable<?>, Type> bindings) {
        Type found = type;
        while (found instanceof TypeVariable<?> variable && bindings.containsKey(variable)) {
            found = bindings.get(variable);
        }
        if (found instanceof ParameterizedType generic) {
            found = generic.getRawType();
        }
        return found instanceof Class<?> fixed && erased.isAssignableFrom(fixed) ? fixed : erased;
    }

    static boolean isObjectMethod(Method method) {
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

    @Nullable
    Operation operation(Method method) {
        return operations.get(method);
    }
}
