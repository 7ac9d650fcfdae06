package io.github.lupa4j.script;

import io.github.lupa4j.LuaFunction;
import javax.script.Bindings;
import javax.script.CompiledScript;
import javax.script.ScriptContext;
import javax.script.ScriptException;
import org.jspecify.annotations.Nullable;

/** A compiled chunk. May be shared between threads: evaluations take the engine's lock. */
final class LuaCompiledScript extends CompiledScript {
    private final LuaScriptEngine engine;
    private final LuaFunction chunk;

    LuaCompiledScript(LuaScriptEngine engine, LuaFunction chunk) {
        this.engine = engine;
        this.chunk = chunk;
    }

    @Override
    public @Nullable Object eval(ScriptContext context) throws ScriptException {
        return engine.run(chunk, context);
    }

    @Override
    public @Nullable Object eval(@Nullable Bindings bindings) throws ScriptException {
        return engine.run(chunk, bindings == null ? engine.getContext() : engine.contextOf(bindings));
    }

    @Override
    public @Nullable Object eval() throws ScriptException {
        return engine.run(chunk, engine.getContext());
    }

    @Override
    public LuaScriptEngine getEngine() {
        return engine;
    }
}
