package io.github.lupa4j.script;

import io.github.lupa4j.JavaFunction;
import io.github.lupa4j.LuaChunk;
import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaSource;
import io.github.lupa4j.LuaTable;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.util.Objects;
import java.util.function.Supplier;
import javax.script.Bindings;
import javax.script.Compilable;
import javax.script.CompiledScript;
import javax.script.Invocable;
import javax.script.ScriptContext;
import javax.script.ScriptEngine;
import javax.script.ScriptException;
import javax.script.SimpleBindings;
import org.jspecify.annotations.Nullable;

/**
 * A Lua engine for {@code javax.script}.
 *
 * <p>The ENGINE_SCOPE of the context that an engine starts with is the table of Lua globals itself. An evaluation
 * with other Bindings, or with a context that has others, runs with those as its globals: what it assigns goes
 * there, except that functions are put only into plain {@link SimpleBindings}; of Bindings of other classes the
 * engine keeps them aside, so that stores of variables get no functions. The library is there under any Bindings.
 *
 * <p>Any thread may use an engine; evaluations take turns. An engine that nothing refers to frees its memory
 * without being closed.
 */
public final class LuaScriptEngine implements ScriptEngine, Compilable, Invocable, AutoCloseable {
    private static final @Nullable Object[] NOTHING = {};

    private final LuaScriptEngineFactory factory;
    private final LuaRuntime runtime;
    private final LuaTable globals;
    private final LuaBindings liveBindings;
    private final ChunkCache chunks = new ChunkCache();
    private @Nullable Environments environments;
    private final EvaluationFrame frame;
    private ScriptContext context;

    LuaScriptEngine(LuaScriptEngineFactory factory, LuaRuntime runtime) {
        ScriptErrors.prepare();
        this.factory = factory;
        this.runtime = runtime;
        globals = runtime.globals();
        liveBindings = new LuaBindings(globals, runtime.library());
        context = new LuaScriptContext(liveBindings);
        frame = new EvaluationFrame(runtime, context);
        LuaTable fallback = runtime.table();
        // No lambdas here and in eval: the first ones of a JVM take long.
        fallback.rawSet("__index", runtime.function(new JavaFunction() {
            @Override
            public @Nullable Object call(@Nullable Object... arguments) {
                return outerScopes(arguments[1]);
            }
        }));
        globals.setMetatable(fallback);
    }

    /** What runs Lua on behalf of this engine. */
    EvaluationFrame frame() {
        return frame;
    }

    /** {@return the runtime under this engine} It is closed with the engine. */
    public LuaRuntime runtime() {
        return runtime;
    }

    /** What a name that is no global variable means: an attribute of one of the context's other scopes. */
    private @Nullable Object outerScopes(@Nullable Object name) {
        if (!(name instanceof String text) || text.isEmpty()) {
            return null;
        }
        ScriptContext scopes = frame.current();
        int scope = Environment.scopeOf(scopes, text);
        return scope == Environment.NO_SCOPE ? null : scopes.getAttribute(text, scope);
    }

    // -- Evaluation ----------------------------------------------------------------------------------------------

    @Override
    public @Nullable Object eval(String script) throws ScriptException {
        return eval(script, context);
    }

    @Override
    public @Nullable Object eval(String script, Bindings bindings) throws ScriptException {
        return eval(script, contextOf(bindings));
    }

    @Override
    public @Nullable Object eval(String script, ScriptContext context) throws ScriptException {
        Objects.requireNonNull(script, "the script must not be null");
        Objects.requireNonNull(context, "the context must not be null");
        return frame.evaluate(context, null, new EvaluationFrame.Evaluation() {
            @Override
            public @Nullable Object run() {
                return call(chunkOf(script, HostSettings.scriptName(context)), context);
            }
        });
    }

