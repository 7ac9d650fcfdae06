package io.github.lupa4j.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaException;
import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaInterruptedException;
import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaTimeoutException;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.script.Compilable;
import javax.script.CompiledScript;
import javax.script.ScriptException;
import javax.script.SimpleBindings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Scripts without end: a time limit and an interrupt stop each of them, and the engine works afterwards. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StoppingTest {
    private static final String GARBAGE =
            "local function garbage(f) local u = newproxy(true) getmetatable(u).__gc = f end ";

    /** Sorts what the library's quicksort takes the square of its length for. */
    private static final String SORT = """
            local function sort(n)
                local order = {}
                for i = 1, n do order[i] = i end
                for i = 3, n do -- the middle of what is left holds the largest but one
                    local m = math.floor((1 + i) / 2)
                    order[i - 1], order[m] = order[m], order[i - 1]
                end
                table.sort(order)
            end
            """;

    private static final Duration LIMIT = Duration.ofMillis(50);

    static List<String> endless() {
        return List.of(
                "while true do end",
                "repeat until false",
                "for i = 1, math.huge do end",
                "local i = 0 while true do i = i + 1 end",
                "local t = {} while true do t[1] = (t[1] or 0) + 1 end",
                "local function f() return f() end f()",
                "::top:: goto top",
                // Swallowed
                "return pcall(function() while true do end end)",
                "while true do pcall(function() while true do end end) end",
                "while true do pcall(error) end",
                "return xpcall(function() while true do end end, function(e) return e end)",
                "return xpcall(function() while true do end end, function(e) while true do end end)",
                "local function f() return xpcall(f, f) end while true do f() end",
                "return select('#', pcall(pcall, pcall, function() while true do end end))",
                // In coroutines
                "coroutine.wrap(function() while true do end end)()",
                "local c = coroutine.wrap(function() while true do coroutine.yield() end end) while true do c() end",
                "return coroutine.resume(coroutine.create(function() while true do end end))",
                "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
                "while true do coroutine.wrap(function() return 1 end)() end",
                "coroutine.wrap(function() coroutine.wrap(function() pcall(function() while true do end end) end)() end)()",
                // In callbacks of C functions
                "return (('x'):gsub('x', function() while true do end end))",
                "table.sort({ 3, 2, 1 }, function() while true do end end)",
                "load(function() return ' ' end)",
                "load(function() while true do end end)",
                "return tostring(setmetatable({}, { __tostring = function() while true do end end }))",
                "return setmetatable({}, { __index = function() while true do end end }).x",
                "for _ in function() return 1 end do end",
                // Java in between
                "call(function() while true do end end)",
                "while true do call(print) end",
                "while true do pcall(call, function() while true do end end) end",
                "return pcall(call, function() while true do end end)",
                "while true do pcall(call, error) end",
                // Inside C functions
                "return ('a'):rep(40):find(('a-'):rep(30) .. 'b')",
                "return ('a'):rep(40):find(('a*'):rep(30) .. 'b')",
                "return ('a'):rep(40):match(('a?'):rep(40) .. ('a-'):rep(40) .. 'b')",
                "return ('a'):rep(40):gsub(('a-'):rep(30) .. 'b', '')",
                "for x in ('a'):rep(40):gmatch(('.-'):rep(30) .. 'b') do end",
                "return pcall(string.find, ('a'):rep(40), ('a-'):rep(30) .. 'b')",
                "while true do pcall(string.find, ('a'):rep(40), ('a-'):rep(30) .. 'b') end",
                "return call(function() return ('a'):rep(40):find(('a-'):rep(30) .. 'b') end)",
                "coroutine.wrap(function() return ('a'):rep(40):find(('a-'):rep(30) .. 'b') end)()",
                "load(function() return 'if x then ' .. ('elseif x then '):rep(1000) .. 'end ' end)",
                "return load('if x then ' .. ('elseif x then '):rep(200000) .. 'end')",
                SORT + "while true do sort(500000) end",
                // In hooks
                "debug.sethook(function() while true do end end, '', 1) while true do end",
                "debug.sethook(function() while true do end end, 'c') print()",
                "debug.sethook(function() while true do end end, 'r') print()",
                "debug.sethook(function() while true do end end, 'l')\nlocal x = 1\nlocal y = 2",
                "debug.sethook(function() pcall(function() while true do end end) end, 'l')\nwhile true do\nend",
                "debug.sethook(function() return ('a'):rep(40):find(('a-'):rep(30) .. 'b') end, '', 1) while true do end",
                "debug.sethook(function() end, '', 1) while true do end",
                "debug.sethook(error, '', 1000) while true do pcall(function() while true do end end) end",
                "while true do debug.sethook() end",
                "while true do debug.sethook(function() end, 'crl', 1) debug.sethook() end",
                // In finalizers
                GARBAGE + "garbage(function() while true do end end) collectgarbage()",
                GARBAGE + "garbage(function() while true do end end) while true do t = {} end",
                GARBAGE + "garbage(function() pcall(function() while true do end end) end) collectgarbage()",
                GARBAGE + "garbage(function() coroutine.wrap(function() while true do end end)() end) collectgarbage()",
                GARBAGE + "garbage(function() ('a'):rep(40):find(('a-'):rep(30) .. 'b') end) collectgarbage()",
                GARBAGE + "garbage(function() call(function() while true do end end) end) collectgarbage()",
                GARBAGE + "local function f() garbage(f) end f() while true do collectgarbage() end");
    }

    private static void prepare(LuaScriptEngine engine) {
        engine.getContext().setWriter(new StringWriter());
        engine.getContext().setErrorWriter(new StringWriter());
        engine.put("call", (Function<LuaFunction, Object>) LuaFunction::call);
    }

    private static void assertWorks(LuaScriptEngine engine) throws ScriptException {
        assertEquals(5050, engine.eval("debug.sethook() local s = 0 for i = 1, 100 do s = s + i end return s"));
        assertEquals("A", engine.eval("(('a'):gsub('a', function(c) return c:upper() end))"));
        assertEquals(7, engine.eval("call(coroutine.wrap(function() return 7 end))"));
    }

    private static LuaScriptEngine limited() {
        LuaScriptEngine engine = new LuaScriptEngineFactory()
                .getScriptEngine(LuaRuntime.builder().timeLimit(LIMIT));
        prepare(engine);
        return engine;
    }

    // -- By a time limit -------------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("endless")
    void theTimeLimitEndsIt(String script) throws Exception {
        try (LuaScriptEngine engine = limited()) {
            ScriptException e = assertThrows(ScriptException.class, () -> engine.eval(script));
            assertInstanceOf(LuaTimeoutException.class, e.getCause());
            assertWorks(engine);
        }
    }

    @Test
    void theTimeLimitIsForEveryWayIn() throws Exception {
        try (LuaScriptEngine engine = limited()) {
            CompiledScript compiled = ((Compilable) engine).compile("while true do end");
            engine.eval("function run() while true do end end");
            LuaFunction run = (LuaFunction) engine.get("run");
            Runnable runnable = engine.getInterface(Runnable.class);
            assertInstanceOf(
                    LuaTimeoutException.class,
                    assertThrows(ScriptException.class, compiled::eval).getCause());
            assertInstanceOf(
                    LuaTimeoutException.class,
                    assertThrows(ScriptException.class, () -> compiled.eval(new SimpleBindings()))
                            .getCause());
            assertInstanceOf(
                    LuaTimeoutException.class,
                    assertThrows(ScriptException.class, () -> engine.invokeFunction("run"))
                            .getCause());
            assertThrows(LuaTimeoutException.class, run::call);
            assertThrows(LuaTimeoutException.class, runnable::run);
            LuaRuntime runtime = engine.runtime();
            assertThrows(LuaTimeoutException.class, () -> runtime.execute("while true do end"));
            assertThrows(LuaTimeoutException.class, () -> runtime.eval("(function() while true do end end)()"));
            var table = runtime.table();
            table.setMetatable(
                    (io.github.lupa4j.LuaTable) runtime.eval("{ __index = function() while true do end end }"));
            assertThrows(LuaTimeoutException.class, () -> table.get("x"));
            assertWorks(engine);
        }
    }

    @Test
    void eachEvaluationHasTheWholeTime() throws Exception {
        LuaRuntime.Builder options = LuaRuntime.builder().timeLimit(Duration.ofMillis(800));
        try (LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine(options)) {
            engine.put("millis", (Supplier<Object>) () -> System.nanoTime() / 1_000_000);
            String briefly = "local e = millis() + 200 while millis() < e do end return true";
            for (int i = 0; i < 5; i++) {
                assertEquals(true, engine.eval(briefly));
            }
        }
    }

    @Test
    void aTimeoutToldToACallbackStillEndsTheScript() throws Exception {
        try (LuaScriptEngine engine = limited()) {
            engine.put("swallow", (Function<LuaFunction, Object>) f -> {
                try {
                    return f.call();
                } catch (LuaException e) {
                    return "swallowed";
                }
            });
            ScriptException e = assertThrows(
                    ScriptException.class, () -> engine.eval("return swallow(function() while true do end end)"));
            assertInstanceOf(LuaTimeoutException.class, e.getCause());
            assertWorks(engine);
        }
    }

    // -- At close ----------------------------------------------------------------------------------------------------

    @Test
    void aFinalizerWithoutEndDoesNotHoldUpClose() throws Exception {
        LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine();
        engine.eval(GARBAGE + "collectgarbage('stop') for i = 1, 100 do garbage(function() while true do end end) end");
        FutureTask<Boolean> closing = new FutureTask<>(engine::close, true);
        Thread thread = new Thread(closing);
        thread.setDaemon(true);
        thread.start();
        assertTrue(closing.get(20, TimeUnit.SECONDS));
    }

    // -- By an interrupt -------------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("endless")
    void anInterruptEndsIt(String script) throws Exception {
        try (LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine()) {
            prepare(engine);
            CountDownLatch started = new CountDownLatch(1);
            engine.put("started", (Runnable) started::countDown);
            FutureTask<ScriptException> task = new FutureTask<>(
                    () -> assertThrows(ScriptException.class, () -> engine.eval("started() " + script)));
            new Thread(task).start();
            assertTrue(started.await(10, TimeUnit.SECONDS));
            Thread.sleep(10);
            engine.runtime().interrupt();
            assertInstanceOf(
                    LuaInterruptedException.class,
                    task.get(30, TimeUnit.SECONDS).getCause());
            assertWorks(engine);
        }
    }

    @Test
    void anInterruptOfNothingIsNothing() throws Exception {
        try (LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine()) {
            prepare(engine);
            for (int i = 0; i < 100; i++) {
                engine.runtime().interrupt();
                assertNull(engine.eval("return nil"));
            }
            assertWorks(engine);
        }
    }

    @Test
    void aScriptMayInterruptItself() throws Exception {
        try (LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine()) {
            prepare(engine);
            engine.put("stop", (Runnable) () -> engine.runtime().interrupt());
            for (String script : List.of("stop() while true do end", "pcall(stop) while true do end", "stop()")) {
                ScriptException e = assertThrows(ScriptException.class, () -> engine.eval(script), script);
                assertInstanceOf(LuaInterruptedException.class, e.getCause());
                assertWorks(engine);
            }
        }
    }

    @Test
    void manyInterruptsLeaveTheEngineWhole() throws Exception {
        try (LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine()) {
            prepare(engine);
            Thread interrupter = new Thread(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    engine.runtime().interrupt();
                    Thread.onSpinWait();
                }
            });
            interrupter.start();
            int stopped = 0;
            long end = System.nanoTime() + 1_500_000_000L;
            while (System.nanoTime() < end) {
                try {
                    assertEquals(45150, engine.eval("local s = 0 for i = 1, 300 do s = s + i end return s"));
                } catch (ScriptException e) {
                    assertInstanceOf(LuaInterruptedException.class, e.getCause());
                    stopped++;
                }
            }
            interrupter.interrupt();
            interrupter.join();
            assertTrue(stopped > 0, "an interrupt came through");
            assertWorks(engine);
        }
    }
}
