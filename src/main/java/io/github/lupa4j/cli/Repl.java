package io.github.lupa4j.cli;

import io.github.lupa4j.LuaExitException;
import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaSource;
import io.github.lupa4j.LuaSyntaxException;
import java.io.BufferedReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The interactive mode: reads a statement, runs it, prints what it returns. {@code =expression} and an expression
 * alone print their values; what is not complete yet is continued on the next line.
 */
final class Repl {
    /** The name of the chunk that prints the results; not worth a line in a stack trace. */
    static final String SHOW = "(results)";

    private static final String CHUNK = "=stdin";
    private static final String SHOW_CODE =
            "local function show(...) if select('#', ...) > 0 then print(...) end end show((...)())";

    private final LuaRuntime lua;
    private final BufferedReader in;
    private final Output out;
    private final Output err;
    private final LuaFunction show;

    Repl(LuaRuntime lua, BufferedReader in, Output out, Output err) {
        this.lua = lua;
        this.in = in;
        this.out = out;
        this.err = err;
        show = lua.compile(LuaSource.of(SHOW_CODE, "=" + SHOW));
    }

    /** Reads and runs until the input ends. */
    void run() throws IOException {
        String line;
        while ((line = prompt("_PROMPT", "> ")) != null) {
            try {
                LuaFunction chunk = complete(line);
                if (chunk == null) {
                    break;
                }
                show.call(chunk);
            } catch (LuaExitException e) {
                throw e;
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                err.print(ErrorReport.text(e) + "\n");
            }
        }
        out.write("\n");
    }

    /** Compiles a statement, asking for more lines until it is whole; null when the input ends before. */
    private @Nullable LuaFunction complete(String firstLine) throws IOException {
        String text = firstLine.startsWith("=") ? "return " + firstLine.substring(1) : firstLine;
        while (true) {
            try {
                return compile(text);
            } catch (LuaSyntaxException e) {
                if (!String.valueOf(e.getMessage()).endsWith("'<eof>'")) {
                    throw e;
                }
            }
            String more = prompt("_PROMPT2", ">> ");
            if (more == null) {
                return null;
            }
            text += "\n" + more;
        }
    }

    private LuaFunction compile(String text) {
        LuaSource source = LuaSource.of(text, CHUNK);
        try {
            return lua.compileExpression(source);
        } catch (LuaSyntaxException e) {
            return lua.compile(source);
        }
    }

    private @Nullable String prompt(String variable, String otherwise) throws IOException {
        Object text = lua.globals().get(variable);
        out.write(text == null ? otherwise : text.toString());
        return in.readLine();
    }
}
