package io.github.lupa4j.interop;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The way to methods of classes that are not public, or that their module keeps to itself. */
final class PublicTypes {
    private PublicTypes() {}

    /**
     * The same method where it is declared by a type that anybody may use; null if there is no way to it.
     *
     * @param type whose method it is: an interface of this type may have what a class above it implements
     */
    static @Nullable Method accessible(Method method, Class<?> type) {
        if (isOpen(method.getDeclaringClass())) {
            return method;
        }
        if (!Modifier.isStatic(method.getModifiers())) {
            for (Class<?> supertype : supertypes(type)) {
                Method same = isOpen(supertype) ? find(supertype, method) : null;
                if (same != null && isOpen(same.getDeclaringClass())) {
                    return same;
                }
            }
        }
        return method.trySetAccessible() ? method : null;
    }

    private static @Nullable Method find(Class<?> type, Method method) {
        try {
            return type.getMethod(method.getName(), method.getParameterTypes());
        } catch (NoSuchMethodException e) {
            return null;
        }
    }

    /** Whether a type is public, and its package exported to us. One that was made at run time is not what a program knows. */
    static boolean isOpen(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && !type.isHidden()
                && !Proxy.isProxyClass(type)
                && type.getModule().isExported(type.getPackageName(), PublicTypes.class.getModule());
    }

    /** A class, what it extends, then what it implements, nearest first. */
    static Set<Class<?>> supertypes(Class<?> type) {
        Set<Class<?>> types = new LinkedHashSet<>();
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            types.add(c);
        }
        for (Class<?> c : List.copyOf(types)) {
            addInterfaces(c, types);
        }
        return types;
    }

    private static void addInterfaces(Class<?> type, Set<Class<?>> types) {
        for (Class<?> i : type.getInterfaces()) {
            if (types.add(i)) {
                addInterfaces(i, types);
            }
        }
    }
}
