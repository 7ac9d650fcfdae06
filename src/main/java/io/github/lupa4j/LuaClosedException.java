package io.github.lupa4j;

import java.util.List;

/** The use of a runtime, or of a handle of it, after the runtime was closed. */
public final class LuaClosedException extends LuaException {
    private static final long serialVersionUID = 1;

    LuaClosedException() {
        super("the Lua runtime was closed; create a new one", null, List.of());
    }
}
