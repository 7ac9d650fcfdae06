package io.github.lupa4j.script;

import io.github.lupa4j.LuaChunk;
import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaTable;
import io.github.lupa4j.LuaValue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.script.Bindings;
import javax.script.ScriptContext;
import javax.script.SimpleBindings;
import org.jspecify.annotations.Nullable;

/**
 * The globals of scripts that run on Bindings which are not the engine's own: the Java half of environment.lua.
 *
 * <p>During an evaluation it holds its Bindings. When something that knows the globals may outlive the evaluation,
 * the environment is settled: it stays with those Bindings, see {@link Settlements}. Otherwise it serves other Bindings
 * next.
 */
final class Environment {
    /** Hidden by what comes of the library. */
    private static final Object LIBRARY = new Object();

    /** No scope of a context. */
    static final int NO_SCOPE = Integer.MIN_VALUE;

    /** In characters. */
    private static final int LONGEST_PRESET = 64;

    /** Library functions by which a script can get hold of its globals, or make functions that have them. */
    private static final Set<String> REVEALING = Set.of(
            "_G",
            "coroutine",
            "debug",
            "dofile",
            "getfenv",
            "getmetatable",
            "jit",
            "load",
            "loadfile",
            "loadstring",
            "module",
            "newproxy",
            "package",
            "require",
            "setfenv",
            "setmetatable",
            "xpcall");

    /** The Lua table that stands for the globals. */
    final LuaTable globals;
    /** What is told of this environment in its place. */
    final int number;

    private final LuaRuntime runtime;
    private @Nullable LuaTable kept;
    /**
     * Names of library values and functions in {@link #kept}, and the binding that each of them hides. When the host
     * sets another one, that takes their place.
     */
    private final Map<String, @Nullable Object> keptNames = new HashMap<>();

    private final WarmLibrary warm;
    /** Whether it is the evaluation of a mere map, in which names can be looked up that a script does not come to read. */
    private boolean onPlainMap;

    private boolean revealed;
    private @Nullable Bindings active;
    private @Nullable ScriptContext activeContext;
    /** Whether Java has used, or given back, what came of a script. */
    private boolean used;
    /** The Bindings, or a reference to them. */
    private @Nullable Object settledOn;

    private @Nullable WeakReference<ScriptContext> settledContext;

    Environment(int number, LuaTable globals, LuaRuntime runtime, LuaTable library) {
        this.number = number;
        this.globals = globals;
        this.runtime = runtime;
        warm = new WarmLibrary(library, this::kept);
    }

    /** The table of what Lua itself keeps. */
    private LuaTable kept() {
        LuaTable table = kept;
        if (table == null) {
            table = runtime.unowned(() -> (LuaTable) Objects.requireNonNull(
                    Objects.requireNonNull(globals.metatable()).rawGet("__index")));
            kept = table;
        }
        return table;
    }

    // -- Life ----------------------------------------------------------------------------------------------------

    /** Begins an evaluation: bindings made since the last one are seen. Returns what {@link #end} needs. */
    @Nullable
    ScriptContext begin(LuaChunk chunk, Bindings bindings, ScriptContext context) {
        ScriptContext outer = activeContext;
        active = bindings;
        activeContext = context;
        if (!keptNames.isEmpty()) {
            keptNames.entrySet().removeIf(entry -> replaceByBinding(entry.getKey(), entry.getValue(), bindings));
        }
        onPlainMap = isPlain(bindings) && isInnermost(context);
        if (isSettled()) {
            warm.hideAll(bindings);
        } else if (onPlainMap) {
            warm.prepare(chunk.globals(), bindings);
        } else {
            warm.dropAll();
        }
        return outer;
    }

    /**
     * The values of the chunk's variables, if nothing can change them before they are used. To be asked once the
     * evaluation has begun.
     */
    @Nullable
    Object @Nullable [] presets(LuaChunk chunk, Bindings bindings, Arguments arguments) {
        if (!onPlainMap || isSettled() || arguments.areGiven()) {
            return null;
        }
        List<String> variables = chunk.variables();
        @Nullable Object[] values = new Object[variables.size()];
        boolean checks = !chunk.readsAfterCalls();
        for (int i = 0; i < values.length; i++) {
            Object value = bindings.get(variables.get(i));
            if (value != null && isPreset(value)) {
                values[i] = value;
            } else if (checks && !isHarmless(variables.get(i), value)) {
                return null;
            }
        }
        for (String name : chunk.others()) {
            if (!isHarmless(name, bindings.get(name))) {
                return null;
            }
        }
        return values;
    }

    /** Whether a variable has no metamethods, which could be Java's. */
    private boolean isHarmless(String name, @Nullable Object value) {
        return value == null ? warm.has(name) : isPreset(value);
    }

    /** Whether a value can do nothing. Long text is not to be copied for nothing. */
    private static boolean isPreset(Object value) {
        return value instanceof Integer
                || value instanceof Double
                || value instanceof Boolean
                || (value instanceof String text && text.length() <= LONGEST_PRESET);
    }

    /** Whether no scope of a context comes before the Bindings. */
    private static boolean isInnermost(ScriptContext context) {
        for (int scope : context.getScopes()) {
            if (scope < ScriptContext.ENGINE_SCOPE) {
                return false;
            }
        }
        return true;
    }

    private boolean replaceByBinding(String name, @Nullable Object hidden, Bindings bindings) {
        boolean replaced = bindings.containsKey(name) && bindings.get(name) != hidden;
        if (replaced) {
            kept().rawSet(name, null);
        }
        return replaced;
    }

