package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import org.jspecify.annotations.Nullable;

/**
 * The end of a state's native half: freed when the state asks for it, or by a cleaner when nobody did. Before that its
 * finalizers run, but not for ever. It must not refer to the state itself.
 */
final class Closer implements Runnable {
    /** How long finalizers may take, in nanoseconds. */
    private static final long FINALIZERS = 1_000_000_000;
    /** How long to wait before Lua code is told once more to stop, in nanoseconds. */
    private static final long REPEAT = 20_000_000;

    private final long context;
    /** Guarded by this object, so that no other thread touches memory that is gone. */
    private boolean freed;

    Closer(long context) {
        this.context = context;
    }

    /** Makes Lua code end, as long as there is any; returns whether there is. */
    synchronized boolean stop(boolean insist) {
        if (!freed) {
            bridge_stop(context, insist ? 1 : 0);
        }
        return !freed;
    }

    /** Lets Lua code run again. */
    synchronized void endStop() {
        if (!freed) {
            bridge_stop_end(context);
        }
    }

    /** Frees the native half, whose finalizers can use Java if its state is given. */
    void free(@Nullable LuaState state) {
        boolean waitsForLua = bridge_has_finalizers(context) != 0;
        Watchdog.Alarm alarm = waitsForLua ? Watchdog.start(FINALIZERS, this::endFinalizers) : null;
        bridge_finalize(state, context);
        if (alarm != null) {
            alarm.cancel();
        }
        synchronized (this) {
            freed = true;
        }
        bridge_close(context);
    }

    private void endFinalizers() {
        if (stop(true)) {
            Watchdog.start(REPEAT, this::endFinalizers);
        }
    }

    /** Frees it if nobody did. */
    @Override
    public void run() {
        boolean done;
        synchronized (this) {
            done = freed;
        }
        if (!done) {
            free(null);
        }
    }
}
