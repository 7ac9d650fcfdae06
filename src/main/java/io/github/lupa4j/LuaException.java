package io.github.lupa4j;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An error raised in Lua. {@link #value()} is the error value, which may be of any type; the message is what Lua
 * would print for it. When the value is a Java exception that a script threw or let through, that is the cause.
 */
public class LuaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient @Nullable Object value;
    private final transient List<StackTraceElement> luaFrames;

    LuaException(String message, @Nullable Object value, List<StackTraceElement> luaFrames) {
        super(message, value instanceof Throwable cause ? cause : null);
        this.value = value;
        this.luaFrames = luaFrames;
        if (!luaFrames.isEmpty()) {
            setStackTrace(StackTraces.weave(getStackTrace(), luaFrames));
        }
    }

    /** The error value as the script gave it: for {@code error("x")} a String, for {@code error({})} a LuaTable. */
    public @Nullable Object value() {
        return value;
    }

    /** The Lua frames that were active, innermost first; class name {@code lua}, file and line of the script. */
    public List<StackTraceElement> luaStackTrace() {
        return luaFrames;
    }
}
