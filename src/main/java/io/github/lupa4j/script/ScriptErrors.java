package io.github.lupa4j.script;

import io.github.lupa4j.LuaException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.script.ScriptException;
import org.jspecify.annotations.Nullable;

/** Errors of scripts as {@code javax.script} wants them: with file, line and the direct cause. */
final class ScriptErrors {
    /** The position that Lua puts before a message. */
    private static final Pattern POSITION = Pattern.compile("^(.*?):(\\d+): ", Pattern.DOTALL);

    private static final Pattern LINE = Pattern.compile("^:(\\d+): ");

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
        if (message.startsWith(begin + ":")) {
            Matcher line = LINE.matcher(message.substring(begin.length()));
            if (line.find()) {
                return new Position(chunk, line(line.group(1)));
            }
        }
        Matcher matcher = POSITION.matcher(message);
        return matcher.find() ? new Position(matcher.group(1), line(matcher.group(2))) : null;
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

    private static int line(String digits) {
        return digits.length() < 10 ? Integer.parseInt(digits) : -1;
    }
}
