package io.github.lupa4j.script;

import io.github.lupa4j.LuaException;
import java.util.List;
import javax.script.ScriptException;
import org.jspecify.annotations.Nullable;

/** Errors of scripts as {@code javax.script} wants them: with file, line and the direct cause. */
final class ScriptErrors {
    private static final int NO_LINE = 0;

    private ScriptErrors() {}

    /** Makes what errors need, while there is room: a class that fails to initialise fails for good. */
    static void prepare() {
        HostSettings.prepare();
    }

    /**
     * The exception for what a script threw.
     *
     * @param thrown the LuaException, or the Java exception that went through Lua or came of a stream; it becomes the
     *     cause
     * @param chunk the name of the chunk, which is told where no position is known
     */
    static ScriptException of(Exception thrown, String chunk) {
        LuaException error = luaError(thrown);
        // A checked Java exception comes inside a LuaException; clients look for it as the direct cause.
        Throwable cause = thrown == error && error.getCause() != null ? error.getCause() : thrown;
        String message = cause == error ? String.valueOf(error.getMessage()) : text(cause);
        String shown = HostSettings.shown(chunk);
        Position position = error == null ? null : position(message, error.luaStackTrace(), shown);
        ScriptException exception = position == null || position.file.equals(shown)
                ? new ScriptException(message, chunk, position == null ? -1 : position.line)
                : new ScriptException(message, position.file, position.line);
        exception.initCause(cause);
        return exception;
    }

    /** What an exception says of itself, which is code of others that may fail. */
    private static String text(Throwable thrown) {
        try {
            return "" + thrown; // not null either
        } catch (RuntimeException | Error e) {
            return thrown.getClass().getName();
        }
    }

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

    private record Position(String file, int line) {}

    private static @Nullable Position position(String message, List<StackTraceElement> frames, String chunk) {
        Position told = told(message, chunk);
        Position innermost = null;
        for (StackTraceElement frame : frames) {
            if (frame.getLineNumber() > 0) {
                Position position = new Position(String.valueOf(frame.getFileName()), frame.getLineNumber());
                if (position.equals(told)) {
                    return position;
                }
                if (innermost == null) {
                    innermost = position;
                }
            }
        }
        return innermost != null ? innermost : told;
    }

    /** The position that the message begins with. Lua leaves out the beginning of a long name. */
    private static @Nullable Position told(String message, String chunk) {
        String shown = message.startsWith("...") ? chunk.substring(tail(message, chunk)) : chunk;
        String begin = shown.length() < chunk.length() ? "..." + shown : chunk;
        int line = message.startsWith(begin) ? lineAfter(message, begin.length()) : NO_LINE;
        if (line != NO_LINE) {
            return new Position(chunk, line);
        }
        for (int colon = message.indexOf(':'); colon >= 0; colon = message.indexOf(':', colon + 1)) {
            line = lineAfter(message, colon);
            if (line != NO_LINE) {
                return new Position(message.substring(0, colon), line);
            }
        }
        return null;
    }

    /** The line in {@code :line: }, which may begin there; -1 if it is no int. Patterns would take milliseconds to load. */
    private static int lineAfter(String message, int colon) {
        int end = colon + 1;
        while (end < message.length() && message.charAt(end) >= '0' && message.charAt(end) <= '9') {
            end++;
        }
        if (end == colon + 1 || !message.startsWith(":", colon) || !message.startsWith(": ", end)) {
            return NO_LINE;
        }
        return end - colon > 10 ? -1 : Integer.parseInt(message, colon + 1, end, 10);
    }

    /** Where in the chunk's name begins what the message has of it. */
    private static int tail(String message, String chunk) {
        for (int i = 0; i < chunk.length(); i++) {
            if (message.startsWith(chunk.substring(i) + ":", 3)) {
                return i;
            }
        }
        return 0;
    }
}
