package io.github.lupa4j;

import io.github.lupa4j.vm.Handles;
import io.github.lupa4j.vm.Ref;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A Lua object that Java holds: a table, a function, a coroutine, or a userdata or cdata that only Lua
 * understands and that goes back unchanged.
 *
 * <p>A handle keeps its object alive. It need not be closed: a dropped handle gives its object back. Two handles
 * are equal when they name the same Lua object; a closed one names none, and equals itself alone. Handles may be
 * used from any thread; a use after the runtime was closed is a {@link LuaClosedException}, after the handle itself
 * was closed an {@link IllegalStateException}, in another runtime an {@link IllegalArgumentException}.
 */
public class LuaValue implements AutoCloseable {
    static {
        Handles.set(new Handles() {
            @Override
            protected @Nullable Ref find(@Nullable Object value) {
                return value instanceof LuaValue handle ? handle.ref : null;
            }
        });
    }

    final LuaRuntime runtime;
    final Ref ref;
    private final LuaType type;

    LuaValue(LuaRuntime runtime, LuaType type, int index, long identity) {
        this.runtime = runtime;
        this.type = type;
        this.ref = runtime.state.adopt(index, identity);
    }

    /** {@return the runtime that the object lives in} */
    public LuaRuntime runtime() {
        return runtime;
    }

    /** {@return the Lua type} */
    public LuaType type() {
        return type;
    }

    /**
     * Gives the object back at once instead of when this handle becomes unreachable. Other handles of the object
     * stay. Harmless when repeated, and after the runtime was closed.
     */
    @Override
    public void close() {
        ref.close();
    }

    /** Whether the other is a handle of the same Lua object. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LuaValue value && ref.sameObject(value.ref);
    }

    @Override
    public int hashCode() {
        return ref.identityHash();
    }

    /** What Lua's {@code tostring} gives; never throws. */
    @Override
    public String toString() {
        String text = null;
        try {
            text = runtime.state.values().toString(ref);
        } catch (RuntimeException e) {
            // A closed handle still has a name.
        }
        return text == null ? type.name().toLowerCase(Locale.ROOT) + ": " + ref.address() : text;
    }
}
