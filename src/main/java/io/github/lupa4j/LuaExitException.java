package io.github.lupa4j;

import java.util.List;

/** A script called {@code os.exit}. It ends the script; whether the program ends is the host's decision. */
public final class LuaExitException extends LuaException {
    private static final long serialVersionUID = 1;

    /** The exit status. */
    private final int status;

    LuaExitException(int status) {
        super("the script called os.exit(" + status + ")", null, List.of());
        this.status = status;
    }

    /** {@return the exit status that the script asked for; 0 for success} */
    public int status() {
        return status;
    }
}
