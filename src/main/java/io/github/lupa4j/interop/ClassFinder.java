package io.github.lupa4j.interop;

import java.util.Map;
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
        if (name.endsWith("[]")) {
            Class<?> item = find(name.substring(0, name.length() - 2));
            return item == null || item == void.class ? null : item.arrayType();
        }
        Class<?> primitive = PRIMITIVES.get(name);
        if (primitive != null) {
            return primitive;
        }
        String binary = name;
        while (true) {
            Class<?> found = access.allowsClass(binary) ? load(binary) : null;
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
        if (loader != null) {
            return load(binary, loader);
        }
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        Class<?> found = context == null ? null : load(binary, context);
        return found != null ? found : load(binary, ClassFinder.class.getClassLoader());
    }

    private static @Nullable Class<?> load(String binary, @Nullable ClassLoader loader) {
        try {
            return Class.forName(binary, false, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            // A wrong name on a file system that ignores case is a NoClassDefFoundError.
            return null;
        }
    }
}
