package io.github.lupa4j.script;

import io.github.lupa4j.LuaRuntime;
import java.util.List;
import java.util.Set;
import javax.script.ScriptEngine;
import javax.script.ScriptEngineFactory;
import org.jspecify.annotations.Nullable;

/** Makes Lua engines for {@code javax.script}; found by the names lua, Lua, luajit, LuaJIT and lupa4j. */
public class LuaScriptEngineFactory implements ScriptEngineFactory {
    private static final List<String> NAMES = List.of("lua", "Lua", "luajit", "LuaJIT", "lupa4j");
    private static final List<String> EXTENSIONS = List.of("lua");
    private static final List<String> MIME_TYPES = List.of("text/x-lua", "application/x-lua");
    private static final Set<String> KEYWORDS = Set.of(
            "and",
            "break",
            "do",
            "else",
            "elseif",
            "end",
            "false",
            "for",
            "function",
            "goto",
            "if",
            "in",
            "local",
            "nil",
            "not",
            "or",
            "repeat",
            "return",
            "then",
            "true",
            "until",
            "while");

    /** Used by {@link java.util.ServiceLoader}. */
    public LuaScriptEngineFactory() {}

    @Override
    public String getEngineName() {
        return "LuaJIT (lupa4j)";
    }

    @Override
    public String getEngineVersion() {
        String version = LuaScriptEngineFactory.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public List<String> getExtensions() {
        return EXTENSIONS;
    }

    @Override
    public List<String> getMimeTypes() {
        return MIME_TYPES;
    }

    @Override
    public List<String> getNames() {
        return NAMES;
    }

    @Override
    public String getLanguageName() {
        return "Lua";
    }

    @Override
    public String getLanguageVersion() {
        return "5.1";
    }

    /** The value of one of the keys that {@link ScriptEngine} defines, or of THREADING; null for any other. */
    @Override
    public @Nullable Object getParameter(String key) {
        if (key == null) {
            return null;
        }
        return switch (key) {
            case ScriptEngine.ENGINE -> getEngineName();
            case ScriptEngine.ENGINE_VERSION -> getEngineVersion();
            case ScriptEngine.LANGUAGE -> getLanguageName();
            case ScriptEngine.LANGUAGE_VERSION -> getLanguageVersion();
            case ScriptEngine.NAME -> getNames().get(0);
            case "THREADING" -> "MULTITHREADED";
            default -> null;
        };
    }

    /** {@code object:method(arguments)}; the arguments are code. */
    @Override
    public String getMethodCallSyntax(String object, String method, String... arguments) {
        String list = String.join(", ", arguments);
        if (isName(method)) {
            return object + ":" + method + "(" + list + ")";
        }
        String self = arguments.length == 0 ? object : object + ", " + list;
        return object + "[" + quote(method) + "](" + self + ")";
    }

    private static boolean isName(String text) {
        return text.matches("[A-Za-z_][A-Za-z_0-9]*") && !KEYWORDS.contains(text);
    }

    /** A statement that prints the text, whatever characters it has. */
    @Override
    public String getOutputStatement(String text) {
        return "print(" + quote(text) + ")";
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case 0x1A, 0 -> quoted.append(String.format("\\%03d", (int) c));
                default -> quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    /** The statements as one chunk. */
    @Override
    public String getProgram(String... statements) {
        StringBuilder program = new StringBuilder();
        for (String statement : statements) {
            // The semicolon: a parenthesis at the beginning of a statement would continue the one before it.
            program.append(program.length() == 0 ? "" : ";").append(statement).append('\n');
        }
        return program.toString();
    }

    /** An engine with the default options. */
    @Override
    public LuaScriptEngine getScriptEngine() {
        return getScriptEngine(LuaRuntime.builder());
    }

    /**
     * {@return a new engine on a runtime with these options} They are used as they are, by
     * {@link LuaSandboxEngineFactory} too.
     *
     * @param options the options; may be used again
     * @throws IllegalArgumentException if a system property {@code lupa4j.*} is malformed
     */
    public LuaScriptEngine getScriptEngine(LuaRuntime.Builder options) {
        return new LuaScriptEngine(this, options.build());
    }
}
