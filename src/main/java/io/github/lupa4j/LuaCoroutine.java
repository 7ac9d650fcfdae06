package io.github.lupa4j;

import org.jspecify.annotations.Nullable;

/** A Lua coroutine. */
public final class LuaCoroutine extends LuaValue {
    /** What a coroutine is doing, as {@code coroutine.status} tells it. */
    public enum Status {
        /** Not started, or waiting in {@code coroutine.yield}. */
        SUSPENDED,
        /** The one that runs. */
        RUNNING,
        /** It has resumed another coroutine and waits for it. */
        NORMAL,
        /** It has returned or failed. */
        DEAD
    }

    LuaCoroutine(LuaRuntime runtime, int index, long identity) {
        super(runtime, LuaType.THREAD, index, identity);
    }

    /**
     * Starts or continues the coroutine.
     *
     * @param arguments the function's arguments at the start, later what {@code coroutine.yield} returns
     * @return what it yields or finally returns: null for nothing, the value, or an unmodifiable list of several
     * @throws LuaException when it fails, or cannot be resumed
     */
    public @Nullable Object resume(@Nullable Object... arguments) {
        return runtime.state.calls().resume(ref, arguments).value();
    }

    /** {@return what the coroutine is doing} */
    public Status status() {
        return Status.values()[runtime.state.calls().coroutineStatus(ref)];
    }

    /** {@return whether it has returned or failed} */
    public boolean isDone() {
        return status() == Status.DEAD;
    }
}
