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
    private final Closer closer;
    private final Object monitor = new Object();
    /** Why the operation under way is to end; set by any thread that has the monitor. */
    private volatile @Nullable Stop stop;
    /** Whether the state is being freed: finalizers have their own time, and nothing else runs. */
    private boolean refusesStops;
    /** Whether the operation has thrown it. */
    private boolean thrown;

    private long timeLimit;
    private long instructionLimit;
    private boolean memoryLimited;
    private int collectorPauses;
    private Watchdog.@Nullable Alarm alarm;
    /** What the alarm of the operation under way has; changed by its thread, which has the monitor. */
    private @Nullable Object timed;

    Limits(LuaState state, Host host, Closer closer) {
        this.state = state;
        this.host = host;
        this.closer = closer;
    }

    /** Makes the exception for a stopped operation from the Lua frames in which it was. */
    public interface Stop {
        RuntimeException toException(List<StackTraceElement> frames);
    }

    // -- Setting -------------------------------------------------------------------------------------------------

    /** Limits the time of each outermost operation, in nanoseconds; 0 for none. */
    public void setTime(long nanos) {
        timeLimit = nanos;
        state.callAttention();
    }

    /** Limits the instructions of each outermost operation; 0 for none. Code is not compiled while they are counted. */
    public void setInstructions(long count) {
        int hold = state.enter();
        try {
            instructionLimit = count;
            state.callAttention();
            bridge_set_instruction_limit(state.context(), count);
            if (count > 0) {
                bridge_set_jit(state.context(), 0);
            }
        } finally {
            state.exit(hold);
        }
    }

    /** Whether hot code is compiled. */
    public void setJit(boolean enabled) {
        int hold = state.enter();
        try {
            bridge_set_jit(state.context(), enabled ? 1 : 0);
        } finally {
            state.exit(hold);
        }
    }

    /** How large a state grows before the collector begins again, if nothing is set. */
    public static final int COLLECTOR_PAUSE = BRIDGE_COLLECTOR_PAUSE;

    /** Sets how large a state grows before the collector begins again, in percent of what it found alive. */
    public void setCollectorPause(int percent) {
        int hold = state.enter();
        try {
            bridge_set_collector_pause(state.context(), percent);
        } finally {
            state.exit(hold);
        }
    }

    /** Keeps the collector from running by itself; as many calls of {@link #resumeCollector} let it run again. */
    public void pauseCollector() {
        int hold = state.enter();
        try {
            if (++collectorPauses == 1) {
                bridge_stop_collector(state.context(), 1);
            }
        } finally {
            state.exit(hold);
        }
    }

    public void resumeCollector() {
        if (state.isClosed()) {
            return;
        }
        int hold = state.enter();
        try {
            if (--collectorPauses == 0) {
                bridge_stop_collector(state.context(), 0);
            }
        } finally {
            state.exit(hold);
        }
    }

    /**
     * Lets the n-th allocation from now on fail, for tests; 0 for none.
     *
     * @return what was left of the last such count, 0 if its allocation has failed
     */
    public long failAllocation(long n) {
        int hold = state.enter();
        try {
            return bridge_fail_allocation(state.context(), n);
        } finally {
            state.exit(hold);
        }
    }

    /** Limits what the state may allocate, in bytes; 0 for none. */
    public void setMemory(long bytes) {
        int hold = state.enter();
        try {
            if (bytes > 0) {
                state.results(bridge_prepare_memory_limit(state, state.context()));
            }
            bridge_set_memory_limit(state.context(), bytes);
            memoryLimited = bytes > 0;
            state.callAttention();
            if (bytes > 0 && bridge_memory_used(state.context()) > bytes) {
                state.collect(); // much of it may be garbage
            }
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
        stop(reason, null);
    }

    /** The same; for an alarm, of the operation alone for which it was set. */
    private void stop(Stop reason, @Nullable Object operation) {
        synchronized (monitor) {
            boolean meant = operation == null ? state.isHeld() : operation == timed;
            if (stop != null || refusesStops || !meant) {
                return;
            }
            stop = reason;
            state.callAttention();
        }
        fire(reason, false);
    }

    /** Ends the operation that an interrupted thread has under way. */
    void stopInterrupted(Thread owner) {
        if (state.owner() == owner) {
            stop(host::interrupted);
        }
    }

    /** Tells the state to stop until it has: it can miss it. */
    private void fire(Stop reason, boolean again) {
        synchronized (monitor) {
            if (stop != reason || !closer.stop(again)) {
                return;
            }
        }
        Watchdog.start(REPEAT, () -> fire(reason, true));
    }

    /** Why the operation under way is to end, or null; whoever asks throws it. */
    @Nullable
    Stop take() {
        noticeExhaustion();
        thrown |= stop != null;
        return stop;
    }

    /** The state stops by itself when its instructions are used up. */
    private void noticeExhaustion() {
        if (instructionLimit > 0 && state.slots.isExhausted()) {
            synchronized (monitor) {
                if (stop == null) {
                    stop = host::exhausted;
                    state.callAttention();
                }
            }
        }
    }

    /** Java returns to Lua code, which can swallow what was thrown. */
    void backInLua() {
        if (thrown) {
            thrown = false;
        }
    }

    /** Ends a stop that has come while the state closes, and lets none come any more. */
    void refuseStops() {
        synchronized (monitor) {
            refusesStops = true;
            endStop();
        }
    }

    private void endStop() {
        synchronized (monitor) {
            stop = null;
            closer.endStop();
        }
    }

    // -- The outermost operation -----------------------------------------------------------------------------------

    /** What it does first. */
    void begin() {
        if (stop != null) {
            endStop(); // It was meant for an operation that had ended already.
        }
        if (instructionLimit > 0) {
            bridge_count_instructions(state.context());
        }
        // An overflow of the stack in the timer would leave it locked; Lua is not entered either, with so little.
        if (timeLimit > 0 && bridge_has_stack() != 0) {
            Object operation = new Object();
            synchronized (monitor) {
                timed = operation;
            }
            // The alarm can come when the operation has just ended, and must not stop the next one.
            alarm = Watchdog.start(timeLimit, () -> stop(host::timedOut, operation));
        }
    }

    boolean isMemoryLimited() {
        return memoryLimited;
    }

    /** Whether {@link #begin()} or {@link #end()} has something to do each time. */
    boolean areSet() {
        return timeLimit > 0 || instructionLimit > 0 || memoryLimited;
    }

    /**
     * What it does last.
     *
     * @return why it is to end, if nobody has thrown that yet: Lua code can be over before it notices
     */
    @Nullable
    Stop end() {
        if (alarm != null) {
            synchronized (monitor) {
                timed = null;
            }
            alarm.cancel();
            alarm = null;
        }
        noticeExhaustion();
        Stop left = thrown ? null : stop;
        if (stop != null) {
            endStop();
        }
        thrown = false;
        return left;
    }
}
