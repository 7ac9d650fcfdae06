package io.github.lupa4j.vm;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The re-entrant lock of a state. Taking it costs one atomic operation and giving it up none, half of what
 * {@link java.util.concurrent.locks.ReentrantLock} takes: both are part of every call of a Lua function.
 *
 * <p>Giving it up without a fence has a price: its holder can miss that a thread has just begun to wait. So a
 * waiting thread looks again after a short time even when nobody wakes it.
 */
final class StateLock {
    private static final VarHandle OWNER;
    private static final long FIRST_PAUSE_NANOS = 20_000;
    private static final long LONGEST_PAUSE_NANOS = 1_000_000;

    static {
        try {
            OWNER = MethodHandles.lookup().findVarHandle(StateLock.class, "owner", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ConcurrentLinkedQueue<Thread> waiting = new ConcurrentLinkedQueue<>();
    private @Nullable Thread owner;
    /** How often the owner has taken the lock; used by the owner only. */
    private int holds;

    /** Takes the lock; returns how often this thread has it now. */
    int acquire() {
        Thread current = Thread.currentThread();
        if (owner != current && !OWNER.compareAndSet(this, (Thread) null, current)) {
            await(current);
        }
        return ++holds;
    }

    private void await(Thread current) {
        boolean interrupted = false;
        long pause = FIRST_PAUSE_NANOS;
        waiting.add(current);
        while (!OWNER.compareAndSet(this, (Thread) null, current)) {
            LockSupport.parkNanos(this, pause);
            interrupted |= Thread.interrupted();
            pause = Math.min(pause * 2, LONGEST_PAUSE_NANOS);
        }
        waiting.remove(current);
        if (interrupted) {
            current.interrupt();
        }
    }

    /** Gives up one hold, of several or the last. */
    void release() {
        if (--holds == 0) {
            OWNER.setRelease(this, (Thread) null);
            if (!waiting.isEmpty()) {
                LockSupport.unpark(waiting.peek());
            }
        }
    }

    /** Whether this thread has the lock and is about to give up its last hold. */
    boolean isLastHold() {
        return holds == 1;
    }

    boolean isHeldByCurrentThread() {
        return owner == Thread.currentThread();
    }

    /** Whether any thread has the lock. */
    boolean isHeld() {
        return OWNER.getAcquire(this) != null;
    }
}
