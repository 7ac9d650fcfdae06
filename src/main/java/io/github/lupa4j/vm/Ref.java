package io.github.lupa4j.vm;

import java.lang.ref.PhantomReference;

/**
 * A Lua object that Java holds through a handle. The object stays alive until the handle is closed or has
 * become unreachable; whoever next holds the state's lock then gives the reference back.
 */
public final class Ref extends PhantomReference<Object> {
    final LuaState state;
    private final long identity;
    /** Its place among the references; 0 when it was given back. Guarded by the state's lock. */
    int index;

    Ref(Object handle, LuaState state, int index, long identity) {
        super(handle, state.dropped);
        this.state = state;
        this.index = index;
        this.identity = identity;
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

    /** Gives the reference back; the handle cannot be used afterwards. Harmless when done twice. */
    public void close() {
        state.close(this);
    }
}
