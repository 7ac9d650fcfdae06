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

    /** The name of the script in messages. */
    static String scriptName(ScriptContext context) {
        Bindings bindings = context.getBindings(ScriptContext.ENGINE_SCOPE);
        Object name =
                bindings instanceof LuaBindings live ? live.fileName() : attribute(bindings, ScriptEngine.FILENAME);
        return name == null ? NAMELESS : name.toString();
    }

    /** What the script gets as its arguments. */
    static Arguments arguments(ScriptContext context) {
        Bindings bindings = context.getBindings(ScriptContext.ENGINE_SCOPE);
        Object argv = bindings instanceof LuaBindings live ? live.arguments() : attribute(bindings, ScriptEngine.ARGV);
        return argv == null ? NO_ARGUMENTS : Arguments.of(argv, scriptName(context));
    }

    private static @Nullable Object attribute(@Nullable Bindings bindings, String name) {
        return bindings != null && bindings.containsKey(name) ? bindings.get(name) : null;
    }

    /** The name, whatever state the context is in. */
    static String scriptNameOrNone(ScriptContext context) {
        try {
            return scriptName(context);
        } catch (RuntimeException e) {
            return NAMELESS;
        }
    }
}
