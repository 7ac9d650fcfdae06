package io.github.lupa4j;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The state ran out of memory. The runtime stays usable. */
public final class LuaMemoryException extends LuaException {
    private static final long serialVersionUID = 1;

    LuaMemoryException(String message, @Nullable Object value, List<StackTraceElement> luaFrames) {
        super(message, value, luaFrames);
    }
}
