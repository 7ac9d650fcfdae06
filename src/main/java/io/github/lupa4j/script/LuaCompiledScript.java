package io.github.lupa4j.script;

import io.github.lupa4j.LuaChunk;
import javax.script.Bindings;
import javax.script.CompiledScript;
import javax.script.ScriptContext;
import javax.script.ScriptException;
import org.jspecify.annotations.Nullable;

/** A compiled chunk. May be shared between threads: evaluations take the engine's lock. */
final class LuaCompiledScript extends CompiledScript {
    private final LuaScriptEngine engine;
    private final LuaChunk chunk;
    private final String name;

    LuaCompiledScript(LuaScriptEngine engine, LuaChunk chunk, String name) {
        this.engine = engine;
        this.chunk = chunk;
        this.name = name;
    }

    @Override
    public @Nullable Object eval(ScriptContext context) throws ScriptException {
        return engine.run(chunk, name, context);
    }

    @Override
    public @Nullable Object eval(@Nullable Bindings bindings) throws ScriptException {
        return engine.run(chunk, name, bindings == null ? engine.getContext() : engine.contextOf(bindings));
    }

    @Override
    public @Nullable Object eval() throws ScriptException {
        return engine.run(chunk, name, engine.getContext());
    }

    @Override
    public LuaScriptEngine getEngine() {
        return engine;
    }
}