    private LuaChunk chunkOf(String script, String name) {
        LuaChunk chunk = chunks.get(script, name);
        if (chunk == null) {
            chunk = load(script, name);
            chunks.put(script, name, chunk);
        } else {
            chunk.repeat();
        }
        return chunk;
    }

    @Override
    public @Nullable Object eval(Reader script) throws ScriptException {
        return eval(read(script));
    }

    @Override
    public @Nullable Object eval(Reader script, Bindings bindings) throws ScriptException {
        return eval(read(script), bindings);
    }

    @Override
    public @Nullable Object eval(Reader script, ScriptContext context) throws ScriptException {
        return eval(read(script), context);
    }

    @Override
    public CompiledScript compile(String script) throws ScriptException {
        Objects.requireNonNull(script, "the script must not be null");
        String name = HostSettings.NAMELESS;
        try {
            runtime.lock();
            try {
                name = HostSettings.scriptName(context);
                LuaChunk chunk = load(script, name);
                chunk.repeat();
                return new LuaCompiledScript(this, chunk, name);
            } finally {
                runtime.unlock();
            }
        } catch (RuntimeException e) {
            throw ScriptErrors.of(e, name);
        }
    }

    @Override
    public CompiledScript compile(Reader script) throws ScriptException {
        return compile(read(script));
    }

    @Nullable
    Object run(LuaChunk chunk, String name, ScriptContext context) throws ScriptException {
        Objects.requireNonNull(context, "the context must not be null");
        return frame.evaluate(context, name, () -> call(chunk, context));
    }

    /** The context for an evaluation with other Bindings. */
    ScriptContext contextOf(Bindings bindings) {
        Objects.requireNonNull(bindings, "the bindings must not be null");
        return bindings == context.getBindings(ScriptContext.ENGINE_SCOPE)
                ? context
                : new BindingsContext(bindings, context);
    }

    private static String read(Reader reader) throws ScriptException {
        Objects.requireNonNull(reader, "the reader must not be null");
        StringWriter text = new StringWriter();
        try {
            reader.transferTo(text);
        } catch (IOException e) {
            throw new ScriptException(e);
        }
        return text.toString();
    }

    private LuaChunk load(String script, String name) {
        String text = script.startsWith("#!") ? "--" + script : script;
        String kind = name.equals(HostSettings.NAMELESS) ? "=" : "@";
        LuaSource source = LuaSource.of(text, kind + HostSettings.shown(name));
        return runtime.unowned(
                new Supplier<>() { // no lambda here either
                    @Override
                    public LuaChunk get() {
                        return new LuaChunk(runtime.compileScript(source));
                    }
                });
    }

    private @Nullable Object call(LuaChunk chunk, ScriptContext context) {
        Arguments arguments = HostSettings.arguments(context);
        Bindings bindings = context.getBindings(ScriptContext.ENGINE_SCOPE);
        if (bindings != liveBindings) {
            return environments().run(chunk, foreign(bindings), context, arguments);
        }
        if (arguments.areGiven()) {
            globals.rawSet("arg", arguments.table(runtime));
        }
        return chunk.function().call(arguments.values());
    }

    private Environments environments() {
        if (environments == null) {
            environments = new Environments(runtime);
        }
        return environments;
    }

    private static Bindings foreign(@Nullable Bindings bindings) {
        if (bindings == null) {
            throw new IllegalArgumentException("the context has no bindings for ENGINE_SCOPE; set some");
        }
        return bindings;
    }

    // -- Functions -----------------------------------------------------------------------------------------------

    /** The globals that functions of the context's ENGINE_SCOPE are looked up in. */
    private LuaTable functions() {
        Bindings bindings = context.getBindings(ScriptContext.ENGINE_SCOPE);
        return bindings == liveBindings ? globals : environments().settled(foreign(bindings), context).globals;
    }

