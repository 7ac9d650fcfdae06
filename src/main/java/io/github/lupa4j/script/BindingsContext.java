package io.github.lupa4j.script;

import java.io.Reader;
import java.io.Writer;
import java.util.List;
import javax.script.Bindings;
import javax.script.ScriptContext;
import org.jspecify.annotations.Nullable;

/** A context with another ENGINE_SCOPE, for one evaluation; everything else is the engine's context. */
final class BindingsContext implements ScriptContext {
    private final Bindings engineScope;
    private final ScriptContext base;

    BindingsContext(Bindings engineScope, ScriptContext base) {
        this.engineScope = engineScope;
        this.base = base;
    }

    /** The context that this one is but for its ENGINE_SCOPE. */
    ScriptContext base() {
        return base;
    }

    @Override
    public @Nullable Bindings getBindings(int scope) {
        return scope == ENGINE_SCOPE ? engineScope : base.getBindings(scope);
    }

    @Override
    public void setBindings(Bindings bindings, int scope) {
        throw new UnsupportedOperationException("the scopes of a running evaluation are fixed");
    }

    @Override
    public void setAttribute(String name, @Nullable Object value, int scope) {
        if (scope == ENGINE_SCOPE) {
            engineScope.put(name, value);
        } else {
            base.setAttribute(name, value, scope);
        }
    }

    @Override
    public @Nullable Object getAttribute(String name, int scope) {
        return scope == ENGINE_SCOPE ? engineScope.get(name) : base.getAttribute(name, scope);
    }

    @Override
    public @Nullable Object removeAttribute(String name, int scope) {
        return scope == ENGINE_SCOPE ? engineScope.remove(name) : base.removeAttribute(name, scope);
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        int scope = getAttributesScope(name);
        return scope == -1 ? null : getAttribute(name, scope);
    }

    @Override
    public int getAttributesScope(String name) {
        if (engineScope.containsKey(name)) {
            return ENGINE_SCOPE;
        }
        int scope = Environment.scopeOf(base, name);
        return scope == Environment.NO_SCOPE ? -1 : scope;
    }

    @Override
    public List<Integer> getScopes() {
        return base.getScopes();
    }

    @Override
    public Writer getWriter() {
        return base.getWriter();
    }

    @Override
    public Writer getErrorWriter() {
        return base.getErrorWriter();
    }

    @Override
    public void setWriter(Writer writer) {
        base.setWriter(writer);
    }

    @Override
    public void setErrorWriter(Writer writer) {
        base.setErrorWriter(writer);
    }

    @Override
    public Reader getReader() {
        return base.getReader();
    }

    @Override
    public void setReader(Reader reader) {
        base.setReader(reader);
    }
}
