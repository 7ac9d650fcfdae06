package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import org.jspecify.annotations.Nullable;

/** Single values of a state, and what they are as text. */
public final class Values {
    private final LuaState state;

    Values(LuaState state) {
        this.state = state;
    }

    /** The table of globals. */
    public Object globals() {
        int hold = state.enter();
        try {
            return state.required(bridge_globals(state, state.context()));
        } finally {
            state.exit(hold);
        }
    }

    /** A table of what the globals held at the start. */
    public Object library() {
        int hold = state.enter();
        try {
            return state.required(bridge_library(state, state.context()));
        } finally {
            state.exit(hold);
        }
    }

    /** LuaJIT's name and version. */
    public String implementation() {
        int hold = state.enter();
        try {
            int count = bridge_implementation(state, state.context());
            String text = count == 1 ? state.slots.readText(0) : null;
            if (text == null) {
                throw state.failure(count);
            }
            return text;
        } finally {
            state.exit(hold);
        }
    }

    /** What Lua's {@code tostring} makes of it, or null when {@code __tostring} fails. */
    public @Nullable String toString(Ref value) {
        int hold = state.enter();
        try {
            int count = bridge_to_string(state, state.context(), state.indexOf(value));
            return count == 1 ? state.slots.readText(0) : null;
        } finally {
            state.exit(hold, value);
        }
    }

    /**
     * A Lua function that calls a Java object.
     *
     * @param quiet whether it changes no variables that a chunk has got values of
     */
    public Object newFunction(Object callable, boolean quiet) {
        int hold = state.enter();
        try {
            state.slots.begin(1);
            state.slots.writeObject(0, callable);
            return state.required(bridge_new_function(state, state.context(), quiet ? 1 : 0));
        } finally {
            state.exit(hold);
        }
    }
}
