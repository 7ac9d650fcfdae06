package io.github.lupa4j.interop;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Classes by the names that scripts give them, as far as the access policy allows. Thread-safe. */
public final class ClassFinder {
    private static final Map<String, Class<?>> PRIMITIVES = Map.of(
            "boolean", boolean.class,
            "byte", byte.class,
            "short", short.class,
            "char", char.class,
            "int", int.class,
            "long", long.class,
            "float", float.class,
            "double", double.class,
            "void", void.class);

    private final Access access;
    private final @Nullable ClassLoader loader;

    /** @param loader asked alone; null for the thread's context class loader and then our own */
    public ClassFinder(Access access, @Nullable ClassLoader loader) {
        this.access = access;
        this.loader = loader;
    }

    /**
     * The class of that name, or null if there is none, or none that scripts may have. Nested classes are found by
     * {@code Outer.Inner} and {@code Outer$Inner}, arrays by {@code int[]}. Nothing is initialised.
     */
    public @Nullable Class<?> find(String name) {
        return find(name, access::allowsClass);
    }

    /** Whether there is such a class, but scripts may not have it. */
    boolean refuses(String name) {
        return find(name) == null && find(name, any -> true) != null;
    }

    private @Nullable Class<?> find(String name, Predicate<String> allowed) {
        if (name.endsWith("[]")) {
            Class<?> item = find(name.substring(0, name.length() - 2), allowed);
            return item == null || item == void.class ? null : item.arrayType();
        }
        Class<?> primitive = PRIMITIVES.get(name);
        if (primitive != null) {
            return primitive;
        }
        String binary = name;
        while (true) {
            Class<?> found = allowed.test(binary) ? load(binary) : null;
            if (found != null) {
                return found;
            }
            int dot = binary.lastIndexOf('.');
            if (dot < 0) {
                return null;
            }
            binary = binary.substring(0, dot) + '$' + binary.substring(dot + 1);
        }
    }

    private @Nullable Class<?> load(String binary) {
        for (ClassLoader each : loaders()) {
            Class<?> found = load(binary, each);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** The loaders to ask, in this order. */
    List<ClassLoader> loaders() {
        if (loader != null) {
            return List.of(loader);
        }
        return Stream.of(
                        Thread.currentThread().getContextClassLoader(),
                        ClassFinder.class.getClassLoader(),
                        ClassLoader.getSystemClassLoader())
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    private static @Nullable Class<?> load(String binary, @Nullable ClassLoader loader) {
        try {
            return Class.forName(binary, false, loader);
        } catch (ClassNotFoundException e) {
            return null;
        } catch (LinkageError e) {
            // On a file system that ignores case, a class of another name is found.
            String message = String.valueOf(e.getMessage());
            if (message.contains("wrong name") || binary.indexOf('/') >= 0) {
                return null;
            }
            throw new IllegalStateException("the class " + binary + " cannot be used: " + message, e);
        }
    }
}
