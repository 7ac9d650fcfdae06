package io.github.lupa4j.script;

import io.github.lupa4j.LuaRuntime;
import java.util.List;

/**
 * Makes Lua engines for code that is not trusted; found by the name {@code lua-sandbox}. They have the options of
 * {@link LuaRuntime.Builder#sandbox()}.
 */
public final class LuaSandboxEngineFactory extends LuaScriptEngineFactory {
    private static final List<String> NAMES = List.of("lua-sandbox");

    /** Used by {@link java.util.ServiceLoader}. */
    public LuaSandboxEngineFactory() {}

    @Override
    public String getEngineName() {
        return "LuaJIT sandbox (lupa4j)";
    }

    @Override
    public List<String> getNames() {
        return NAMES;
    }

    /** None: file names and MIME types choose the engine for trusted code. */
    @Override
    public List<String> getExtensions() {
        return List.of();
    }

    /** None: file names and MIME types choose the engine for trusted code. */
    @Override
    public List<String> getMimeTypes() {
        return List.of();
    }

    /**
     * {@return a new engine of the sandbox, which belongs to the caller}
     *
     * @param options the other options; limits that are tighter than the sandbox's stay
     */
    @Override
    public LuaScriptEngine getScriptEngine(LuaRuntime.Builder options) {
        return super.getScriptEngine(options.sandbox());
    }
}
