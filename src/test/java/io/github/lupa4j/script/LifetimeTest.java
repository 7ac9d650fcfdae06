package io.github.lupa4j.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaTable;
import io.github.lupa4j.testing.ChildJvm;
import io.github.lupa4j.testing.Garbage;
import io.github.lupa4j.vm.LuaState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.script.CompiledScript;
import javax.script.ScriptException;
import javax.script.SimpleBindings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What nobody needs any more goes away by itself; what somebody needs stays. */
class LifetimeTest {
    private static LuaScriptEngine engine() {
        return new LuaScriptEngineFactory().getScriptEngine();
    }

    private static void assertStates(int most) throws InterruptedException {
        assertTrue(
                Garbage.collectUntil(() -> LuaState.openStates() <= most),
                () -> LuaState.openStates() + " states are open, expected " + most);
    }

    // -- Engines -------------------------------------------------------------------------------------------------

    @Test
    void enginesThatAreDroppedAreFreed() throws Exception {
        int before = LuaState.openStates();
        for (int i = 0; i < 200; i++) {
            LuaScriptEngine engine = engine();
            engine.put("o", new Object());
            engine.eval("t = { o } function f() return t end");
        }
        assertStates(before);
    }

    @Test
    void enginesThatAreClosedAreFreedAtOnce() throws Exception {
        int before = LuaState.openStates();
        List<Object> kept = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            try (LuaScriptEngine engine = engine()) {
                kept.add(engine.eval("{}"));
                kept.add(engine);
            }
        }
        assertTrue(LuaState.openStates() <= before);
        assertEquals(100, kept.size());
    }

    /** Makes and drops engines, round after round. */
    static final class Dropping {
        private Dropping() {}

        public static void main(String[] arguments) throws Exception {
            round(400);
            long first = residentKilobytes();
            for (int i = 0; i < 4; i++) {
                round(400);
            }
            System.out.println("grown " + (residentKilobytes() - first));
        }

        private static void round(int engines) throws ScriptException, InterruptedException {
            for (int i = 0; i < engines; i++) {
                LuaScriptEngine engine = engine();
                engine.put("o", new Object());
                engine.eval("t = {} for i = 1, 2000 do t[i] = 'item ' .. i end");
                if (i % 2 == 0) {
                    engine.close();
                } else if (i % 50 == 1) {
                    System.gc();
                }
            }
            if (!Garbage.collectUntil(() -> LuaState.openStates() == 0)) {
                throw new IllegalStateException(LuaState.openStates() + " states are open");
            }
        }

        private static long residentKilobytes() {
            try {
                for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                    if (line.startsWith("VmRSS:")) {
                        return Long.parseLong(line.replaceAll("\\D", ""));
                    }
                }
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            throw new IllegalStateException("no VmRSS");
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void droppedEnginesLeaveNoNativeMemory() throws Exception {
        String output = ChildJvm.run(Dropping.class, "-Xmx64m", "-Xms64m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC");
        int grown = Integer.parseInt(output.replaceAll("\\D", ""));
        assertTrue(grown < 20_000, () -> "1600 engines with 300 KB each left " + grown + " KB");
    }

    @Test
    void aCycleThroughJavaIsFreed() throws Exception {
        int before = LuaState.openStates();
        for (int i = 0; i < 50; i++) {
            LuaScriptEngine engine = engine();
            List<Object> holder = new ArrayList<>();
            engine.put("holder", holder);
            engine.put("engine", engine);
            engine.put("call", (Function<LuaFunction, Object>) f -> engine.get("holder"));
            holder.add(engine.eval("function f() return holder, engine end return f"));
            holder.add(engine.runtime().globals());
            holder.add(engine.compile("return holder"));
            engine.eval("holder:add(f)");
            SimpleBindings bindings = new SimpleBindings();
            bindings.put("bindings", bindings);
            bindings.put("engine", engine);
            engine.eval("function g() return bindings end", bindings);
        }
        assertStates(before);
    }

    // -- What keeps a state alive ----------------------------------------------------------------------------------

    @Test
    void everyHandleKeepsTheStateAlive() throws Exception {
        LuaFunction function = (LuaFunction) engine().eval("local n = 0 return function() n = n + 1 return n end");
        LuaTable table = (LuaTable) engine().eval("{ x = 1 }");
        CompiledScript script = engine().compile("n = (n or 0) + 1 return n");
        LuaScriptEngine withRun = engine();
        withRun.eval("function run() ran = (ran or 0) + 1 end function get() return ran end");
        Runnable run = withRun.getInterface(Runnable.class);
        Supplier<?> get = withRun.getInterface(Supplier.class);
        withRun = null;
        LuaRuntime runtime = engine().runtime();
        for (int i = 1; i <= 10; i++) {
            System.gc();
            Thread.sleep(5);
            assertEquals(i, function.call());
            table.put("x", i);
            assertEquals(i, table.get("x"));
            assertEquals(i, script.eval());
            run.run();
            assertEquals(i, get.get());
            assertEquals(i, runtime.eval(String.valueOf(i)));
        }
        assertTrue(LuaState.openStates() >= 5, "they are open");
    }

    @Test
    void aDroppedHandleGivesItsObjectBack() throws Exception {
        try (LuaScriptEngine engine = engine()) {
            engine.eval("collected = 0 function make() local u = newproxy(true)"
                    + " getmetatable(u).__gc = function() collected = collected + 1 end return { u } end");
            for (int i = 0; i < 200; i++) {
                assertNotNull(engine.invokeFunction("make"));
            }
            assertTrue(Garbage.collectUntil(() -> {
                engine.runtime().gc();
                return (Integer) engine.get("collected") == 200;
            }));
            LuaTable kept = (LuaTable) engine.invokeFunction("make");
            for (int i = 0; i < 5; i++) {
                System.gc();
                engine.runtime().gc();
            }
            assertEquals(200, engine.get("collected"));
            kept.close();
            engine.runtime().gc();
            assertEquals(201, engine.get("collected"));
        }
    }

    @Test
    void aJavaObjectThatLuaDropsIsCollectable() throws Exception {
        try (LuaScriptEngine engine = engine()) {
            engine.eval("function take(o) return tostring(o) ~= '' end");
            List<java.lang.ref.WeakReference<Object>> references = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                Object object = new byte[1000];
                references.add(new java.lang.ref.WeakReference<>(object));
                assertEquals(true, engine.invokeFunction("take", object));
                object = null;
            }
            assertTrue(Garbage.collectUntil(() -> {
                engine.runtime().gc();
                return references.stream().allMatch(reference -> reference.get() == null);
            }));
        }
    }

    // -- Long lives --------------------------------------------------------------------------------------------------

    /** Memory may go up and down, but must not follow the number of rounds: a hundred bytes in each would show. */
    private static void assertFlat(LuaScriptEngine engine, int rounds, Round round) throws Exception {
        run(0, rounds / 4, round);
        engine.runtime().gc();
        long heap = Garbage.heapUsed() + (4 << 20);
        engine.runtime().gc();
        long used = engine.runtime().memoryUsed() + (rounds - rounds / 4) * 100L;
        run(rounds / 4, rounds, round);
        assertTrue(
                Garbage.collectUntil(() -> {
                    engine.runtime().gc();
                    Runtime jvm = Runtime.getRuntime();
                    return engine.runtime().memoryUsed() < used && jvm.totalMemory() - jvm.freeMemory() < heap;
                }),
                () -> engine.runtime().memoryUsed() + " bytes of Lua, expected less than " + used + "; of Java "
                        + heap);
    }

    private static void run(int from, int to, Round round) throws Exception {
        for (int i = from; i < to; i++) {
            round.run(i);
            if (i % 2000 == 0) {
                System.gc(); // Tables in Lua keep the size that they had at most.
            }
        }
    }

    interface Round {
        void run(int i) throws Exception;
    }

    @Test
    void oneTimeScriptsLeaveNothing() throws Exception {
        try (LuaScriptEngine engine = engine()) {
            assertFlat(engine, 100_000, i -> assertEquals(i + 1, engine.eval("return " + i + " + 1")));
        }
    }

    @Test
    void oneTimeScriptsUnderFreshBindingsLeaveNothing() throws Exception {
        try (LuaScriptEngine engine = engine()) {
            assertFlat(engine, 20_000, i -> {
                SimpleBindings bindings = new SimpleBindings();
                bindings.put("x", i);
                engine.eval("local function f() return x end y = f() + " + i + " function g() return y end", bindings);
                assertEquals(2 * i, bindings.get("y"));
            });
        }
    }

    @Test
    void aCompiledScriptUnderFreshBindingsLeavesNothing() throws Exception {
        try (LuaScriptEngine engine = engine()) {
            CompiledScript plain = engine.compile("y = x + 1 return y");
            CompiledScript withFunctions = engine.compile("function f() return x end t = { f } return f()");
            assertFlat(engine, 100_000, i -> {
                SimpleBindings bindings = new SimpleBindings();
                bindings.put("x", i);
                assertEquals(i + 1, plain.eval(bindings));
                if (i % 4 == 0) {
                    assertEquals(i, withFunctions.eval(bindings));
                }
            });
        }
    }

    @Test
    void failuresLeaveNothing() throws Exception {
        try (LuaScriptEngine engine = engine()) {
            AtomicInteger failures = new AtomicInteger();
            engine.put("fail", (Supplier<Object>) () -> {
                throw new IllegalStateException("failure " + failures.incrementAndGet());
            });
            assertFlat(engine, 3_000, i -> {
                for (String script : List.of("fail()", "error({ " + i + " })", "syntax error " + i)) {
                    try {
                        engine.eval(script);
                    } catch (ScriptException e) {
                        assertNotNull(e.getMessage());
                    }
                }
            });
        }
    }

    @Test
    void objectsThatPassThroughLeaveNothing() throws Exception {
        try (LuaScriptEngine engine = engine()) {
            engine.eval("function id(...) return ... end");
            assertFlat(engine, 100_000, i -> engine.invokeFunction("id", new Object(), "text " + i, i));
        }
    }
}
