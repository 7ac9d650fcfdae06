package io.github.lupa4j;

import java.util.List;

/** A script was stopped by {@link LuaRuntime#interrupt()}. */
public final class LuaInterruptedException extends LuaException {
    private static final long serialVersionUID = 1;

    LuaInterruptedException(String message, List<StackTraceElement> luaFrames) {
        super(message, null, luaFrames);
    }
}