    void end(@Nullable ScriptContext outer) {
        activeContext = outer;
        if (outer == null) {
            active = null;
        }
    }

    /** The context of the evaluation that is under way with some Bindings; null if there is none. */
    @Nullable
    ScriptContext contextOn(Bindings bindings) {
        return active == bindings ? activeContext : null;
    }

    /** Whether the globals may be known to something that outlives the evaluation. */
    boolean isRevealed() {
        return revealed;
    }

    /** From now on names can be looked up that the code of the script does not tell. */
    void reveal() {
        if (!revealed) {
            revealed = true;
            runtime.takeVariables(); // A script may set any variable from now on.
            kept(); // It may change the metatable.
            Bindings bindings = active;
            if (bindings != null) {
                warm.hideAll(bindings);
            }
        }
    }

    boolean isUsed() {
        return used;
    }

    void noteUse() {
        used = true;
    }

    boolean isSettled() {
        return settledOn != null;
    }

    /** Whether it is kept as long as the Bindings, and not only as long as what came of it. */
    boolean isHeld() {
        return settledOn instanceof WeakReference;
    }

    /** Whether something may be left of it, or come of it, when nothing refers to it. */
    boolean isToBeHeld(Bindings bindings) {
        return revealed || used || !isPlain(bindings);
    }

    /** Ties the environment to Bindings: themselves, or if it is held a reference to them. */
    void settle(Object bindings, WeakReference<ScriptContext> context) {
        settledOn = bindings;
        settledContext = context;
    }

    @Nullable
    Bindings settledOn() {
        return (Bindings) (settledOn instanceof WeakReference<?> reference ? reference.get() : settledOn);
    }

    @Nullable
    WeakReference<ScriptContext> settledContext() {
        return settledContext;
    }

    /** Whether a new environment of the same Bindings would be the same to functions that the script has left there. */
    boolean isClean(LuaChunk chunk) {
        if (revealed || used || !onPlainMap || isSettled()) {
            return false;
        }
        keepLibrary();
        return keptNames.isEmpty() && !warm.isChanged(chunk);
    }

    private void keepLibrary() {
        if (onPlainMap && !keptNames.isEmpty()) {
            keptNames.entrySet().removeIf(entry -> entry.getValue() == LIBRARY && warm.keep(entry.getKey()));
        }
    }

    /**
     * Makes it ready for other Bindings.
     *
     * @param passed whether something of the evaluation may be known outside
     */
    void clear(LuaChunk chunk, boolean passed) {
        used = false;
        keepLibrary();
        keptNames.keySet().forEach(name -> kept().rawSet(name, null));
        keptNames.clear();
        warm.tidy(chunk, passed);
    }

    private @Nullable Bindings bindings() {
        return active != null ? active : settledOn();
    }

    private @Nullable ScriptContext context() {
        return activeContext != null || settledContext == null ? activeContext : settledContext.get();
    }

    // -- Variables -----------------------------------------------------------------------------------------------

    /** Sets a variable of the scripts that is not one of the Bindings. */
    void keep(String name, Object value) {
        keptNames.put(name, null);
        kept().rawSet(name, value);
    }

    /** A function that a script defined, but that did not go into the Bindings. */
    @Nullable
    Object kept(String name) {
        return keptNames.containsKey(name) ? kept().rawGet(name) : null;
    }

    /** What {@link #read} returns when there is no such variable. */
    static final Object MISSING = new Object();

    /** Looks a variable up. When it is missing, the library's value is taken. */
    @Nullable
    Object read(String name, boolean inLibrary) {
        Bindings bindings = bindings();
        if (bindings != null && !name.isEmpty()) {
            if (isPlain(bindings)) {
                Object value = bindings.get(name);
                if (value != null) {
                    return inLibrary && isForeign(value) ? fromLibrary(name) : value;
                }
            }
            if (bindings.containsKey(name)) {
                Object value = bindings.get(name);
                return inLibrary && isForeign(value) ? fromLibrary(name) : value;
            }
            runtime.takeVariables(); // Whoever is asked now may set some.
            ScriptContext scopes = context();
            int scope = scopes == null ? NO_SCOPE : scopeOf(scopes, name);
            if (scopes != null && scope != NO_SCOPE && (scope < ScriptContext.ENGINE_SCOPE || !inLibrary)) {
                return scopes.getAttribute(name, scope);
            }
        }
        return inLibrary ? fromLibrary(name) : MISSING;
    }

    private Object fromLibrary(String name) {
        keptNames.put(name, LIBRARY);
        if (REVEALING.contains(name)) {
            reveal();
        }
        return MISSING;
    }

    /** Whether it is part of another engine, as the library's functions in that engine's own bindings are. */
    private boolean isForeign(@Nullable Object value) {
        return value instanceof LuaValue handle && handle.runtime() != globals.runtime();
    }

    /** Assigns a variable; true when Lua is to keep the value itself. */
    boolean write(String name, @Nullable Object value) {
        Bindings bindings = bindings();
        if (bindings == null || (value instanceof LuaFunction && !isPlain(bindings))) {
            keptNames.put(name, bindings != null && bindings.containsKey(name) ? bindings.get(name) : null);
            reveal();
            warm.drop(name);
            return true;
        }
        keptNames.remove(name);
        warm.drop(name);
        if (value != null) {
            bindings.put(name, value);
        } else if (bindings.containsKey(name)) {
            bindings.remove(name);
        }
        return false;
    }

    /** A mere map, where a function does no harm; other Bindings may store what is put into them. */
    private static boolean isPlain(Bindings bindings) {
        return bindings.getClass() == SimpleBindings.class;
    }

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
        return NO_SCOPE;
    }
}
