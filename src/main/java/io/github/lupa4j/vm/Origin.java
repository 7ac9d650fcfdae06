package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What handles come of: a run of a chunk. Functions that it gave, and of which only Java knows, can rest: they have no globals
 * until they are used, so that those of the run can serve others. Of a function that is nothing but its code, not even the
 * function is kept: another one is made when it is used. Guarded by the state's lock.
 */
public abstract class Origin {
    /** If more handles come of it, nothing rests. */
    private static final int MOST = 64;

    private final Ref chunk;
    /** What the handles have, not watched until the run ends; null if that is too much, or when it has ended. */
    private @Nullable List<Ref> all = List.of();

    private boolean given;
    private boolean taken;
    private boolean rests;
    private int looksBefore;
    private boolean seen;

    protected Origin(Ref chunk) {
        this.chunk = chunk;
    }

    /** A handle is used. Not called where the run itself gets it back. */
    protected abstract void used();

    /** Whether nothing in Lua refers to what the run has given, now that it has ended. */
    protected abstract boolean leavesNothing();

    /** The globals of functions that are made anew. */
    protected abstract Ref globals();

    /** Whether a value of Lua's own has come as a handle. */
    public boolean hasGiven() {
        return given;
    }

    /** Whether a handle has gone to Lua that did not come of the run. */
    public boolean hasTaken() {
        return taken;
    }

    /** Whether other code may have found the run's functions on the stack. To be asked when it has ended. */
    public boolean wasSeen() {
        return seen;
    }

    /** Whether the functions that the run has given rest. */
    public boolean rests() {
        return rests;
    }

    void take() {
        taken = true;
    }

    /** Something comes of it; false if it is not kept here. */
    boolean give(Ref ref) {
        given = true;
        if (all == null) {
            return false;
        }
        if (all.size() == MOST) {
            watchAll();
            return false;
        }
        if (all.isEmpty()) {
            all = new ArrayList<>(2);
        }
        return all.add(ref);
    }

    private void watchAll() {
        if (all != null) {
            all.forEach(Ref::watch);
            all = null;
        }
    }

    // -- Rest ----------------------------------------------------------------------------------------------------

    /** Begins the run. */
    public Origin begin() {
        looksBefore = chunk.state.slots.looks();
        return this;
    }

    /**
     * Ends the run. Has the functions rest that it has given, if all of them can, if all else that it has given are tables
     * that lead to no function, and if it {@linkplain #leavesNothing leaves nothing}.
     *
     * @param globals those of the run
     */
    public void end(Ref globals) {
        LuaState state = chunk.state;
        seen = state.slots.looks() != looksBefore;
        if (!given) {
            return;
        }
        int hold = state.enter();
        try {
            rests = !seen
                    && all != null
                    && !chunk.isClosed()
                    && leavesNothing()
                    && rest(all, state, state.indexOf(globals));
        } finally {
            watchAll();
            state.exit(hold, globals);
        }
    }

    private boolean rest(List<Ref> all, LuaState state, int globals) {
        int[] how = new int[all.size()];
        int maker = hasOneTwice(all) ? 0 : chunk.place();
        if (!rest(all, how, state, globals, maker)) {
            return false;
        }
        // A function that is to be made anew may be in what is detached, too: there must not be two of it.
        if (isMixed(how)) {
            attach(all, how, state, globals);
            if (!rest(all, how, state, globals, 0)) {
                return false;
            }
        }
        for (int i = how.length - 1; i >= 0; i--) {
            if (how[i] != BRIDGE_REST_DATA) {
                all.remove(i).rest(how[i]);
            }
        }
        return true;
    }

    /**
     * Fills in what has become of each; false, and nothing done, if one cannot rest.
     *
     * @param maker the chunk if functions may be made anew, else 0
     */
    private static boolean rest(List<Ref> all, int[] how, LuaState state, int globals, int maker) {
        for (int i = 0; i < how.length; i++) {
            Ref ref = all.get(i);
            how[i] = ref.isClosed() ? BRIDGE_REST_DATA : bridge_rest(state.context(), ref.place(), maker, globals);
            if (how[i] == BRIDGE_REST_NONE) {
                attach(all.subList(0, i), how, state, globals);
                return false;
            }
        }
        return true;
    }

    /** Whether some are detached and others can be made anew. */
    private static boolean isMixed(int[] how) {
        boolean detached = false;
        boolean anew = false;
        for (int one : how) {
            detached |= one == BRIDGE_REST_DETACHED;
            anew |= one >= 0;
        }
        return detached && anew;
    }

    /** Whether two handles have one object. */
    private static boolean hasOneTwice(List<Ref> all) {
        for (int i = 1; i < all.size(); i++) {
            for (int k = 0; k < i; k++) {
                if (all.get(i).sameObject(all.get(k))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static void attach(List<Ref> functions, int[] how, LuaState state, int globals) {
        for (int i = 0; i < functions.size(); i++) {
            if (how[i] == BRIDGE_REST_DETACHED) {
                bridge_attach(state.context(), functions.get(i).place(), globals);
            }
        }
    }

    /** Has a function ready to be used. The slots are used for that. */
    void restore(Ref function) {
        LuaState state = chunk.state;
        Ref globals = globals();
        if (function.isDetached()) {
            bridge_attach(state.context(), function.attach(), state.indexOf(globals));
            return;
        }
        int number = function.number();
        int count = bridge_new_child(state, state.context(), state.indexOf(chunk), number, state.indexOf(globals));
        if (count < 0) {
            throw state.failure(count);
        }
        function.restore(state.slots.readReference(0), state.slots.readAddress(0));
    }
}
