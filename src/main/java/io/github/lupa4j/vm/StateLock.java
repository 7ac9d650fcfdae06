package io.github.lupa4j.vm;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The re-entrant lock of a state. As most states are used by one thread, and taking and giving up the lock are part of
 * every call of a Lua function, the lock comes to be biased: a thread that has taken it often enough, and no other
 * meanwhile, takes it by plain stores, without an atomic operation. Another thread that wants it ends the
 * bias by a {@link ProcessBarrier}. That costs some microseconds, so each time it takes more to get a bias again.
 *
 * <p>Without a bias, taking the lock costs one atomic operation and giving it up none, half of what
 * {@link java.util.concurrent.locks.ReentrantLock} takes. For the same reason the state is its own lock, and not one
 * more object on the way.
 *
 * <p>Giving it up without a fence has a price: its holder can miss that a thread has just begun to wait. So a
 * waiting thread looks again after a short time even when nobody wakes it.
 */
class StateLock {
    private static final VarHandle OWNER;
    private static final VarHandle WAITERS;
    private static final long FIRST_PAUSE_NANOS = 20_000;
    private static final long LONGEST_PAUSE_NANOS = 1_000_000;
    private static final int LONGEST_COURTSHIP = 1 << 24;

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

    /** Who has the lock, or alone may end the bias; a biased thread is not named here. */
    private volatile @Nullable Thread owner;
    /** How often the owner has taken the lock. This and what follows is used by the owner only. */
    private int holds;

    private @Nullable Thread lastOwner;
    /** How often the last owner has become that without another one in between, and how often is enough. */
    private int streak;

    private int courtship = 64;

    /** Set and taken away by the owner, and while it is there nobody but its thread has the lock. */
    private volatile @Nullable Bias bias;

    /** Takes the lock; returns how often this thread has it now, which is what {@link #release} needs. */
    final int acquire() {
        Thread current = Thread.currentThread();
        Bias bias = this.bias;
        if (bias != null && bias.thread == current) {
            int hold = bias.acquire();
            if (hold > 0) {
                return hold;
            }
        }
        return own(current);
    }

    private int own(Thread current) {
        if (owner == current) {
            return ++holds;
        }
        if (!OWNER.compareAndSet(this, (Thread) null, current)) {
            await(current);
        }
        holds = 1;
        boolean settled = false;
        try {
            settle(current);
            settled = true;
        } finally {
            if (!settled) {
                owner = null;
            }
        }
        return 1;
    }

    private void await(Thread current) {
        waiting.add(current);
        WAITERS.getAndAdd(this, 1);
        park(() -> OWNER.compareAndSet(this, (Thread) null, current) || takeFromDead(current));
        waiting.remove(current);
        WAITERS.getAndAdd(this, -1);
    }

    /** Waits until something is so, looking again now and then. An interrupt is kept for later. */
    private void park(BooleanSupplier done) {
        boolean interrupted = false;
        long pause = FIRST_PAUSE_NANOS;
        while (!done.getAsBoolean()) {
            LockSupport.parkNanos(this, pause);
            interrupted |= Thread.interrupted();
            pause = Math.min(pause * 2, LONGEST_PAUSE_NANOS);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A thread whose stack overflowed while it gave up the lock can have died with it. */
    private boolean takeFromDead(Thread current) {
        Thread last = owner;
        return last != null && !last.isAlive() && OWNER.compareAndSet(this, last, current);
    }

    // -- Bias ----------------------------------------------------------------------------------------------------

    /** Ends the bias of another thread, or begins one if this thread has proved to be the only one. */
    private void settle(Thread current) {
        if (bias != null) {
            endBias();
            lastOwner = current;
            streak = 0;
        } else if (lastOwner != current) {
            lastOwner = current;
            streak = 0;
        } else if (++streak >= courtship && ProcessBarrier.isReady()) {
            lastOwner = null;
            bias = new Bias(current);
            owner = null;
        }
    }

    private void endBias() {
        Bias ended = bias;
        if (ended == null) {
            return;
        }
        ended.revoke();
        park(() -> !ended.isHeld());
        bias = null;
        courtship = Math.min(courtship * 8, LONGEST_COURTSHIP);
    }

    // -- Release -------------------------------------------------------------------------------------------------

    /**
     * Gives up a hold, and those after it that an overflow of the stack has left behind.
     *
     * @param hold what {@link #acquire} returned
     */
    final void release(int hold) {
        Bias bias = this.bias;
        if (bias != null) {
            if (bias.release(hold)) {
                LockSupport.unpark(owner);
            }
            return;
        }
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
        Bias bias = this.bias;
        if (bias != null) {
            bias.releaseInPlace(hold);
            return;
        }
        holds = hold - 1;
        if (hold == 1) {
            owner = null;
        }
    }

    // -- Who has it ----------------------------------------------------------------------------------------------

    /** How often this thread has the lock: 0 when it does not. */
    public final int holds() {
        Thread current = Thread.currentThread();
        Bias bias = this.bias;
        if (bias != null && bias.thread == current) {
            return bias.holds();
        }
        return owner == current ? holds : 0;
    }

    final boolean isHeldByCurrentThread() {
        return holds() > 0;
    }

    /** Whether some thread takes the lock without an atomic operation. */
    final boolean isBiased() {
        return bias != null;
    }

    /** The thread that has the lock, or one that is about to take it, or null. */
    final @Nullable Thread owner() {
        Bias bias = this.bias;
        return bias != null && bias.isHeld() ? bias.thread : owner;
    }

    /** Whether any thread has the lock, however short a time ago it has taken it. */
    final boolean isHeld() {
        if (bias != null) {
            ProcessBarrier.run();
        }
        return owner() != null;
    }
}
