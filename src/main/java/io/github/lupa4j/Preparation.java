package io.github.lupa4j;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What a new runtime runs first: it takes away the libraries that scripts are not to have. */
final class Preparation {
    private Preparation() {}

    static void run(LuaRuntime runtime, RuntimeOptions<?> options) {
        if (options.isSandbox()) {
            load(runtime, "sandbox.lua").call(runtime.library());
        }
        Set<LuaLibrary> missing = EnumSet.complementOf(EnumSet.copyOf(options.chosenLibraries()));
        if (!missing.isEmpty()) {
            Object[] names = missing.stream()
                    .map(library -> library.name().toLowerCase(Locale.ROOT))
                    .toArray();
            load(runtime, "libraries.lua").call(runtime.library(), runtime.table(names));
        }
    }

    private static LuaFunction load(LuaRuntime runtime, String name) {
        return runtime.compile(LuaSource.ofBytes(Resources.read(name), "=" + name, LuaSource.Mode.TEXT));
    }
}
