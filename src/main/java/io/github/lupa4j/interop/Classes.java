package io.github.lupa4j.interop;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Classes and packages as the java library gives them to scripts: found by {@link ClassFinder}, and ready for use. */
final class Classes {
    private final ClassFinder finder;

    Classes(ClassFinder finder) {
        this.finder = finder;
    }

    /** The loaders of classes, in the order in which they are asked. */
    List<ClassLoader> loaders() {
        return finder.loaders();
    }

    // -- Classes -------------------------------------------------------------------------------------------------

    /**
     * A class by the name that Java source has for it, {@code java.util.Map.Entry}, {@code int} or
     * {@code String[][]}, or by the one that {@link Class#getName} gives; initialised. A name without a package may
     * also be one of {@code java.lang}.
     *
     * @throws UsageException when there is none; the message has the nearest names
     * @throws IllegalStateException when it cannot be loaded or initialised; the cause tells why
     */
    Class<?> load(String name) {
        Class<?> found = find(name);
        if (found == null) {
            throw unknown(name);
        }
        return found;
    }

    private UsageException unknown(String name) {
        boolean refused = finder.refuses(name) || (name.indexOf('.') < 0 && finder.refuses("java.lang." + name));
        return new UsageException(
                refused
                        ? "the access policy does not allow the class '" + name + "'"
                        : "no class '" + name + "'" + Nearest.classes(name, loaders(), this::isUsable));
    }

    /** Whether a name is worth to be told: that of a public class that scripts may have. */
    private boolean isUsable(String name) {
        try {
            Class<?> found = finder.find(name);
            return found != null && Modifier.isPublic(found.getModifiers());
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** The same, or null when there is none. */
    @Nullable
    Class<?> find(String name) {
        String stripped = name.strip();
        if (stripped.isEmpty()) {
            return null;
        }
        Class<?> found = finder.find(stripped);
        if (found == null && stripped.indexOf('.') < 0) {
            found = finder.find("java.lang." + stripped);
        }
        return found == null ? null : initialised(found);
    }

    /**
     * The class, initialised.
     *
     * @throws IllegalStateException when that fails, or has failed before
     */
    static Class<?> initialised(Class<?> type) {
        if (type.isPrimitive() || type.isArray() || type.isHidden()) {
            return type;
        }
        try {
            return Class.forName(type.getName(), true, type.getClassLoader());
        } catch (ExceptionInInitializerError e) {
            throw failed(type, String.valueOf(e.getCause()), e.getCause());
        } catch (LinkageError e) {
            if (String.valueOf(e.getMessage()).endsWith(" " + type.getName())) {
                // It has failed before; that is told by the cause.
                String earlier = e.getCause() == null
                        ? "earlier"
                        : String.valueOf(e.getCause().getMessage());
                throw failed(type, earlier.replaceFirst("^Exception ", ""), e);
            }
            throw new IllegalStateException("the class " + type.getName() + " cannot be used: " + e.getMessage(), e);
        } catch (ClassNotFoundException e) {
            return type; // Its loader does not know it by name, but whatever uses it initialises it.
        }
    }

    private static IllegalStateException failed(Class<?> type, String why, @Nullable Throwable cause) {
        return new IllegalStateException(
                "the class " + type.getName() + " cannot be used, its initialiser failed: " + why, cause);
    }

    // -- Packages ------------------------------------------------------------------------------------------------

    /** Whether the platform has the package, or one below it. */
    static boolean isPlatformPackage(String name) {
        Set<String> packages = PlatformPackages.NAMES;
        return packages.contains(name);
    }

    /** The packages of the platform's modules, and those above them. Found when first needed. */
    private static final class PlatformPackages {
        static final Set<String> NAMES = ModuleLayer.boot().modules().stream()
                .flatMap(module -> module.getPackages().stream())
                .flatMap(PlatformPackages::withParents)
                .collect(Collectors.toUnmodifiableSet());

        private static Stream<String> withParents(String name) {
            String[] parts = name.split("\\.");
            return IntStream.rangeClosed(1, parts.length).mapToObj(n -> String.join(".", Arrays.copyOf(parts, n)));
        }
    }

    /**
     * What {@code java.import} gives.
     *
     * @return a class, or the full name of what is searched as a package: a package, or a class for its nested ones
     * @throws UsageException when there is no such class
     */
    Object imported(String name) {
        String prefix = name;
        while (prefix.endsWith(".*")) {
            prefix = prefix.substring(0, prefix.length() - 2);
        }
        return !prefix.equals(name) || isPlatformPackage(name) ? prefix : load(name);
    }

    /**
     * What a name means in a package.
     *
     * @return a class, or the full name of a package
     * @throws UsageException when it can only be a class, and there is none
     */
    Object member(String packageName, String name) {
        String full = packageName.isEmpty() ? name : packageName + "." + name;
        if (isPlatformPackage(full)) {
            return full;
        }
        Class<?> found = find(full);
        if (found != null) {
            return found;
        }
        boolean closed = full.startsWith("java.") || !name.equals(name.strip()) || name.isEmpty();
        if (closed || Character.isUpperCase(name.charAt(0))) {
            throw unknown(full);
        }
        return full;
    }
}
