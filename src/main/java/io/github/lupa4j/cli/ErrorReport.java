package io.github.lupa4j.cli;

import io.github.lupa4j.LuaException;
import io.github.lupa4j.LuaValue;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is told about an error: Lua's message and its stack. */
final class ErrorReport {
    private static final int INNERMOST = 12;
    private static final int OUTERMOST = 10;

    private ErrorReport() {}

    /** The report, with the program's name before it. */
    static String of(Throwable thrown) {
        return Options.PROGRAM + ": " + text(thrown) + "\n";
    }

    /** The message and the stack, without an end of line. */
    static String text(Throwable thrown) {
        LuaException error = luaError(thrown);
        StringBuilder text = new StringBuilder(message(thrown));
        if (error != null) {
            addStack(text, error.luaStackTrace());
        }
        return text.toString();
    }

    private static String message(Throwable thrown) {
        if (thrown instanceof Options.UsageException
                || thrown instanceof Chunks.UnreadableException
                || thrown instanceof UnsatisfiedLinkError) {
            return String.valueOf(thrown.getMessage());
        }
        if (!(thrown instanceof LuaException error)) {
            return thrown.toString();
        }
        if (!(error.value() instanceof LuaValue value)) {
            return String.valueOf(error.getMessage());
        }
        String type = value.type().name().toLowerCase(Locale.ROOT);
        String text = value.toString();
        return text.startsWith(type + ": ") ? "(error object is a " + type + " value)" : text;
    }

    /** The error with the Lua stack: a Java exception that went through Lua carries one. */
    private static @Nullable LuaException luaError(Throwable thrown) {
        if (thrown instanceof LuaException error) {
            return error;
        }
        for (Throwable suppressed : thrown.getSuppressed()) {
            if (suppressed instanceof LuaException error) {
                return error;
            }
        }
        return null;
    }

    private static void addStack(StringBuilder text, List<StackTraceElement> frames) {
        if (frames.isEmpty()) {
            return;
        }
        text.append("\nstack traceback:");
        for (int i = 0; i < frames.size(); i++) {
            if (i == INNERMOST && frames.size() > INNERMOST + OUTERMOST) {
                text.append("\n\t...");
                i = frames.size() - OUTERMOST;
            }
            StackTraceElement frame = frames.get(i);
            if (Repl.SHOW.equals(frame.getFileName())) {
                continue;
            }
            text.append("\n\t").append(frame.getFileName()).append(':');
            if (frame.getLineNumber() > 0) {
                text.append(frame.getLineNumber()).append(':');
            }
            text.append(" in ").append(function(frame.getMethodName()));
        }
    }

    private static String function(String name) {
        return name.equals("main chunk") || name.equals("?") ? name : "function '" + name + "'";
    }
}
