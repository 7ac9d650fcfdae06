package io.github.lupa4j.vm;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The re-entrant lock of a state. Taking it costs one atomic operation and giving it up none, half of what
 * {@link java.util.concurrent.locks.ReentrantLock} takes: both are part of every call of a Lua function. For the same
 * reason the state is its own lock, and not one more object on the way.
 *
 * <p>Giving it up without a fence has a price: its holder can miss that a thread has just begun to wait. So a
 * waiting thread looks again after a short time even when nobody wakes it.
 */
class StateLock {
    private static final VarHandle OWNER;
    private static final VarHandle WAITERS;
    private static final long FIRST_PAUSE_NANOS = 20_000;
    private static final long LONGEST_PAUSE_NANOS = 1_000_000;

    static {
        try {
            OWNER = MethodHandles.lookup().findVarHandle(StateLock.class, "owner", Thread.class);
            WAITERS = MethodHandles.lookup().findVarHandle(StateLock.class, "waiters", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ConcurrentLinkedQueue<Thread> waiting = new ConcurrentLinkedQueue<>();
    /** The size of the queue or less; cheaper to ask. */
    private volatile int waiters;

    private volatile @Nullable Thread owner;
    /** How often the owner has taken the lock; used by the owner only. */
    private int holds;

    /** Takes the lock; returns how often this thread has it now, which is what {@link #release} needs. */
    final int acquire() {
        Thread current = Thread.currentThread();
        if (owner == current) {
            return ++holds;
        }
        if (!OWNER.compareAndSet(this, (Thread) null, current)) {
            await(current);
        }
        holds = 1;
        return 1;
    }

    private void await(Thread current) {
        boolean interrupted = false;
        long pause = FIRST_PAUSE_NANOS;
        waiting.add(current);
        WAITERS.getAndAdd(this, 1);
        while (!OWNER.compareAndSet(this, (Thread) null, current) && !takeFromDead(current)) {
            LockSupport.parkNanos(this, pause);
            interrupted |= Thread.interrupted();
            pause = Math.min(pause * 2, LONGEST_PAUSE_NANOS);
        }
        waiting.remove(current);
        WAITERS.getAndAdd(this, -1);
        if (interrupted) {
            current.interrupt();
        }
    }

    /** A thread whose stack overflowed while it gave up the lock can have died with it. */
    private boolean takeFromDead(Thread current) {
        Thread last = owner;
        return last != null && !last.isAlive() && OWNER.compareAndSet(this, last, current);
    }

    /**
     * Gives up a hold, and those after it that an overflow of the stack has left behind.
     *
     * @param hold what {@link #acquire} returned
     */
    final void release(int hold) {
        holds = hold - 1;
        if (hold == 1) {
            OWNER.setRelease(this, (Thread) null);
            if (waiters != 0) {
                LockSupport.unpark(waiting.peek());
            }
        }
    }

    /** The same where no stack may be left for a call: in place, and without waking anybody. */
    final void releaseInPlace(int hold) {
        holds = hold - 1;
        if (hold == 1) {
            owner = null;
        }
    }

    /** How often this thread has the lock: 0 when it does not. */
    public final int holds() {
        return owner == Thread.currentThread() ? holds : 0;
    }

    final boolean isHeldByCurrentThread() {
        return owner == Thread.currentThread();
    }

    /** The thread that has the lock, or null. */
    final @Nullable Thread owner() {
        return owner;
    }

    /** Whether any thread has the lock. */
    final boolean isHeld() {
        return OWNER.getAcquire(this) != null;
    }
}
