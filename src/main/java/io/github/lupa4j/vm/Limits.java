package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What keeps the scripts of a state within bounds: time, memory, and being stopped from outside. */
public final class Limits {
    /** How long to wait before a state is told once more to stop, in nanoseconds. */
    private static final long REPEAT = 20_000_000;

    private final LuaState state;
    private final Host host;
    private final Object monitor = new Object();
    /** Nothing can stop the state any more, for it is being freed; guarded by the monitor. */
    private boolean ending;
    /** Why the operation under way is to end; set by any thread that has the monitor. */
    private volatile @Nullable Stop stop;
    /** Whether the operation has thrown it. */
    private boolean thrown;

    private long timeLimit;
    private Watchdog.@Nullable Alarm alarm;

    Limits(LuaState state, Host host) {
        this.state = state;
        this.host = host;
    }

    /** Makes the exception for a stopped operation from the Lua frames in which it was. */
    public interface Stop {
        RuntimeException toException(List<StackTraceElement> frames);
    }

    // -- Setting -------------------------------------------------------------------------------------------------

    /** Limits the time of each outermost operation, in nanoseconds; 0 for none. */
    public void setTime(long nanos) {
        timeLimit = nanos;
    }

    /** Limits what the state may allocate, in bytes; 0 for none. */
    public void setMemory(long bytes) {
        int hold = state.enter();
        try {
            bridge_set_memory_limit(state.context(), bytes);
        } finally {
            state.exit(hold);
        }
    }

    /** Whether scripts may load bytecode, which can do anything to the process. */
    public void allowBytecode(boolean allowed) {
        int hold = state.enter();
        try {
            bridge_allow_bytecode(state.context(), allowed ? 1 : 0);
        } finally {
            state.exit(hold);
        }
    }

    // -- Stopping ------------------------------------------------------------------------------------------------

    /**
     * Ends the operation under way, on whatever thread, when Lua code of it runs next; nothing when there is none.
     */
    public void stop(Stop reason) {
        synchronized (monitor) {
            if (ending || stop != null || !state.isHeld()) {
                return;
            }
            stop = reason;
        }
        fire(reason, false);
    }

    /** Tells the state to stop until it has: it can miss it. */
    private void fire(Stop reason, boolean again) {
        synchronized (monitor) {
            if (ending || stop != reason) {
                return;
            }
            bridge_stop(state.context(), again ? 1 : 0);
        }
        Watchdog.start(REPEAT, () -> fire(reason, true));
    }

    /** Why the operation under way is to end, or null; whoever asks throws it. */
    @Nullable
    Stop take() {
        thrown |= stop != null;
        return stop;
    }

    private void endStop() {
        synchronized (monitor) {
            stop = null;
            if (!ending) {
                bridge_stop_end(state.context());
            }
        }
    }

    // -- The outermost operation -----------------------------------------------------------------------------------

    /** What it does first. */
    void begin() {
        if (stop != null) {
            endStop(); // It was meant for an operation that had ended already.
        }
        if (timeLimit > 0) {
            alarm = Watchdog.start(timeLimit, () -> stop(host::timedOut));
        }
    }

    /** Whether {@link #end()} has something to do. */
    boolean isPending() {
        return stop != null || alarm != null;
    }

    /**
     * What it does last.
     *
     * @return why it is to end, if nobody has thrown that yet: Lua code can be over before it notices
     */
    @Nullable
    Stop end() {
        if (alarm != null) {
            alarm.cancel();
            alarm = null;
        }
        Stop left = thrown ? null : stop;
        if (stop != null) {
            endStop();
        }
        thrown = false;
        return left;
    }

    /** Nothing stops the state from now on: it is about to be freed. */
    void free() {
        synchronized (monitor) {
            ending = true;
        }
    }
}
