package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.lupa4j.testing.Eager;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Three runtimes whose scripts reach Java in different ways. They cannot tell. */
final class ThreeWays implements AutoCloseable {
    /** Calls of Java are compiled when they have been made often. */
    final LuaRuntime lua = LuaRuntime.create();
    /** Java is called each time, by JNI. */
    final LuaRuntime asking = LuaRuntime.create();
    /** Everything is compiled at once. */
    final LuaRuntime eager = LuaRuntime.create();

    ThreeWays(Consumer<LuaRuntime> fill) {
        asking.state.calls().setReturning(false);
        eager.state.calls().setOften(0);
        eager.execute(Eager.COMPILE);
        all().forEach(fill);
    }

    List<LuaRuntime> all() {
        return List.of(lua, asking, eager);
    }

    @Override
    public void close() {
        all().forEach(LuaRuntime::close);
    }

    void assertSameOutcome(String script, Function<LuaRuntime, String> outcome) {
        String expected = outcome.apply(asking);
        assertEquals(expected, outcome.apply(lua), script);
        assertEquals(expected, outcome.apply(eager), script);
    }

    void assertSameOutcome(String script) {
        assertSameOutcome(script, runtime -> outcome(runtime, script));
    }

    /** What a script gives, or the error and the script's frames in its stack trace. */
    static String outcome(LuaRuntime lua, String script) {
        try {
            return String.valueOf(lua.execute(LuaSource.of(script, "@s.lua")));
        } catch (RuntimeException e) {
            String frames = Arrays.stream(e.getStackTrace())
                    .filter(frame -> "s.lua".equals(frame.getFileName()))
                    .map(String::valueOf)
                    .collect(Collectors.joining(" "));
            return e.getMessage() + "\n" + frames;
        }
    }
}
