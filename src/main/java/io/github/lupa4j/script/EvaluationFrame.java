package io.github.lupa4j.script;

import io.github.lupa4j.LuaRuntime;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.util.function.Supplier;
import javax.script.ScriptContext;
import javax.script.ScriptException;
import org.jspecify.annotations.Nullable;

/**
 * What surrounds Lua code that an engine runs: the streams of a context, which are flushed afterwards, and exceptions
 * as {@code javax.script} has them.
 */
final class EvaluationFrame {
    private final LuaRuntime runtime;
    /** The context of the evaluation under way; between evaluations the engine's own. */
    private ScriptContext current;

    EvaluationFrame(LuaRuntime runtime, ScriptContext context) {
        this.runtime = runtime;
        current = context;
        useStreams(context);
    }

    ScriptContext current() {
        return current;
    }

    /**
     * Whether a context is in place. It may be asked without the lock: while another thread has its own context in
     * place, that thread has the lock too, and puts the old one back before it gives it up.
     */
    boolean isCurrent(ScriptContext context) {
        return current == context;
    }

    /** Puts another context in the place of one, if that is current; to be called with the lock held. */
    void replace(ScriptContext old, ScriptContext context) {
        if (current == old) {
            enter(context);
        }
    }

    private void enter(ScriptContext context) {
        ScriptContext old = current;
        if (old != context) {
            current = context;
            if (withStreams(old) != withStreams(context)) {
                useStreams(context);
            }
        }
    }

    /** The context whose streams a context has. */
    private static ScriptContext withStreams(ScriptContext context) {
        return context instanceof BindingsContext other ? other.base() : context;
    }

    private void useStreams(ScriptContext context) {
        runtime.setStreams(new In(context), new Out(context, false), new Out(context, true));
    }

    /** The reader that a context has at the time. */
    private record In(ScriptContext context) implements Supplier<Reader> {
        @Override
        public Reader get() {
            return context.getReader();
        }
    }

    /** One of the writers that a context has at the time. */
    private record Out(ScriptContext context, boolean isError) implements Supplier<Writer> {
        @Override
        public Writer get() {
            return isError ? context.getErrorWriter() : context.getWriter();
        }
    }

    /** Something that runs Lua. */
    interface Evaluation {
        @Nullable
        Object run() throws NoSuchMethodException;
    }

    /**
     * Runs a chunk.
     *
     * @param name the chunk's name; null for the one that the context has
     */
    @Nullable
    Object evaluate(ScriptContext context, @Nullable String name, Evaluation evaluation) throws ScriptException {
        try {
            return invoke(context, name, evaluation);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("internal error: a chunk has no name; this is a bug", e);
        }
    }

    /** Runs Lua with the streams of a context, which are flushed afterwards. */
    @Nullable
    Object invoke(ScriptContext context, Evaluation evaluation) throws ScriptException, NoSuchMethodException {
        return invoke(context, null, evaluation);
    }

    private @Nullable Object invoke(ScriptContext context, @Nullable String name, Evaluation evaluation)
            throws ScriptException, NoSuchMethodException {
        try {
            runtime.lock();
            ScriptContext outer = current;
            try {
                enter(context);
                return runFlushed(evaluation);
            } finally {
                enter(outer);
                runtime.unlock();
            }
        } catch (NoSuchMethodException e) {
            throw e;
        } catch (Exception e) { // Bindings written in other languages throw checked ones, too
            throw ScriptErrors.of(e, name == null ? HostSettings.scriptNameOrNone(context) : name);
        }
    }

    private @Nullable Object runFlushed(Evaluation evaluation) throws IOException, NoSuchMethodException {
        Object result;
        try {
            result = evaluation.run();
        } catch (RuntimeException | Error e) {
            try {
                runtime.flush();
            } catch (IOException | RuntimeException failure) {
                if (failure != e) {
                    e.addSuppressed(failure);
                }
            }
            throw e;
        }
        runtime.flush();
        return result;
    }

    /** Flushes what a function called right away has printed. */
    @Nullable
    Object flushed(@Nullable Object result) throws ScriptException {
        if (runtime.hasOutput()) {
            runtime.lock();
            try {
                runtime.flush();
            } catch (IOException e) {
                throw ScriptErrors.of(e, HostSettings.scriptNameOrNone(current));
            } finally {
                runtime.unlock();
            }
        }
        return result;
    }

    /** The exception for a function called right away that failed. */
    ScriptException failed(Exception error, ScriptContext context) {
        try {
            flushed(null);
        } catch (ScriptException | RuntimeException e) {
            error.addSuppressed(e);
        }
        return ScriptErrors.of(error, HostSettings.scriptNameOrNone(context));
    }
}
