package io.github.lupa4j;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A chunk that does not compile; the message names the chunk and the line. */
public final class LuaSyntaxException extends LuaException {
    private static final long serialVersionUID = 1;

    LuaSyntaxException(String message, @Nullable Object value, List<StackTraceElement> luaFrames) {
        super(message, value, luaFrames);
    }
}
