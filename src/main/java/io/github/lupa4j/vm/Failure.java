package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

/** Why an operation on a state failed. */
public enum Failure {
    /** An error raised by the script. */
    RUNTIME,
    /** A chunk does not compile. */
    SYNTAX,
    /** The state is out of memory. */
    MEMORY,
    /** An error while an error was handled. */
    HANDLER,
    /** Too little of the thread's stack is left. */
    STACK;

    static Failure of(int status) {
        return switch (status) {
            case BRIDGE_FAILED_SYNTAX -> SYNTAX;
            case BRIDGE_FAILED_MEMORY -> MEMORY;
            case BRIDGE_FAILED_HANDLER -> HANDLER;
            case BRIDGE_FAILED_CSTACK -> STACK;
            default -> RUNTIME;
        };
    }
}
