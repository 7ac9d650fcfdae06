package io.github.lupa4j.interop;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a class can live that implements given interfaces. */
final class ProxyHost {
    private static final Lookup OWN = MethodHandles.lookup();
    private static final Module MODULE = ProxyHost.class.getModule();

    private ProxyHost() {}

    /**
     * A class beside which another one can be defined that can use the interfaces: one of this library, one of the
     * interfaces themselves, or one in a new class loader below theirs. Null if there is none.
     */
    static @Nullable Lookup of(List<Class<?>> interfaces, List<InterfaceMethod> methods) {
        Set<Class<?>> used = used(interfaces, methods);
        for (Class<?> type : used) {
            MODULE.addReads(type.getModule());
        }
        if (isHost(ProxyHost.class, used)) {
            return OWN;
        }
        try {
            for (Class<?> type : interfaces) {
                if (type.getModule() == MODULE && isHost(type, used)) {
                    return MethodHandles.privateLookupIn(type, OWN);
                }
            }
            return areForAll(used) ? new Loader(loader(interfaces)).lookup() : null;
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("internal error: this is a bug", e);
        }
    }

    /** What the code of the class names: the interfaces and what their methods return. */
    private static Set<Class<?>> used(List<Class<?>> interfaces, List<InterfaceMethod> methods) {
        Set<Class<?>> used = new LinkedHashSet<>(interfaces);
        for (InterfaceMethod method : methods) {
            Class<?> result = method.method().getReturnType();
            while (result.isArray()) {
                result = result.getComponentType();
            }
            if (!result.isPrimitive()) {
                used.add(result);
            }
        }
        return used;
    }

    private static boolean areForAll(Set<Class<?>> used) {
        for (Class<?> type : used) {
            if (!Modifier.isPublic(type.getModifiers()) || !type.getModule().isExported(type.getPackageName())) {
                return false;
            }
        }
        return true;
    }

    private static boolean isHost(Class<?> host, Set<Class<?>> used) {
        for (Class<?> type : used) {
            if (!isVisible(type, host.getClassLoader()) || !isAccessible(type, host)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAccessible(Class<?> type, Class<?> host) {
        String name = type.getPackageName();
        return (Modifier.isPublic(type.getModifiers()) && type.getModule().isExported(name, host.getModule()))
                || (type.getClassLoader() == host.getClassLoader() && name.equals(host.getPackageName()));
    }

    /** A loader that knows all the interfaces. */
    static @Nullable ClassLoader loader(List<Class<?>> types) {
        for (Class<?> type : types) {
            if (areVisible(types, type.getClassLoader())) {
                return type.getClassLoader();
            }
        }
        throw new IllegalArgumentException("no class loader knows all of "
                + types.stream().map(Class::getTypeName).toList());
    }

    private static boolean areVisible(List<Class<?>> types, @Nullable ClassLoader loader) {
        for (Class<?> type : types) {
            if (!isVisible(type, loader)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isVisible(Class<?> type, @Nullable ClassLoader loader) {
        try {
            return Class.forName(type.getName(), false, loader) == type;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /** Lives in a loader of its own, to let classes be defined there. */
    static final class Guest {
        private Guest() {}

        static Lookup lookup() {
            return MethodHandles.lookup();
        }
    }

    /** A loader below another one, with one class in it. It knows this library even if the other one does not. */
    private static final class Loader extends ClassLoader {
        private static final String PACKAGE = ProxyHost.class.getPackageName();

        Loader(@Nullable ClassLoader parent) {
            super(parent);
            MODULE.addExports(PACKAGE, getUnnamedModule());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            return name.startsWith(PACKAGE) && findLoadedClass(name) == null
                    ? Class.forName(name, false, ProxyHost.class.getClassLoader())
                    : super.loadClass(name, resolve);
        }

        Lookup lookup() throws ReflectiveOperationException {
            Class<?> guest = define(Guest.class.getName());
            Method lookup = guest.getDeclaredMethod("lookup");
            lookup.setAccessible(true);
            return (Lookup) lookup.invoke(null);
        }

        private Class<?> define(String name) {
            String file = name.substring(name.lastIndexOf('.') + 1) + ".class";
            try (InputStream in = ProxyHost.class.getResourceAsStream(file)) {
                if (in == null) {
                    throw new LinkageError("internal error: no " + file + "; this is a bug");
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new LinkageError("internal error: this is a bug", e);
            }
        }
    }
}
