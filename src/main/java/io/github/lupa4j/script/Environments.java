package io.github.lupa4j.script;

import io.github.lupa4j.ChunkRun;
import io.github.lupa4j.LuaChunk;
import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaResults;
import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaSource;
import io.github.lupa4j.LuaTable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
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
    private final LuaTable library;
    private final LuaFunction create;
    private final Settlements settled = new Settlements();
    private final Deque<Environment> free = new ArrayDeque<>();
    /** Those of the evaluations under way, the innermost last. */
    private final List<Environment> running = new ArrayList<>();

    private int last;

    Environments(LuaRuntime runtime) {
        this.runtime = runtime;
        library = runtime.unowned(runtime::library);
        LuaFunction chunk =
                runtime.compile(LuaSource.ofBytes(resource("environment.lua"), "=[bindings]", LuaSource.Mode.TEXT));
        create = (LuaFunction) runtime.unowned(() -> Objects.requireNonNull(chunk.call(library)));
    }

    private static byte[] resource(String name) {
        try (InputStream in = Environments.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private @Nullable Environment find(int number) {
        for (int i = running.size() - 1; i >= 0; i--) {
            if (running.get(i).number == number) {
                return running.get(i);
            }
        }
        return settled.byNumber(number);
    }

    private Environment create() {
        int number = ++last;
        LuaTable globals = (LuaTable) runtime.unowned(() -> Objects.requireNonNull(create.call(
                runtime.quietFunction(arguments -> read(number, arguments)),
                runtime.quietFunction(arguments -> write(number, arguments)))));
        return new Environment(number, globals, runtime, library);
    }

    /** What the globals of an environment ask. They must not keep it alive; and a script can call it by itself. */
    private @Nullable Object read(int number, @Nullable Object[] arguments) {
        Environment environment = find(number);
        if (environment == null || arguments.length < 2 || !(arguments[0] instanceof String name)) {
            return null;
        }
        Object value = environment.read(name, Boolean.TRUE.equals(arguments[1]));
        if (value == Environment.MISSING) {
            return null;
        }
        return value == null ? NULL_BINDING : value;
    }

    private boolean write(int number, @Nullable Object[] arguments) {
        Environment environment = find(number);
        return environment == null
                || arguments.length < 2
                || !(arguments[0] instanceof String name)
                || environment.write(name, arguments[1]);
    }

    /** The environment that some Bindings have to themselves, which they get if an evaluation on them is under way. */
    private @Nullable Environment own(Bindings bindings) {
        Environment environment = settled.on(bindings);
        for (int i = running.size() - 1; environment == null && i >= 0; i--) {
            Environment outer = running.get(i);
            ScriptContext context = outer.contextOn(bindings);
            if (context != null) {
                environment = outer;
                outer.reveal();
                settled.add(outer, bindings, settled.lasting(context));
            }
        }
        return environment;
    }

    /** What handles have that come of an evaluation: the Bindings stay, and the environment if it is theirs. */
    private final class Run extends ChunkRun {
        private final LuaChunk chunk;
        private final Bindings bindings;
        private @Nullable Environment environment;
        /** The context of functions that rest. */
        private @Nullable WeakReference<ScriptContext> context;

        Run(LuaChunk chunk, Environment environment, Bindings bindings) {
            super(chunk);
            this.chunk = chunk;
            this.environment = environment;
            this.bindings = bindings;
        }

        /** More can come of a handle, which nothing tells of. */
        @Override
        protected void used() {
            if (environment != null) {
                environment.noteUse();
                settled.hold(environment);
            }
        }

        @Override
        protected LuaTable globals() {
            if (environment == null) {
                environment = settled(bindings, Objects.requireNonNull(context));
            }
            return environment.globals;
        }

        /** Whether all that can be left of the evaluation is in the Bindings. */
        @Override
        protected boolean leavesNothing() {
            return environment != null && !hasTaken() && chunk.definesFunctions() && environment.isClean(chunk);
        }

        /** The environment is free again. */
        void leave(ScriptContext context) {
            environment = null;
            if (rests()) {
                this.context = settled.lasting(context);
            }
        }
    }

    /** Runs a chunk with Bindings as its globals. */
    @Nullable
    Object run(LuaChunk chunk, Bindings bindings, ScriptContext context, Arguments arguments) {
        Environment environment = own(bindings);
        if (environment == null) {
            environment = free.isEmpty() ? create() : free.pop();
        }
        Run run = new Run(chunk, environment, bindings);
        ScriptContext outer = environment.begin(chunk, bindings, context);
        running.add(environment);
        try {
            if (arguments.areGiven()) {
                environment.keep("arg", arguments.table(runtime));
                environment.noteUse(); // What is in there knows more than the Bindings.
            }
            return chunk.run(
                    environment.globals, run, environment.presets(chunk, bindings, arguments), arguments.values());
        } finally {
            running.remove(running.size() - 1);
            if (run.wasSeen()) {
                environment.reveal();
            }
            environment.end(outer);
            if (run.hasTaken()) {
                environment.noteUse();
            }
            if (!settle(environment, run, chunk, bindings, context)) {
                run.leave(context);
                free.push(environment);
            }
        }
    }

    /** At the end of an evaluation; false if the environment is free again. */
    private boolean settle(Environment environment, Run run, LuaChunk chunk, Bindings bindings, ScriptContext context) {
        if (environment.isSettled()) {
            if (environment.isToBeHeld(bindings)) {
                settled.hold(environment);
            }
            return true;
        }
        boolean passed = run.hasGiven() || environment.isUsed();
        if (environment.isRevealed() || (passed && chunk.definesFunctions() && !run.rests())) {
            settled.add(environment, bindings, settled.lasting(context));
            return true;
        }
        environment.clear(chunk, passed && !run.rests());
        return false;
    }

    /** The environment of some Bindings to call functions in; null when no script has left any there. */
    @Nullable
    Environment of(Bindings bindings) {
        return own(bindings);
    }

    /** The environment of some Bindings, settled. */
    Environment settled(Bindings bindings, ScriptContext context) {
        return settled(bindings, settled.lasting(context));
    }

    private Environment settled(Bindings bindings, WeakReference<ScriptContext> context) {
        Environment environment = own(bindings);
        if (environment == null) {
            environment = create();
            environment.reveal();
            settled.add(environment, bindings, context);
        }
        return environment;
    }
}
