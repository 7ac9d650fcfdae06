package io.github.lupa4j.interop;

import io.github.lupa4j.JavaFunction;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which interfaces a function can be, and which method of an object is meant by a call of it. */
public final class FunctionalInterfaces {
    private static final ClassValue<Optional<Method>> SINGLE = new ClassValue<>() {
        @Override
        protected Optional<Method> computeValue(Class<?> type) {
            return Optional.ofNullable(findSingle(type));
        }
    };

    private FunctionalInterfaces() {}

    /** Whether a script can call a Java object. What is a number, text or boolean to it is none. */
    public static boolean isCallable(Object object) {
        if (object instanceof Number || object instanceof String || object instanceof Boolean) {
            return false;
        }
        return object instanceof JavaFunction
                || object instanceof Class
                || !methodsOf(object.getClass()).isEmpty();
    }

    /** The one abstract method of a functional interface; null for any other type. */
    static @Nullable Method method(Class<?> type) {
        return SINGLE.get(type).orElse(null);
    }

    private static @Nullable Method findSingle(Class<?> type) {
        if (!type.isInterface() || type.isSealed()) {
            return null;
        }
        Method single = null;
        for (Method method : type.getMethods()) {
            if (Modifier.isAbstract(method.getModifiers()) && !isObjectMethod(method)) {
                if (single != null && !isSame(single, method)) {
                    return null;
                }
                if (single == null || single.getReturnType().isAssignableFrom(method.getReturnType())) {
                    single = method;
                }
            }
        }
        return single;
    }

    /** Two methods that one lambda implements: an interface and one that it extends can both declare it. */
    private static boolean isSame(Method a, Method b) {
        return a.getName().equals(b.getName()) && a.getParameterCount() == b.getParameterCount();
    }

    private static boolean isObjectMethod(Method method) {
        try {
            Object.class.getMethod(method.getName(), method.getParameterTypes());
            return true;
        } catch (NoSuchMethodException e) {
            return false;
        }
    }

    private static boolean isTrait(Class<?> type) {
        String name = type.getPackageName();
        return (name.equals("java.lang") || name.equals("java.io"))
                && !type.isAnnotationPresent(FunctionalInterface.class);
    }

    /**
     * The methods that a call of an instance can mean: one for a lambda. Interfaces declared as functional come before
     * those that merely have one method; Comparable, Iterable and their like do not make a function of an object.
     */
    static List<Method> methodsOf(Class<?> type) {
        Map<String, Method> declared = new LinkedHashMap<>();
        Map<String, Method> others = new LinkedHashMap<>();
        for (Class<?> t : PublicTypes.supertypes(type)) {
            Method single = method(t);
            if (single != null && !isTrait(t)) {
                (t.isAnnotationPresent(FunctionalInterface.class) ? declared : others)
                        .putIfAbsent(single.getName(), single);
            }
        }
        return new ArrayList<>((declared.isEmpty() ? others : declared).values());
    }
}
