package io.github.lupa4j.script;

import io.github.lupa4j.LuaChunk;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.script.Bindings;
import javax.script.ScriptContext;
import org.jspecify.annotations.Nullable;

/**
 * The environments of an engine. Bindings of which something may be left in Lua have one of their own; all others,
 * above all those of a single evaluation, take turns with a free one.
 */
final class Environments {
    /** A variable that is there, and null. */
    private static final LuaResults NULL_BINDING = LuaResults.of(null, true);

    private final LuaRuntime runtime;
    private final LuaFunction create;
    private final Map<Object, Environment> settled = new HashMap<>();
    private final ReferenceQueue<Object> dropped = new ReferenceQueue<>();
    private final Probe probe = new Probe();
    private final Deque<Environment> free = new ArrayDeque<>();
    /** By how Lua names them: a number, for it must not keep them alive. */
    private final Map<Integer, WeakReference<Environment>> byNumber = new HashMap<>();

    private int last;
    /** Those of the evaluations under way, the innermost last. */
    private final List<Environment> running = new ArrayList<>();

    private final LuaTable library;

    /** A Bindings object, by identity, not kept alive. */
    private static final class Key extends WeakReference<Object> {
        private final int hash;
        private final int number;

        Key(Object bindings, int number, ReferenceQueue<Object> queue) {
            super(bindings, queue);
            this.hash = System.identityHashCode(bindings);
            this.number = number;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** Finds a {@link Key}; references are costly to make. */
    private static final class Probe {
        private @Nullable Object bindings;

        @Override
        @SuppressWarnings("EqualsUnsafeCast") // only ever asked for a Key, by the map
        public boolean equals(@Nullable Object key) {
            return key instanceof Key k && k.get() == bindings;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(bindings);
        }
    }

    Environments(LuaRuntime runtime) {
        this.runtime = runtime;
        library = runtime.library();
        LuaFunction chunk =
                runtime.compile(LuaSource.ofBytes(resource("environment.lua"), "=[bindings]", LuaSource.Mode.TEXT));
        LuaFunction read = runtime.function(arguments -> {
            Environment environment = find(arguments[0]);
            if (environment == null || !(arguments[1] instanceof String name)) {
                return null;
            }
            Object value = environment.read(name, Boolean.TRUE.equals(arguments[2]));
            if (value == Environment.MISSING) {
                return null;
            }
            return value == null ? NULL_BINDING : value;
        });
        LuaFunction write = runtime.function(arguments -> {
            Environment environment = find(arguments[0]);
            return environment == null
                    || !(arguments[1] instanceof String name)
                    || environment.write(name, arguments[2]);
        });
        create = (LuaFunction) Objects.requireNonNull(chunk.call(library, read, write));
    }

    private static byte[] resource(String name) {
        try (InputStream in = Environments.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private @Nullable Environment find(@Nullable Object number) {
        Environment innermost = running.isEmpty() ? null : running.get(running.size() - 1);
        if (innermost != null && number instanceof Integer n && n == innermost.number) {
            return innermost;
        }
        WeakReference<Environment> reference = byNumber.get(number);
        return reference == null ? null : reference.get();
    }

    private @Nullable Environment settledOn(Bindings bindings) {
        if (settled.isEmpty()) {
            return null;
        }
        for (Reference<?> key = dropped.poll(); key != null; key = dropped.poll()) {
            settled.remove(key);
            byNumber.remove(((Key) key).number);
        }
        probe.bindings = bindings;
        Environment environment = settled.get(probe);
        probe.bindings = null;
        return environment;
    }

    private Environment create() {
        int number = ++last;
        List<?> tables = (List<?>) Objects.requireNonNull(create.call(number));
        Environment environment = new Environment(number, (LuaTable) tables.get(0), (LuaTable) tables.get(1), library);
        byNumber.put(number, new WeakReference<>(environment));
        return environment;
    }

    private void settle(Environment environment, Bindings bindings, ScriptContext context) {
        environment.settle(bindings, context);
        settled.put(new Key(bindings, environment.number, dropped), environment);
    }

    /** The environment that some Bindings have to themselves, which they get if an evaluation on them is under way. */
    private @Nullable Environment own(Bindings bindings) {
        Environment environment = settledOn(bindings);
        for (int i = running.size() - 1; environment == null && i >= 0; i--) {
            Environment outer = running.get(i);
            ScriptContext context = outer.contextOn(bindings);
            if (context != null) {
                environment = outer;
                outer.reveal();
                settle(outer, bindings, context);
            }
        }
        return environment;
    }

    /** Runs a chunk with Bindings as its globals. */
    @Nullable
    Object run(LuaChunk chunk, Bindings bindings, ScriptContext context, Arguments arguments) {
        Environment environment = own(bindings);
        if (environment == null) {
            environment = free.isEmpty() ? create() : free.pop();
        }
        int passed = runtime.handlesPassed();
        ScriptContext outer = environment.begin(chunk, bindings, context);
        running.add(environment);
        try {
            if (arguments.areGiven()) {
                environment.keep("arg", arguments.table(runtime));
            }
            return chunk.run(environment.globals, bindings, arguments.values());
        } finally {
            running.remove(running.size() - 1);
            environment.end(outer);
            if (!environment.isSettled()) {
                end(environment, chunk, bindings, context, runtime.handlesPassed() != passed);
            }
        }
    }

    private void end(
            Environment environment, LuaChunk chunk, Bindings bindings, ScriptContext context, boolean passed) {
        if (environment.isRevealed() || (passed && chunk.definesFunctions())) {
            environment.reveal();
            settle(environment, bindings, context);
        } else {
            environment.clear(chunk, bindings, context, passed || !running.isEmpty());
            free.push(environment);
        }
    }

    /** The environment of some Bindings to call functions in; null when no script has left any there. */
    @Nullable
    Environment of(Bindings bindings) {
        return own(bindings);
    }

    /** The environment of some Bindings, settled. */
    Environment settled(Bindings bindings, ScriptContext context) {
        Environment environment = own(bindings);
        if (environment == null) {
            environment = create();
            environment.reveal();
            settle(environment, bindings, context);
        }
        return environment;
    }
}
