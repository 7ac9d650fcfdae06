package io.github.lupa4j.interop;

import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.WeakHashMap;
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

    /**
     * A method of the interface.
     *
     * @param result the class that it returns
     * @param generic the type that it returns; type parameters that the interface fixes are resolved in both
     * @param isDefault whether it has an implementation
     */
    record Operation(Method method, String name, Class<?> result, Type generic, boolean isDefault) {
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
            shape = new ProxyShape(type, type);
            known.set(new WeakReference<>(shape));
        }
        return shape;
    }

    /** The same for an interface with its type arguments, if they are given. */
    static ProxyShape of(Class<?> type, Type generic) {
        if (!(generic instanceof ParameterizedType) || GenericTypes.raw(generic) != type) {
            return of(type);
        }
        WeakReference<ProxyShape> reference = GENERIC.get(generic);
        ProxyShape shape = reference == null ? null : reference.get();
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
            if (Modifier.isStatic(method.getModifiers())) {
                continue;
            }
            Class<?> erased = method.getReturnType();
            Type resolved = GenericTypes.resolve(method.getGenericReturnType(), bindings);
            Type result = erased.isAssignableFrom(GenericTypes.raw(resolved)) ? resolved : erased;
            operations.put(
                    method,
                    new Operation(method, method.getName(), GenericTypes.raw(result), result, method.isDefault()));
            if (Modifier.isAbstract(method.getModifiers()) && !isObjectMethod(method)) {
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
