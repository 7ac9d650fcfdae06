package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What handles come of: a run of a chunk. Functions that it gave, and of which only Java knows, can rest: Lua forgets them,
 * and makes one anew when it is used. Guarded by the state's lock.
 */
public abstract class Origin {
    /** If more handles come of it, nothing rests. */
    private static final int MOST = 64;

    private final Ref chunk;
    /** What the handles have; null if that is too much. */
    private @Nullable List<Ref> all = List.of();

    private boolean given;
    private boolean taken;

    protected Origin(Ref chunk) {
        this.chunk = chunk;
    }

    /** A handle is used. Not called where the run itself gets it back. */
    protected abstract void used();

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

    void give(Ref ref) {
        given = true;
        if (all != null) {
            if (all.isEmpty()) {
                all = new ArrayList<>(2);
            }
            all.add(ref);
            if (all.size() > MOST) {
                all = null;
            }
        }
    }

    void take() {
        taken = true;
    }

    /** Forgets the handles. */
    public void forget() {
        all = null;
    }

    // -- Rest ----------------------------------------------------------------------------------------------------

    /**
     * Has the functions rest that the handles hold, if all of them can, and if all else that the run has given are tables that
     * lead to no function. To be called once, when the run has ended, and only if nothing in Lua refers to the functions.
     *
     * @param globals those of the run
     * @return whether they rest; if they do not, nothing has happened
     */
    public boolean rest(Ref globals) {
        LuaState state = chunk.state;
        int hold = state.enter();
        try {
            return all != null && !chunk.isClosed() && rest(all, state, state.indexOf(globals));
        } finally {
            all = null;
            state.exit(hold, globals);
        }
    }

    private boolean rest(List<Ref> all, LuaState state, int globals) {
        int[] numbers = new int[all.size()];
        Set<Long> seen = numbers.length > 1 ? new HashSet<>() : Set.of();
        for (int i = 0; i < numbers.length; i++) {
            Ref ref = all.get(i);
            int number = ref.isClosed()
                    ? BRIDGE_CHILD_NONE
                    : bridge_child_number(state.context(), ref.index(), chunk.index(), globals);
            if (number == BRIDGE_CHILD_NONE) {
                return false;
            }
            if (number != BRIDGE_CHILD_DATA && numbers.length > 1 && !seen.add(ref.identity())) {
                return false;
            }
            numbers[i] = number;
        }
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] != BRIDGE_CHILD_DATA) {
                all.get(i).rest(numbers[i]);
            }
        }
        return true;
    }

    /** Makes a function anew. The slots are used for that. */
    void restore(Ref function, int number) {
        LuaState state = chunk.state;
        Ref globals = globals();
        int count = bridge_new_child(state, state.context(), state.indexOf(chunk), number, state.indexOf(globals));
        if (count < 0) {
            throw state.failure(count);
        }
        function.restore(state.slots.readReference(0), state.slots.readAddress(0));
    }
}
