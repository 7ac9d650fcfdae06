package io.github.lupa4j.vm;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** That one thread may take a {@link StateLock} by noting it here, until another thread wants the lock. */
final class Bias {
    private static final VarHandle HOLDS;

    static {
        try {
            HOLDS = MethodHandles.lookup().findVarHandle(Bias.class, "holds", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Thread thread;
    /** How often the thread has the lock. Written by this thread only. */
    private volatile int holds;
    /** Whether another thread wants the lock; never taken back. */
    private volatile boolean revoked;

    /** The thread has the lock once. */
    Bias(Thread thread) {
        this.thread = thread;
        holds = 1;
    }

    int holds() {
        return holds;
    }

    /**
     * Takes the lock, by the thread.
     *
     * @return how often it has it now; 0 if it must wait its turn like others
     */
    int acquire() {
        int held = holds;
        HOLDS.setOpaque(this, held + 1); // and then, in program order:
        if (!revoked || held > 0) {
            return held + 1;
        }
        holds = 0;
        return 0;
    }

    /** Gives up a hold; whether another thread waits for it. */
    boolean release(int hold) {
        HOLDS.setRelease(this, hold - 1);
        return hold == 1 && revoked;
    }

    /** The same without a call. */
    void releaseInPlace(int hold) {
        holds = hold - 1;
    }

    /** From now on the thread takes the lock no more; it may still have it. */
    void revoke() {
        revoked = true;
        ProcessBarrier.run();
    }

    /** Whether the thread has the lock. A thread whose stack overflowed while it gave it up can have died with it. */
    boolean isHeld() {
        return holds > 0 && thread.isAlive();
    }
}
