package io.github.lupa4j.script;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaTable;
import java.lang.ref.WeakReference;
import java.util.HashSet;
import java.util.Set;
import javax.script.Bindings;
import javax.script.ScriptContext;
import javax.script.SimpleBindings;
import org.jspecify.annotations.Nullable;

/**
 * The globals of scripts that run on Bindings which are not the engine's own: the Java half of environment.lua.
 *
 * <p>It holds its Bindings weakly, for the engine finds it by them; what a script made on them keeps them alive.
 */
final class Environment {
    /** The Lua table that stands for the globals. */
    final LuaTable globals;

    private final LuaTable kept;
    private final WeakReference<Bindings> bindings;
    /** Names of library values and functions in {@link #kept}, which bindings of the same name must replace. */
    private final Set<String> keptNames = new HashSet<>();

    private WeakReference<@Nullable ScriptContext> context = new WeakReference<>(null);

    Environment(LuaTable globals, LuaTable kept, Bindings bindings) {
        this.globals = globals;
        this.kept = kept;
        this.bindings = new WeakReference<>(bindings);
    }

    /** Prepares an evaluation: bindings made since the last one are seen. */
    void begin(Bindings current, ScriptContext context) {
        if (this.context.get() != context) {
            this.context = new WeakReference<>(context);
        }
        if (!keptNames.isEmpty()) {
            keptNames.removeIf(name -> {
                boolean hidden = current.containsKey(name);
                if (hidden) {
                    kept.rawSet(name, null);
                }
                return hidden;
            });
        }
    }

    /** Sets a variable of the scripts that is not one of the Bindings. */
    void keep(String name, Object value) {
        keptNames.add(name);
        kept.rawSet(name, value);
    }

    /** A function that a script defined, but that did not go into the Bindings. */
    @Nullable
    Object kept(String name) {
        return keptNames.contains(name) ? kept.rawGet(name) : null;
    }

    /** A variable's value; empty when there is none, so that the library's is taken. */
    Found read(String name, boolean inLibrary) {
        Bindings current = bindings.get();
        if (current != null && !name.isEmpty()) {
            if (current.containsKey(name)) {
                return new Found(current.get(name), true);
            }
            ScriptContext scopes = context.get();
            if (scopes != null) {
                int scope = scopeOf(scopes, name);
                if (scope != NONE && (scope < ScriptContext.ENGINE_SCOPE || !inLibrary)) {
                    return new Found(scopes.getAttribute(name, scope), true);
                }
            }
        }
        if (inLibrary) {
            keptNames.add(name);
        }
        return Found.NOTHING;
    }

    /** What {@link #read} found. */
    record Found(@Nullable Object value, boolean found) {
        static final Found NOTHING = new Found(null, false);
    }

    /** Assigns a variable; true when Lua is to keep the value itself. */
    boolean write(String name, @Nullable Object value) {
        Bindings current = bindings.get();
        if (current == null) {
            return true;
        }
        if (value instanceof LuaFunction && !isPlain(current)) {
            keptNames.add(name);
            return true;
        }
        keptNames.remove(name);
        if (value != null) {
            current.put(name, value);
        } else if (current.containsKey(name)) {
            current.remove(name);
        }
        return false;
    }

    /** A mere map, where a function does no harm; other Bindings may store what is put into them. */
    private static boolean isPlain(Bindings bindings) {
        return bindings.getClass() == SimpleBindings.class;
    }

    static final int NONE = Integer.MIN_VALUE;

    /** The scope other than ENGINE_SCOPE that has the name, in the order of the context. */
    static int scopeOf(ScriptContext context, String name) {
        for (int scope : context.getScopes()) {
            if (scope != ScriptContext.ENGINE_SCOPE) {
                Bindings bindings = context.getBindings(scope);
                if (bindings != null && bindings.containsKey(name)) {
                    return scope;
                }
            }
        }
        return NONE;
    }
}
