package io.github.lupa4j;

import io.github.lupa4j.vm.Calls;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A Lua coroutine: what it yields, one item after the other.
 *
 * <pre>{@code
 * LuaFunction count = (LuaFunction) lua.eval("function(n) for i = 1, n do coroutine.yield(i) end end");
 * for (Object i : count.coroutine(3).iterable()) {
 *     System.out.println(i); // 1 2 3
 * }
 * }</pre>
 *
 * <p>An item is null for a yield without values, the value, or an unmodifiable list of several. What the function
 * returns in the end is the last item, unless it returns nothing. Only {@link #hasNext()} looks ahead: it lets the
 * coroutine run, and the item that it finds waits in this handle. One that fails is over; the failure comes from the
 * method that let it run, with the coroutine's own Lua frames.
 *
 * <p>A coroutine that is dropped, or whose handles are closed, while it waits in a yield is freed with all it holds.
 */
public final class LuaCoroutine extends LuaValue implements Iterator<Object> {
    /** What a coroutine is doing, as {@code coroutine.status} tells it. */
    public enum Status {
        /** Not started, or waiting in {@code coroutine.yield}. */
        SUSPENDED,
        /** The one that runs. */
        RUNNING,
        /** It has resumed another coroutine and waits for it. */
        NORMAL,
        /** It has returned or failed. */
        DEAD
    }

    private static final int NOT_STARTED = 4;
    private static final @Nullable Object[] NOTHING = {};

    /** The item that hasNext has found. */
    private Calls.@Nullable Resumed ahead;
    /** Whether Java made it, with its arguments. */
    private boolean single;

    LuaCoroutine(LuaRuntime runtime, int index, long identity) {
        super(runtime, LuaType.THREAD, index, identity);
    }

    /** A new coroutine of a function. */
    static LuaCoroutine of(LuaFunction function) {
        LuaCoroutine coroutine = (LuaCoroutine) function.runtime.state.calls().newCoroutine(function.ref);
        coroutine.single = true;
        return coroutine;
    }

    // -- Running -------------------------------------------------------------------------------------------------

    /**
     * Starts or continues the coroutine.
     *
     * @param arguments the function's arguments at the start, later what {@code coroutine.yield} returns
     * @return what it yields or finally returns: null for nothing, the value, or an unmodifiable list of several
     * @throws LuaException when it fails, or cannot be resumed
     * @throws IllegalStateException if there are arguments while an item that {@link #hasNext()} has found waits
     */
    public @Nullable Object resume(@Nullable Object... arguments) {
        return ahead == null ? Calls.resumeForValue(ref, arguments) : takeAhead(arguments.length > 0);
    }

    private Calls.Resumed advance(@Nullable Object... arguments) {
        return runtime.state.calls().resume(ref, arguments);
    }

    private @Nullable Object takeAhead(boolean sending) {
        runtime.lock();
        try {
            Calls.Resumed found = ahead;
            if (found == null) {
                return next(); // another thread has taken it
            }
            if (sending) {
                throw new IllegalStateException(
                        "the coroutine already ran on for hasNext(); take that item by next() before sending values");
            }
            ahead = null;
            return found.value();
        } finally {
            runtime.unlock();
        }
    }

    /**
     * Continues the coroutine: {@code coroutine.yield} returns the value there. The first call, which starts it, must
     * send null.
     *
     * @param value the value; may be null
     * @return the next item
     * @throws NoSuchElementException at the end
     * @throws IllegalStateException if the coroutine was not started and the value is not null, or an item that
     *     {@link #hasNext()} has found waits and the value is not null
     * @throws LuaException when it fails, or cannot be resumed
     */
    public @Nullable Object send(@Nullable Object value) {
        runtime.lock();
        try {
            if (ahead != null) {
                return takeAhead(value != null);
            }
            if (!isStarted()) {
                if (value != null) {
                    throw new IllegalStateException("the coroutine was not started, so nothing waits for a value in it;"
                            + " start it by next() or send(null)");
                }
                return item(advance(NOTHING));
            }
            return item(advanceToEnd(new @Nullable Object[] {value}));
        } finally {
            runtime.unlock();
        }
    }

    private boolean isStarted() {
        return runtime.state.calls().coroutineStatus(ref) != NOT_STARTED;
    }

    private Calls.Resumed advanceToEnd(@Nullable Object... arguments) {
        if (status() == Status.DEAD) {
            throw ended();
        }
        return advance(arguments);
    }

    private static @Nullable Object item(Calls.Resumed resumed) {
        if (isEnd(resumed)) {
            throw ended();
        }
        return resumed.value();
    }

    private static boolean isEnd(Calls.Resumed resumed) {
        return !resumed.yielded() && resumed.empty();
    }

    private static NoSuchElementException ended() {
        return new NoSuchElementException("the coroutine has ended");
    }

    // -- Iterator ------------------------------------------------------------------------------------------------

    /**
     * Lets the coroutine run to its next item, unless one waits already.
     *
     * @return whether there is one
     * @throws LuaException when it fails, or cannot be resumed
     */
    @Override
    public boolean hasNext() {
        runtime.lock();
        try {
            if (ahead == null) {
                if (status() == Status.DEAD) {
                    return false;
                }
                Calls.Resumed resumed = advance(NOTHING);
                if (isEnd(resumed)) {
                    return false;
                }
                ahead = resumed;
            }
            return true;
        } finally {
            runtime.unlock();
        }
    }

    /**
     * {@return the next item}
     *
     * @throws NoSuchElementException at the end
     * @throws LuaException when the coroutine fails, or cannot be resumed
     */
    @Override
    @SuppressWarnings("NullAway") // an item may be null, which Iterator<Object> cannot say
    public @Nullable Object next() {
        runtime.lock();
        try {
            return ahead != null ? takeAhead(false) : item(advanceToEnd(NOTHING));
        } finally {
            runtime.unlock();
        }
    }

    /** {@return the items that are left, for one walk} */
    public Iterable<Object> iterable() {
        return () -> this;
    }

    /** {@return the items that are left, in order; sequential, as many as there will be} */
    public Stream<Object> stream() {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(this, Spliterator.ORDERED), false);
    }

    // -- State ---------------------------------------------------------------------------------------------------

    /** {@return what the coroutine is doing} */
    public Status status() {
        int status = runtime.state.calls().coroutineStatus(ref);
        return status == NOT_STARTED ? Status.SUSPENDED : Status.values()[status];
    }

    /** {@return whether it has returned or failed, and no item that {@link #hasNext()} has found waits} */
    public boolean isDone() {
        return ahead == null && status() == Status.DEAD;
    }

    /**
     * Makes a coroutine of the same function with arguments of its own. A coroutine that Lua has made and nobody has
     * started serves as a factory that way; it stays as it is.
     *
     * @param arguments the function's arguments
     * @return a new, independent coroutine, not started
     * @throws IllegalStateException if this one came of {@link LuaFunction#coroutine} or of this method, or was
     *     started
     */
    public LuaCoroutine call(@Nullable Object... arguments) {
        Object function = single ? null : runtime.state.calls().coroutineFunction(ref);
        if (function == null) {
            throw new IllegalStateException("only a coroutine that was made in Lua and not started makes others;"
                    + " use LuaFunction.coroutine");
        }
        return ((LuaFunction) function).coroutine(arguments);
    }
}
