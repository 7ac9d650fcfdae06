package io.github.lupa4j.vm;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Stops the scripts of threads that are interrupted while they run. {@link Thread#interrupt} tells nobody, and a call
 * has no time to announce itself; so one thread for all states looks now and then at the threads that have been inside
 * one and the same operation since it looked last. When no state is used for a while the thread ends, and the next
 * operation starts a new one.
 */
final class InterruptWatch implements Runnable {
    private static final long PAUSE_NANOS = 20_000_000;
    /** After so many pauses in which nothing happened the thread ends. */
    private static final int IDLE_PAUSES = 75;

    private static final Object MONITOR = new Object();
    private static final List<WeakReference<LuaState>> STATES = new ArrayList<>();

    /**
     * Whether nobody watches. An operation reads it after it has taken its lock; the watch sets it before it looks for
     * locks that are taken, with a barrier in between: one of the two sees the other.
     */
    static volatile boolean asleep = true;

    private InterruptWatch() {}

    /** Watches a state until it is closed or collected. */
    static void add(LuaState state) {
        synchronized (MONITOR) {
            STATES.add(new WeakReference<>(state));
        }
    }

    static void wake() {
        synchronized (MONITOR) {
            if (asleep) {
                Thread thread = new Thread(null, new InterruptWatch(), "lupa4j interrupt watch", 0, false);
                thread.setDaemon(true);
                thread.setContextClassLoader(null);
                try {
                    thread.start();
                    asleep = false;
                } catch (OutOfMemoryError e) {
                    // No thread to be had: scripts run on, unwatched, until there is.
                }
            }
        }
    }

    @Override
    public void run() {
        // Preparing the barrier takes ten milliseconds, for which a JVM waits that ends meanwhile, as many do soon
        // after their first script. Much later is bad, too: what the JVM compiles first should see the biased lock.
        LockSupport.parkNanos(PAUSE_NANOS);
        ProcessBarrier.prepare();
        int idle = 0;
        while (true) {
            LockSupport.parkNanos(PAUSE_NANOS);
            idle = look() ? 0 : idle + 1;
            if (idle >= IDLE_PAUSES) {
                asleep = true;
                if (ProcessBarrier.isReady()) {
                    ProcessBarrier.run();
                }
                if (!look() || !stayAwake()) {
                    return;
                }
                idle = 0;
            }
        }
    }

    /** Whether this thread goes on; false when another one has taken its place. */
    private static boolean stayAwake() {
        synchronized (MONITOR) {
            boolean first = asleep;
            asleep = false;
            return first;
        }
    }

    /** Looks at all states; whether any is in use. */
    private static boolean look() {
        boolean used = false;
        for (int i = 0; ; i++) {
            LuaState state;
            synchronized (MONITOR) {
                if (i >= STATES.size()) {
                    return used;
                }
                state = STATES.get(i).get();
                if (state == null || state.isClosed()) {
                    int last = STATES.size() - 1;
                    STATES.set(i, STATES.get(last));
                    STATES.remove(last);
                    i--;
                    continue;
                }
            }
            used |= look(state);
        }
    }

    private static boolean look(LuaState state) {
        Thread owner = state.owner();
        int operation = state.operations;
        boolean same = operation == state.watchedOperation;
        state.watchedOperation = operation;
        if (owner == null) {
            return !same;
        }
        if (same && owner.isInterrupted()) {
            state.limits().stopInterrupted(owner);
        }
        return true;
    }
}
