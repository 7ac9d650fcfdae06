package io.github.lupa4j;

import io.github.lupa4j.vm.Origin;
import io.github.lupa4j.vm.Ref;

/**
 * One {@linkplain LuaChunk#run run} of a chunk, as far as the handles that come of it concern. They keep it alive. Its methods
 * are to be called with the runtime's lock held.
 */
public abstract class ChunkRun {
    private final Origin origin;

    /**
     * For a run to come.
     *
     * @param chunk what is run
     */
    protected ChunkRun(LuaChunk chunk) {
        origin = new Origin(chunk.function().ref) {
            @Override
            protected void used() {
                ChunkRun.this.used();
            }

            @Override
            protected boolean leavesNothing() {
                return ChunkRun.this.leavesNothing();
            }

            @Override
            protected Ref globals() {
                return ChunkRun.this.globals().ref;
            }
        };
    }

    /** Called when a handle is used that has come of the run, except where the chunk gets it back while it runs. */
    protected abstract void used();

    /**
     * Called when the run has ended, if handles have come of it. If the result is true, the functions among what they hold may
     * rest: they have no globals any more until they are used, and Lua forgets those that use no local variables from outside.
     * They do not if the run has given anything else than them and small tables that lead to no function.
     *
     * @return whether nothing in Lua refers to what handles have any more
     */
    protected abstract boolean leavesNothing();

    /**
     * Called when a function that rests is needed.
     *
     * @return its globals from now on
     */
    protected abstract LuaTable globals();

    Origin origin() {
        return origin;
    }

    /**
     * {@return whether values of Lua's own (tables, functions and the like) have come to Java as handles} Else Java has got
     * hold of nothing that the chunk has made.
     */
    public boolean hasGiven() {
        return origin.hasGiven();
    }

    /**
     * {@return whether handles have gone to Lua that did not come of the run} Else the chunk has got hold of nothing that
     * others have made.
     */
    public boolean hasTaken() {
        return origin.hasTaken();
    }

    /**
     * {@return whether code has looked at the stack while the chunk ran, which leads to its functions and to its globals} Such
     * code may be of other chunks, in calls of Java's, in hooks or finalizers. Known when the run has ended.
     */
    public boolean wasSeen() {
        return origin.wasSeen();
    }

    /** {@return whether all functions that the run has given have come to rest when it ended} */
    public boolean rests() {
        return origin.rests();
    }
}
