package io.github.lupa4j.vm;

import java.lang.ref.PhantomReference;
import org.jspecify.annotations.Nullable;

/**
 * A Lua object that Java holds through a handle. The object stays alive until the handle is closed or has
 * become unreachable; whoever next holds the state's lock then gives the reference back.
 *
 * <p>What is watched is not the handle but this object: an operation on a handle that nobody uses afterwards needs the
 * reference to its end, when the handle is unreachable already. Operations hold this object until then.
 */
public final class Ref {
    final LuaState state;
    private final long identity;
    private final int index;
    private final Dropped dropped;
    /** Kept alive by this reference, and told when it is used. */
    final @Nullable Runnable owner;

    private volatile boolean closed;

    /** Comes to the state's queue when the reference is to be given back. */
    static final class Dropped extends PhantomReference<Ref> {
        final int index;

        private Dropped(Ref ref, int index) {
            super(ref, ref.state.references.dropped);
            this.index = index;
        }
    }

    Ref(LuaState state, int index, long identity) {
        this.state = state;
        this.index = index;
        this.identity = identity;
        owner = state.handleOwner;
        dropped = new Dropped(this, index);
    }

    Dropped dropped() {
        return dropped;
    }

    /**
     * Its place among the references of the state.
     *
     * @throws IllegalStateException when it was closed
     */
    int index() {
        if (closed) {
            throw new IllegalStateException("the handle was closed");
        }
        return index;
    }

    /** Whether both name the same Lua object; true also for two references to it. */
    public boolean sameObject(Ref other) {
        return identity == other.identity && state == other.state;
    }

    /** Equal for all references to one object. */
    public int identityHash() {
        return Long.hashCode(identity >>> 3);
    }

    /** The object's address in Lua's notation, for messages. */
    public String address() {
        return "0x" + Long.toHexString(identity);
    }

    /**
     * Gives the reference back, when the state's lock is taken next; the handle cannot be used afterwards. Waits for
     * nobody. Harmless when done twice.
     */
    public void close() {
        closed = true;
        if (dropped.enqueue()) {
            state.references.handlesClosed = true;
            state.callAttention();
        }
    }
}
