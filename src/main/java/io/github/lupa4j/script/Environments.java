package io.github.lupa4j.script;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaResults;
import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaSource;
import io.github.lupa4j.LuaTable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.script.Bindings;
import org.jspecify.annotations.Nullable;

/** The environments of an engine, one for each Bindings object in use. */
final class Environments {
    private final LuaFunction create;
    private final Map<Key, Environment> byBindings = new HashMap<>();
    /** How Lua names environments: by a number, for it must not keep them alive. */
    private final Map<Integer, WeakReference<Environment>> byNumber = new HashMap<>();

    private final ReferenceQueue<Object> dropped = new ReferenceQueue<>();
    private int last;

    /** A Bindings object, by identity, not kept alive. */
    private static final class Key extends WeakReference<Object> {
        private final int hash;
        final int number;

        Key(Object bindings, int number, @Nullable ReferenceQueue<Object> queue) {
            super(bindings, queue);
            this.hash = System.identityHashCode(bindings);
            this.number = number;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other || (other instanceof Key key && get() != null && get() == key.get());
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    Environments(LuaRuntime runtime) {
        LuaFunction chunk = runtime.compile(
                LuaSource.ofBytes(resource("environment.lua"), "=environment.lua", LuaSource.Mode.TEXT));
        create = (LuaFunction) Objects.requireNonNull(chunk.call(
                runtime.library(),
                runtime.function(arguments -> {
                    Environment environment = find(arguments[0]);
                    if (environment == null || !(arguments[1] instanceof String name)) {
                        return null;
                    }
                    Environment.Found found = environment.read(name, Boolean.TRUE.equals(arguments[2]));
                    return LuaResults.of(found.value(), found.found());
                }),
                runtime.function(arguments -> {
                    Environment environment = find(arguments[0]);
                    return environment == null
                            || !(arguments[1] instanceof String name)
                            || environment.write(name, arguments[2]);
                })));
    }

    private static byte[] resource(String name) {
        try (InputStream in = Environments.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private @Nullable Environment find(@Nullable Object number) {
        WeakReference<Environment> reference = byNumber.get(number);
        return reference == null ? null : reference.get();
    }

    /** The environment of some Bindings; a new one when they are seen for the first time. */
    Environment of(Bindings bindings) {
        for (Reference<?> key = dropped.poll(); key != null; key = dropped.poll()) {
            byBindings.remove(key);
            byNumber.remove(((Key) key).number);
        }
        Environment known = byBindings.get(new Key(bindings, 0, null));
        if (known != null) {
            return known;
        }
        int number = ++last;
        List<?> tables = (List<?>) Objects.requireNonNull(create.call(number));
        Environment environment = new Environment((LuaTable) tables.get(0), (LuaTable) tables.get(1), bindings);
        byBindings.put(new Key(bindings, number, dropped), environment);
        byNumber.put(number, new WeakReference<>(environment));
        return environment;
    }
}
