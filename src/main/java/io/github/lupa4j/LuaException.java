package io.github.lupa4j;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An error raised in Lua. {@link #value()} is the error value, which may be of any type; the message is the value
 * if that is a string, else tells what it is. When the value is a Java exception that a script threw or let
 * through, that is the cause. The value and the Lua frames are not serialized.
 */
public class LuaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Stands for the value that there is none. */
    private static final Object NOTHING = new Object();

    private final transient @Nullable Object value;
    private transient volatile List<StackTraceElement> luaFrames;

    LuaException(String message, @Nullable Object value, List<StackTraceElement> luaFrames) {
        super(message, value instanceof Throwable cause ? cause : null);
        this.value = value;
        this.luaFrames = luaFrames;
        if (!luaFrames.isEmpty()) {
            setStackTrace(StackTraces.weave(getStackTrace(), luaFrames));
        }
    }

    /** An error that a script raised again with its position before it, as coroutine.wrap does. */
    LuaException(String message, LuaException before) {
        super(message, before);
        value = message;
        luaFrames = before.luaFrames;
        setStackTrace(before.getStackTrace());
    }

    /** One that no script has raised. */
    static LuaException withoutValue(String message, List<StackTraceElement> frames) {
        return new LuaException(message, NOTHING, frames);
    }

    /** Whether a script has raised it; the value may be nil. */
    boolean hasValue() {
        return value != NOTHING;
    }

    /**
     * {@return the error value as the script gave it} For {@code error("x")} that is a String with the position
     * before it, for {@code error({})} a {@link LuaTable}; null for {@code error(nil)} and where there is
     * none.
     */
    public @Nullable Object value() {
        return value == NOTHING ? null : value;
    }

    /** It went on through more Lua frames, and has now come out of them into Java. */
    final synchronized void goThrough(List<StackTraceElement> frames) {
        StackTraceElement[] longer = StackTraces.weaveBelow(getStackTrace(), frames);
        if (longer != null) {
            List<StackTraceElement> all = new ArrayList<>(luaFrames);
            all.addAll(frames);
            luaFrames = List.copyOf(all);
            setStackTrace(longer);
        }
    }

    /**
     * {@return the Lua frames that were active, innermost first} Their class name is {@code lua}; file and line are
     * the script's. Empty when none is known.
     */
    public List<StackTraceElement> luaStackTrace() {
        return luaFrames;
    }
}
