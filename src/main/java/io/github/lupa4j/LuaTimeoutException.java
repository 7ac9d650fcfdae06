package io.github.lupa4j;

import java.util.List;

/** A script ran longer than its runtime allows. */
public final class LuaTimeoutException extends LuaException {
    private static final long serialVersionUID = 1;

    LuaTimeoutException(String message, List<StackTraceElement> luaFrames) {
        super(message, null, luaFrames);
    }
}
