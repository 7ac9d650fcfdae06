package io.github.lupa4j.script;

import javax.script.Bindings;
import javax.script.ScriptContext;
import javax.script.ScriptEngine;
import org.jspecify.annotations.Nullable;

/** What the host says of a script by the attributes FILENAME and ARGV of its context. */
final class HostSettings {
    /** The name of a script that has none. */
    static final String NAMELESS = "<eval>";

    private static final Arguments NO_ARGUMENTS = Arguments.of(null, NAMELESS);

    private HostSettings() {}

    static void prepare() {}

    /** The name of the script in messages. */
    static String scriptName(ScriptContext context) {
        Bindings bindings = context.getBindings(ScriptContext.ENGINE_SCOPE);
        Object name = bindings instanceof LuaBindings live ? live.fileName() : null;
        if (name == null) {
            name = attribute(context, bindings, ScriptEngine.FILENAME);
        }
        return name == null ? NAMELESS : name.toString();
    }

    /** What the script gets as its arguments. */
    static Arguments arguments(ScriptContext context) {
        Bindings bindings = context.getBindings(ScriptContext.ENGINE_SCOPE);
        Object argv = bindings instanceof LuaBindings live ? live.arguments() : null;
        if (argv == null) {
            argv = attribute(context, bindings, ScriptEngine.ARGV);
        }
        return argv == null ? NO_ARGUMENTS : Arguments.of(argv, scriptName(context));
    }

    /** An attribute of the context. Every evaluation asks, so the globals of Lua are not searched once more. */
    private static @Nullable Object attribute(ScriptContext context, @Nullable Bindings bindings, String name) {
        if (bindings != null && !(bindings instanceof LuaBindings) && bindings.containsKey(name)) {
            return bindings.get(name);
        }
        try {
            int scope = Environment.scopeOf(context, name);
            return scope == Environment.NO_SCOPE ? null : context.getAttribute(name, scope);
        } catch (RuntimeException e) {
            return null; // An outer scope that fails is the concern of scripts that use it.
        }
    }

    /** The name, whatever state the context is in. */
    static String scriptNameOrNone(ScriptContext context) {
        try {
            return scriptName(context);
        } catch (Exception e) { // also what is not declared
            return NAMELESS;
        }
    }

    /** The name of a chunk as Lua has it, for which a name ends at the first NUL. */
    static String shown(String chunk) {
        return chunk.replace("\0", "\\0");
    }
}
