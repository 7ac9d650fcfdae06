package io.github.lupa4j.interop;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.lupa4j.LuaException;
import io.github.lupa4j.LuaRuntime;
import org.jspecify.annotations.Nullable;

/** A runtime with some Java objects in it. */
final class LuaWith implements AutoCloseable {
    final LuaRuntime lua = LuaRuntime.create();

    static LuaWith objects(Object... namesAndObjects) {
        LuaWith with = new LuaWith();
        for (int i = 0; i < namesAndObjects.length; i += 2) {
            with.lua.globals().put(namesAndObjects[i], namesAndObjects[i + 1]);
        }
        return with;
    }

    @Nullable
    Object eval(String expression) {
        return lua.eval(expression);
    }

    void run(String chunk) {
        lua.execute(chunk);
    }

    /** The message of the Lua error that code ends in. */
    String error(String chunk) {
        LuaException e = assertThrows(LuaException.class, () -> lua.execute(chunk));
        return String.valueOf(e.getMessage());
    }

    @Override
    public void close() {
        lua.close();
    }
}
