package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

/**
 * Makes room in a state after memory was refused. LuaJIT does not collect by itself then; and handles that nobody uses
 * any more hold Lua objects until Java's collector has found them.
 */
final class Recovery {
    private static final int LONGEST_PAUSE = 1024;

    private final LuaState state;
    /** The operation at which it is tried next; each try in vain doubles the pause. */
    private int next;

    private int pause = 1;

    Recovery(LuaState state) {
        this.state = state;
    }

    /** Lets it be tried at the next operation. */
    void hasten() {
        next = state.operations;
    }

    /** Tries, if it is time again. */
    void tryNow() {
        if (state.operations - next < 0) {
            return;
        }
        long context = state.context();
        state.references.giveBackAll(context);
        state.references.findUnused(context);
        bridge_collect(state, context);
        bridge_collect(state, context); // What had a finalizer goes only now.
        pause = state.slots.wasMemoryRefused() ? Math.min(2 * pause, LONGEST_PAUSE) : 1;
        next = state.operations + pause;
    }
}
