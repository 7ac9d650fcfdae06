package io.github.lupa4j;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Makes Lua functions of no arguments out of functions and their arguments. */
final class Binder {
    /** A Lua closure can have 60 values of its own. */
    private static final int MOST = 50;

    private final LuaRuntime runtime;
    /** Chunks that bind so many arguments. */
    private final Map<Integer, LuaFunction> chunks = new HashMap<>();

    Binder(LuaRuntime runtime) {
        this.runtime = runtime;
    }

    LuaFunction bind(LuaFunction function, @Nullable Object[] arguments) {
        if (arguments.length > MOST) {
            throw new IllegalArgumentException(
                    "a coroutine can be made with " + MOST + " arguments; pass more by its first resume");
        }
        @Nullable Object[] values = new Object[arguments.length + 1];
        values[0] = function;
        System.arraycopy(arguments, 0, values, 1, arguments.length);
        runtime.lock();
        try {
            LuaFunction chunk = chunks.computeIfAbsent(arguments.length, this::compile);
            return (LuaFunction) java.util.Objects.requireNonNull(chunk.call(values));
        } finally {
            runtime.unlock();
        }
    }

    private LuaFunction compile(int count) {
        String names = IntStream.range(0, count).mapToObj(i -> "a" + i).collect(Collectors.joining(", "));
        // A tail call, so that no frame of ours shows in stack traces.
        String code = "local f, " + names + " = ... return function(...) return f(" + names + ", ...) end";
        return runtime.compile(LuaSource.of(code, "=(bind)"));
    }
}
