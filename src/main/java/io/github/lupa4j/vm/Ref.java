package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.BRIDGE_REST_DETACHED;

import java.lang.ref.PhantomReference;
import org.jspecify.annotations.Nullable;

/**
 * A Lua object that Java holds through a handle. The object stays alive until the handle is closed or has
 * become unreachable; whoever next holds the state's lock then gives the reference back.
 *
 * <p>What is watched is not the handle but this object: an operation on a handle that nobody uses afterwards needs the
 * reference to its end, when the handle is unreachable already. Operations hold this object until then.
 *
 * <p>A function can rest (see {@link Origin}): it has no globals, or Lua has no such object, until it is used.
 */
public final class Ref {
    private static final int DETACHED = Integer.MIN_VALUE;
    private static final int ANEW = 1 << 30;

    final LuaState state;
    /** The address at first. */
    private final long identity;
    /**
     * The place among the references of the state. While it rests it is negative: with {@link #DETACHED} added, or the number
     * that the function has in its chunk as its complement.
     */
    private int index;

    /** Null while it need not be watched, as the origin has it. */
    private volatile @Nullable Dropped dropped;

    /** What the object comes of, if more than the object itself is to be kept alive by this reference. */
    final @Nullable Origin origin;
    /** What is equal for all references to an object that was made anew; null for any other. */
    private volatile @Nullable Renewed renewed;

    private volatile boolean closed;

    /** Comes to the state's queue when the reference is to be given back. */
    static final class Dropped extends PhantomReference<Ref> {
        final int index;

        private Dropped(Ref ref, int index) {
            super(ref, ref.state.references.dropped);
            this.index = index;
        }
    }

    /** An object that was made anew, or will be: its address may be that of another one by now, or may have been. */
    static final class Renewed {
        private final long identity;
        private long address;
        /** How many references to it there are. */
        private int references;

        private Renewed(long identity) {
            this.identity = identity;
            address = identity;
        }

        long address() {
            return address;
        }

        void addReference() {
            references++;
        }

        /** Whether that was the last one. */
        boolean removeReference() {
            return --references == 0;
        }
    }

    Ref(LuaState state, int index, long address) {
        this.state = state;
        this.index = index;
        renewed = state.references.renewedAt(address);
        identity = renewed == null ? address : renewed.identity;
        origin = state.origin;
    }

    /** Has it come to the queue when it is unreachable, or at once if it was closed. */
    void watch() {
        Dropped watched = new Dropped(this, index);
        dropped = watched;
        state.references.watch(watched);
        if (closed) {
            giveBack(watched);
        }
    }

    @Nullable
    Renewed renewed() {
        return renewed;
    }

    /**
     * Its place among the references of the state; negative while it rests.
     *
     * @throws IllegalStateException when it was closed
     */
    int index() {
        if (closed) {
            throw new IllegalStateException("the handle was closed");
        }
        return index;
    }

    /** The same even if it was closed, as any thread can do, as long as it cannot have been given back. */
    int place() {
        return index;
    }

    boolean isClosed() {
        return closed;
    }

    boolean isAtRest() {
        return index < 0;
    }

    /**
     * Whether both name the same Lua object; true also for two references to it. One that was closed names none: another object
     * can be at the address by now.
     */
    public boolean sameObject(Ref other) {
        Renewed mine = renewed;
        Renewed others = other.renewed;
        if (this == other || state != other.state || closed || other.closed) {
            return this == other;
        }
        return mine == others && (mine != null || identity == other.identity);
    }

    /** Equal for all references to one object. */
    public int identityHash() {
        return Long.hashCode(identity >>> 3);
    }

    /** The object's address in Lua's notation, for messages. */
    public String address() {
        Renewed object = renewed;
        return "0x" + Long.toHexString(object == null ? identity : object.address);
    }

    /**
     * Gives the reference back, when the state's lock is taken next; the handle cannot be used afterwards. Waits for
     * nobody. Harmless when done twice.
     */
    public void close() {
        closed = true;
        Dropped watched = dropped;
        if (watched != null) {
            giveBack(watched);
        }
    }

    private void giveBack(Dropped watched) {
        if (watched.enqueue()) {
            state.references.handlesClosed = true;
            state.callAttention();
        }
    }

    // -- Rest; with the lock held ----------------------------------------------------------------------------------

    /**
     * Only while it is not watched.
     *
     * @param how the number that the function has in its chunk: the object is given up; or BRIDGE_REST_DETACHED
     */
    void rest(int how) {
        if (how == BRIDGE_REST_DETACHED) {
            watch();
            index |= DETACHED;
        } else {
            state.references.giveBack(index, state.context());
            renewed = new Renewed(identity);
            index = ~how;
        }
    }

    /** Whether it rests, but the object is there. */
    boolean isDetached() {
        return index < 0 && (index & ANEW) == 0;
    }

    /** Ends that; returns the index. */
    int attach() {
        index &= ~DETACHED;
        return index;
    }

    /** What number the function has in its chunk. */
    int number() {
        return ~index;
    }

    /** Gives it a new object. */
    void restore(int index, long address) {
        Renewed object = renewed;
        if (object == null) {
            throw new IllegalStateException("internal error: what is made anew did not rest; this is a bug");
        }
        object.address = address;
        this.index = index;
        state.references.add(this, index);
        watch();
    }
}
