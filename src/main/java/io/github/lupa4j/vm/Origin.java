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
    /** More functions than that do not rest. */
    private static final int MOST = 64;

    private final Ref chunk;
    /** Those of the handles; null if something else is among them, or too much. */
    private @Nullable List<Ref> functions = List.of();

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

    void give(Ref ref, boolean isFunction) {
        given = true;
        if (functions != null) {
            if (!isFunction || functions.size() == MOST) {
                functions = null;
            } else {
                if (functions.isEmpty()) {
                    functions = new ArrayList<>(2);
                }
                functions.add(ref);
            }
        }
    }

    void take() {
        taken = true;
    }

    /** Forgets the handles. */
    public void forget() {
        functions = null;
    }

    // -- Rest ----------------------------------------------------------------------------------------------------

    /**
     * Has the functions rest that the handles hold, if all of them do, and if that is all that the run has given. To be
     * called once, when the run has ended, and only if nothing in Lua refers to them.
     *
     * @param globals those of the run
     * @return whether they rest; if they do not, nothing has happened
     */
    public boolean rest(Ref globals) {
        LuaState state = chunk.state;
        List<Ref> all = functions;
        int hold = state.enter();
        try {
            if (all == null || chunk.isClosed()) {
                return false;
            }
            int[] numbers = new int[all.size()];
            Set<Long> seen = all.size() > 1 ? new HashSet<>() : Set.of();
            for (int i = 0; i < numbers.length; i++) {
                Ref function = all.get(i);
                numbers[i] = number(state, function, state.indexOf(globals));
                if (numbers[i] < 0 || (numbers.length > 1 && !seen.add(function.identity()))) {
                    return false;
                }
            }
            for (int i = 0; i < numbers.length; i++) {
                all.get(i).rest(numbers[i]);
            }
            return true;
        } finally {
            functions = null;
            state.exit(hold, globals);
        }
    }

    private int number(LuaState state, Ref function, int globals) {
        return function.isClosed()
                ? -1
                : bridge_child_number(state.context(), function.index(), chunk.index(), globals);
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
