package io.github.lupa4j;

import io.github.lupa4j.interop.Proxies;
import io.github.lupa4j.vm.Calls;
import org.jspecify.annotations.Nullable;

/** A Lua function that Java can call. */
public final class LuaFunction extends LuaValue {
    LuaFunction(LuaRuntime runtime, int index, long identity) {
        super(runtime, LuaType.FUNCTION, index, identity);
    }

    /**
     * {@return how many parameters the function declares; -1 if it takes any number, or is not written in Lua}
     *
     * @throws LuaClosedException if the runtime was closed
     */
    public int parameterCount() {
        return runtime.state.calls().parameterCount(ref);
    }

    /**
     * {@return the function's bytecode, to be {@linkplain LuaRuntime#compile(LuaSource) loaded} in any runtime of this
     * version} Local variables around the function are not part of it. That is how a chunk is compiled once for many
     * runtimes: {@code lua.compile(source).dump()}.
     *
     * @throws IllegalArgumentException if the function is not written in Lua
     */
    public LuaSource dump() {
        byte[] code = runtime.state.chunks().dump(ref);
        if (code == null) {
            throw new IllegalArgumentException(this + " is not written in Lua, so it has no bytecode");
        }
        return LuaSource.ofBytes(code, "=?", LuaSource.Mode.BINARY); // the name is in the bytecode
    }

    /**
     * {@return a new coroutine that runs this function, not started}
     *
     * @param arguments the function's arguments, at most 50; those that a resume gives at the start come after them
     * @throws IllegalArgumentException if there are more
     */
    public LuaCoroutine coroutine(@Nullable Object... arguments) {
        return LuaCoroutine.of(arguments.length == 0 ? this : runtime.binder().bind(this, arguments));
    }

    /**
     * {@return a Java object that calls this function}
     *
     * <p>It keeps default methods, and converts results to what the interface declares. An error raised in Lua comes
     * out as {@link LuaException}; what Java threw comes out as itself if it is unchecked or the method declares it,
     * else as the cause of one. It may be called from any thread, as long as the runtime is open, and then throws
     * {@link LuaClosedException}. Objects made from one function for the same interface are equal.
     *
     * @param <T> the interface
     * @param type an interface with one abstract method
     * @throws IllegalArgumentException if it is anything else
     */
    public <T> T as(Class<T> type) {
        return type.cast(Proxies.create(this, type));
    }

    /**
     * Calls the function.
     *
     * @param arguments its arguments, at most 65,000
     * @return null for no result, the result, or an unmodifiable list of several
     * @throws LuaException when the function fails; a Java RuntimeException or Error thrown in it comes as itself
     */
    public @Nullable Object call(@Nullable Object... arguments) {
        return Calls.call(ref, arguments);
    }
}
