package io.github.lupa4j;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** What {@code require} finds by Java: resources of the class path, and modules of {@link LuaModuleLoader}s. */
final class Modules {
    private static final String SCHEME = "classpath:";

    private final LuaRuntime runtime;
    private final @Nullable ClassLoader classLoader;
    private @Nullable List<LuaModuleLoader> loaders;

    /** @param classLoader asked alone; null for the thread's context class loader or else our own */
    Modules(LuaRuntime runtime, @Nullable ClassLoader classLoader) {
        this.runtime = runtime;
        this.classLoader = classLoader;
    }

    /**
     * Searches a module.
     *
     * @param path package.path
     * @return the function that loads it, or a text for the error message
     * @throws Exception what a loader throws
     */
    Object search(String name, String path) throws Exception {
        StringBuilder tried = new StringBuilder();
        for (String template : path.split(";", -1)) {
            if (template.startsWith(SCHEME)) {
                String place = template.replace("?", name.replace('.', '/'));
                byte[] code = read(place.substring(SCHEME.length()));
                if (code != null) {
                    return runtime.compile(LuaSource.ofBytes(code, "@" + place, LuaSource.Mode.TEXT));
                }
                tried.append("\n\tno resource '").append(place).append('\'');
            }
        }
        for (LuaModuleLoader loader : loaders()) {
            Object module = loader.load(runtime, name);
            if (module != null) {
                return runtime.function(arguments -> module);
            }
        }
        return tried.toString();
    }

    private List<LuaModuleLoader> loaders() {
        if (loaders == null) {
            List<LuaModuleLoader> found = new ArrayList<>();
            ServiceLoader.load(LuaModuleLoader.class, classLoader()).forEach(found::add);
            loaders = found;
        }
        return loaders;
    }

    private ClassLoader classLoader() {
        if (classLoader != null) {
            return classLoader;
        }
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return context != null ? context : LuaRuntime.class.getClassLoader();
    }

    /** The contents of a resource, or null. */
    private byte @Nullable [] read(String resource) throws IOException {
        try (InputStream in = classLoader().getResourceAsStream(resource)) {
            return in == null ? null : withoutFirstLineOfShells(in.readAllBytes());
        }
    }

    /** The line that tells a shell what to run is no Lua. Its line end stays, so that the lines' numbers do too. */
    private static byte[] withoutFirstLineOfShells(byte[] code) {
        if (code.length == 0 || code[0] != '#') {
            return code;
        }
        int end = 0;
        while (end < code.length && code[end] != '\n') {
            end++;
        }
        return Arrays.copyOfRange(code, end, code.length);
    }
}
