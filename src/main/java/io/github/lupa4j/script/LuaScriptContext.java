package io.github.lupa4j.script;

import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Objects;
import javax.script.Bindings;
import javax.script.ScriptContext;
import org.jspecify.annotations.Nullable;

/**
 * The context that an engine starts with. It differs from {@link javax.script.SimpleScriptContext} only in that
 * it makes its reader and writers when they are asked for: they weigh more than the rest of an engine.
 */
final class LuaScriptContext implements ScriptContext {
    private static final List<Integer> SCOPES = List.of(ENGINE_SCOPE, GLOBAL_SCOPE);

    private Bindings engineScope;
    private @Nullable Bindings globalScope;
    private @Nullable Reader reader;
    private @Nullable Writer writer;
    private @Nullable Writer errorWriter;

    LuaScriptContext(Bindings engineScope) {
        this.engineScope = engineScope;
    }

    // -- Scopes --------------------------------------------------------------------------------------------------

    @Override
    public void setBindings(@Nullable Bindings bindings, int scope) {
        if (scope == ENGINE_SCOPE) {
            engineScope = Objects.requireNonNull(bindings, "the engine scope cannot be null");
        } else {
            checkGlobal(scope);
            globalScope = bindings;
        }
    }

    @Override
    public @Nullable Bindings getBindings(int scope) {
        if (scope == ENGINE_SCOPE) {
            return engineScope;
        }
        checkGlobal(scope);
        return globalScope;
    }

    private static void checkGlobal(int scope) {
        if (scope != GLOBAL_SCOPE) {
            throw new IllegalArgumentException(
                    "no scope " + scope + "; there are ENGINE_SCOPE (100) and GLOBAL_SCOPE (200)");
        }
    }

    @Override
    public List<Integer> getScopes() {
        return SCOPES;
    }

    // -- Attributes ----------------------------------------------------------------------------------------------

    private static String checked(String name) {
        if (Objects.requireNonNull(name, "a name must not be null").isEmpty()) {
            throw new IllegalArgumentException("a name must not be empty");
        }
        return name;
    }

    @Override
    public void setAttribute(String name, @Nullable Object value, int scope) {
        Bindings bindings = getBindings(scope);
        checked(name);
        if (bindings != null) {
            bindings.put(name, value);
        }
    }

    @Override
    public @Nullable Object getAttribute(String name, int scope) {
        Bindings bindings = getBindings(scope);
        checked(name);
        return bindings == null ? null : bindings.get(name);
    }

    @Override
    public @Nullable Object removeAttribute(String name, int scope) {
        Bindings bindings = getBindings(scope);
        checked(name);
        return bindings == null ? null : bindings.remove(name);
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        int scope = getAttributesScope(name);
        return scope < 0 ? null : getAttribute(name, scope);
    }

    @Override
    public int getAttributesScope(String name) {
        if (engineScope.containsKey(checked(name))) {
            return ENGINE_SCOPE;
        }
        return globalScope != null && globalScope.containsKey(name) ? GLOBAL_SCOPE : -1;
    }

    // -- Streams -------------------------------------------------------------------------------------------------

    @Override
    public Reader getReader() {
        if (reader == null) {
            reader = new InputStreamReader(System.in, Charset.defaultCharset());
        }
        return reader;
    }

    @Override
    public void setReader(Reader reader) {
        this.reader = reader;
    }

    @Override
    public Writer getWriter() {
        if (writer == null) {
            writer = new PrintWriter(System.out, true, Charset.defaultCharset());
        }
        return writer;
    }

    @Override
    public void setWriter(Writer writer) {
        this.writer = writer;
    }

    @Override
    public Writer getErrorWriter() {
        if (errorWriter == null) {
            errorWriter = new PrintWriter(System.err, true, Charset.defaultCharset());
        }
        return errorWriter;
    }

    @Override
    public void setErrorWriter(Writer writer) {
        this.errorWriter = writer;
    }
}
