package io.github.lupa4j.script;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import javax.script.Bindings;
import javax.script.ScriptContext;
import org.jspecify.annotations.Nullable;

/**
 * Which Bindings have an environment to themselves. What may be called in it needs the environment as long as the Bindings
 * are there. Only where all that Java has of it are handles that it has not used, these keep the environment alive, and it
 * goes with the Bindings at once: a server may evaluate a script that defines functions a million times a minute.
 */
final class Settlements {
    private final Map<Object, Settlement> byBindings = new HashMap<>();
    /** By the number that Lua has of environments, for it must not keep them alive. */
    private final Map<Integer, Settlement> byNumber = new HashMap<>();

    private final ReferenceQueue<Object> dropped = new ReferenceQueue<>();
    private final Probe probe = new Probe();
    private WeakReference<ScriptContext> lastContext = new WeakReference<>(null);

    /** Refers to the environment, or to the Bindings if it holds the environment. */
    private static final class Settlement extends WeakReference<Object> {
        private final int hash;
        private final int number;
        private final @Nullable Environment held;

        Settlement(Environment environment, Bindings bindings, boolean holds, ReferenceQueue<Object> queue) {
            super(holds ? bindings : environment, queue);
            hash = System.identityHashCode(bindings);
            number = environment.number;
            held = holds ? environment : null;
        }

        @Nullable
        Environment environment() {
            return held != null ? held : (Environment) get();
        }

        boolean isOn(@Nullable Object bindings) {
            if (held != null) {
                return get() == bindings;
            }
            Environment environment = (Environment) get();
            return environment != null && environment.settledOn() == bindings;
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

    /** Finds a {@link Settlement}; references are costly to make. */
    private static final class Probe {
        private @Nullable Object bindings;

        @Override
        @SuppressWarnings("EqualsUnsafeCast") // only ever asked for a Settlement, by the map
        public boolean equals(@Nullable Object key) {
            return key instanceof Settlement s && s.isOn(bindings);
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(bindings);
        }
    }

    @Nullable
    Environment on(Bindings bindings) {
        if (byBindings.isEmpty()) {
            return null;
        }
        for (Reference<?> key = dropped.poll(); key != null; key = dropped.poll()) {
            if (byBindings.remove(key) != null) {
                byNumber.remove(((Settlement) key).number);
            }
        }
        Settlement settlement = find(bindings);
        return settlement == null ? null : settlement.environment();
    }

    private @Nullable Settlement find(Bindings bindings) {
        probe.bindings = bindings;
        Settlement settlement = byBindings.get(probe);
        probe.bindings = null;
        return settlement;
    }

    @Nullable
    Environment byNumber(int number) {
        Settlement settlement = byNumber.get(number);
        return settlement == null ? null : settlement.environment();
    }

    /** What an environment has for a context. One for a single evaluation is gone soon; the other scopes are the engine's. */
    WeakReference<ScriptContext> lasting(ScriptContext context) {
        ScriptContext lasting = context instanceof BindingsContext b ? b.base() : context;
        if (lastContext.get() != lasting) {
            lastContext = new WeakReference<>(lasting);
        }
        return lastContext;
    }

    /** Ties an environment to Bindings. */
    void add(Environment environment, Bindings bindings, WeakReference<ScriptContext> context) {
        put(environment, bindings, context, environment.isToBeHeld(bindings));
    }

    private void put(Environment environment, Bindings bindings, WeakReference<ScriptContext> context, boolean holds) {
        Settlement settlement = new Settlement(environment, bindings, holds, dropped);
        byBindings.put(settlement, settlement);
        byNumber.put(settlement.number, settlement);
        environment.settle(holds ? new WeakReference<>(bindings) : bindings, context);
    }

    /** Keeps an environment as long as its Bindings, from now on, if it is settled. */
    void hold(Environment environment) {
        Bindings bindings = environment.settledOn();
        if (bindings != null && !environment.isHeld()) {
            byBindings.remove(find(bindings));
            put(environment, bindings, Objects.requireNonNull(environment.settledContext()), true);
        }
    }
}
