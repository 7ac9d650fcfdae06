package io.github.lupa4j;

import io.github.lupa4j.vm.Origin;
import io.github.lupa4j.vm.Ref;

/**
 * One {@linkplain LuaChunk#run run} of a chunk, as far as the handles that come of it concern. They keep it alive. Its methods
 * are to be called with the runtime's lock held.
 */
public abstract class ChunkRun {
    private final LuaChunk chunk;

    final Origin origin;

    /**
     * For a run to come.
     *
     * @param chunk what is run
     */
    protected ChunkRun(LuaChunk chunk) {
        this.chunk = chunk;
        origin = new Origin(chunk.function().ref) {
            @Override
            protected void used() {
                ChunkRun.this.used();
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
     * Called when a function that {@linkplain #rest rests} is needed.
     *
     * @return its globals from now on
     */
    protected abstract LuaTable globals();

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
     * Lets Lua forget the functions that the run has given, if they are of the chunk's own code and have no local variables
     * around them, and if all else that it has given are small tables that lead to no function. They are made anew, with other
     * globals, if the handles are used. To be called once the run has ended, and only if Lua cannot reach them any more.
     *
     * @param globals those of the run
     * @return whether they rest; if they do not, nothing has happened
     */
    public boolean rest(LuaTable globals) {
        boolean rests = origin.rest(globals.ref);
        if (rests) {
            chunk.setNeeded();
        }
        return rests;
    }

    /** Says that the run has ended, and that what it has given does not {@linkplain #rest rest}. */
    public void end() {
        origin.forget();
    }
}