    @Override
    public @Nullable Object invokeFunction(String name, @Nullable Object... arguments)
            throws ScriptException, NoSuchMethodException {
        Objects.requireNonNull(name, "the function's name must not be null");
        ScriptContext context = this.context;
        if (isReady(context)) {
            try {
                return frame.flushed(NamedCall.of(globals, name, false, given(arguments)));
            } catch (RuntimeException e) {
                throw frame.failed(e, context);
            }
        }
        return frame.invoke(context, () -> NamedCall.of(functions(), name, false, given(arguments)));
    }

    /** Whether a function of the live globals can be called right away. */
    boolean isReady(ScriptContext context) {
        return frame.isCurrent(context) && context.getBindings(ScriptContext.ENGINE_SCOPE) == liveBindings;
    }

    @Override
    public @Nullable Object invokeMethod(@Nullable Object object, String name, @Nullable Object... arguments)
            throws ScriptException, NoSuchMethodException {
        Objects.requireNonNull(name, "the method's name must not be null");
        if (!(object instanceof LuaTable table)) {
            throw new IllegalArgumentException("the object of a method call must be a Lua table, not " + object);
        }
        checkOwn(table);
        return frame.invoke(context, () -> NamedCall.of(table, name, true, given(arguments)));
    }

    private static @Nullable Object[] given(@Nullable Object @Nullable [] arguments) {
        return arguments == null ? NOTHING : arguments;
    }

    private void checkOwn(LuaTable table) {
        if (table.runtime() != runtime) {
            throw new IllegalArgumentException("the table belongs to another engine");
        }
    }

    @Override
    public <T> @Nullable T getInterface(Class<T> type) {
        checkInterface(type);
        runtime.lock();
        try {
            return ScriptInterface.create(this, type, functions(), false);
        } finally {
            runtime.unlock();
        }
    }

    @Override
    public <T> @Nullable T getInterface(@Nullable Object object, Class<T> type) {
        checkInterface(type);
        if (!(object instanceof LuaTable table)) {
            throw new IllegalArgumentException("the object with the methods must be a Lua table, not " + object);
        }
        checkOwn(table);
        return ScriptInterface.create(this, type, table, true);
    }

    private static void checkInterface(@Nullable Class<?> type) {
        if (type == null || !type.isInterface()) {
            throw new IllegalArgumentException(type + " is not an interface");
        }
    }

    // -- Bindings and context --------------------------------------------------------------------------------------

    @Override
    public void put(String name, @Nullable Object value) {
        Bindings bindings = context.getBindings(ScriptContext.ENGINE_SCOPE);
        if (bindings == liveBindings) {
            liveBindings.set(name, value);
        } else {
            bindings.put(name, value);
        }
    }

    @Override
    public @Nullable Object get(String name) {
        Bindings bindings = context.getBindings(ScriptContext.ENGINE_SCOPE);
        Object value = bindings.get(name);
        if (value == null && bindings != liveBindings && environments != null) {
            runtime.lock();
            try {
                Environment environment = environments.of(bindings);
                return environment == null ? null : environment.kept(name);
            } finally {
                runtime.unlock();
            }
        }
        return value;
    }

    @Override
    public @Nullable Bindings getBindings(int scope) {
        return context.getBindings(scope);
    }

    @Override
    public void setBindings(@Nullable Bindings bindings, int scope) {
        context.setBindings(bindings, scope);
    }

    @Override
    public Bindings createBindings() {
        return new SimpleBindings();
    }

    @Override
    public ScriptContext getContext() {
        return context;
    }

    @Override
    public void setContext(ScriptContext context) {
        Objects.requireNonNull(context, "the context must not be null");
        runtime.lock();
        try {
            frame.replace(this.context, context);
            this.context = context;
        } finally {
            runtime.unlock();
        }
    }

    @Override
    public LuaScriptEngineFactory getFactory() {
        return factory;
    }

    // -- Life ----------------------------------------------------------------------------------------------------

    /** Frees the engine's state; from inside a script, when that has ended. Harmless when repeated. */
    @Override
    public void close() {
        runtime.close();
    }
}
