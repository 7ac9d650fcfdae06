package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.spec.Leaves;
import io.github.lupa4j.testing.Fibers;
import io.github.lupa4j.testing.Garbage;
import io.github.lupa4j.testing.Stacks;
import io.github.lupa4j.testing.Traces;
import io.github.lupa4j.vm.LuaState;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Leaf functions: what leaf_spec.lua cannot see. */
@Timeout(60)
class LeafTest {
    private final LuaRuntime lua = LuaRuntime.create();

    @AfterEach
    void close() {
        lua.close();
    }

    private void put(IntUnaryOperator function) {
        lua.globals().put("f", function);
        lua.execute("leaf = java.leaf(f)");
    }

    private void assertWorks() {
        assertEquals(500500, lua.execute("local s = 0 for i = 1, 1000 do s = s + i end return s"));
        assertEquals("A", lua.eval("(('a'):gsub('a', function(c) return c:upper() end))"));
    }

    // -- Compiled code -------------------------------------------------------------------------------------------

    @Test
    void loopsAreCompiledWithTheirCalls() {
        put(n -> n + 1);
        lua.globals().put("o", new Leaves());
        for (String loop : new String[] {
            "local leaf, s = leaf, 0 for i = 1, 500 do s = s + leaf(i) end",
            "local s = 0 for i = 1, 500 do s = s + o:plus(i) end",
            "local echo, s = java.leaf(o.echo), 'x' for i = 1, 500 do if echo(s) ~= s then break end end"
        }) {
            String links = Traces.linksOf(lua, loop);
            assertTrue(links.endsWith("loop") && !links.contains("stitch"), links);
        }
    }

    /** Handlers run compiled code while LuaJIT is in the middle of compiling, or of leaving compiled code. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "jit.attach(h, 'trace') debug.sethook(h, '', 3) for k = 1, 60 do"
                        + " loadstring('local n = 0 for i = 1, 100 do n = n + 1 end')() end debug.sethook()",
                "jit.attach(h, 'texit') local function body(i) assert(one(i) == i and text('m', i % 9) == ('m'):rep(i % 9))"
                        + " end for k = 1, 80 do for i = 1, 150 do assert(pcall(body, i)) end end",
                "jit.attach(h, 'record') for k = 1, 30 do"
                        + " loadstring('local n = 0 for i = 1, 100 do n = n + 1 end')() end"
            })
    void handlersOfTheCompilersEventsMayCallThem(String script) {
        for (String handler : new String[] {"one(1) text('a', 1)", "o.ofInt(1)"}) {
            for (int round = 0; round < 8; round++) {
                try (LuaRuntime own = LuaRuntime.create()) {
                    own.globals().put("o", new Leaves());
                    own.execute("local one, text = java.leaf(o.ofInt), java.leaf(o.repeated) local function h() "
                            + handler + " end " + script + " jit.attach(h)");
                    assertEquals(500500, own.execute("local s = 0 for i = 1, 1000 do s = s + i end return s"));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"texit", "trace", "record"})
    void handlersOfTheCompilersEventsMayFlushIt(String event) {
        for (int round = 0; round < 5; round++) {
            try (LuaRuntime own = LuaRuntime.create()) {
                assertEquals(
                        45_000,
                        own.execute("jit.attach(function() jit.flush() end, '" + event + "') local n = 0"
                                + " for k = 1, 30 do for i = 1, 1500 do n = n + (i % 3 == 0 and 1 or #tostring(1)) end end"
                                + " return n"));
            }
        }
    }

    @Test
    void theyNeedNoCompiler() {
        try (LuaRuntime interpreted = LuaRuntime.builder().jit(false).build()) {
            interpreted.globals().put("o", new Leaves());
            assertEquals(
                    List.of(true, 45150 + 300),
                    interpreted.execute("local f, s = o.plus, 0 for i = 1, 300 do s = s + java.leaf(f)(i) end"
                            + " return java.leaf(f) == java.leaf(f), s"));
        }
    }

    // -- The state meanwhile -------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "for i = 1, 1000 do leaf(i) end",
                "local leaf = leaf for i = 1, 1000 do local ok, e = pcall(leaf, i) assert(not ok) end leaf(1)",
                "coroutine.wrap(function() for i = 1, 1000 do leaf(i) end end)()",
                "table.sort({ 3, 1, 2 }, function(a, b) return leaf(a) < b end)"
            })
    void aLeafFunctionMustNotUseItsRuntime(String script) {
        LuaFunction add = (LuaFunction) lua.eval("function(a, b) return a + b end");
        LuaTable table = lua.table(1, 2, 3);
        List<IntUnaryOperator> uses = List.of(
                n -> ((Number) add.call(n, 1)).intValue(),
                n -> ((Number) lua.eval("1 + 1")).intValue(),
                n -> table.size(),
                n -> (int) table.get("x"),
                n -> {
                    table.put("x", n);
                    return n;
                },
                n -> {
                    lua.gc();
                    return n;
                },
                n -> (int) lua.memoryUsed(),
                n -> lua.globals().toMap().size());
        for (IntUnaryOperator use : uses) {
            put(use);
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> lua.execute(script));
            assertTrue(e.getMessage().contains("java.leaf"), e.getMessage());
            assertWorks();
            assertEquals(3, add.call(1, 2));
        }
    }

    @Test
    void aLeafFunctionMayUseAnotherRuntime() {
        try (LuaRuntime other = LuaRuntime.create()) {
            other.globals().put("g", (IntUnaryOperator) n -> n * 2);
            LuaFunction twice =
                    (LuaFunction) other.execute("local g = java.leaf(g) return function(n) return g(n) end");
            put(n -> (int) twice.call(n));
            assertEquals(1001000, lua.execute("local s = 0 for i = 1, 1000 do s = s + leaf(i) end return s"));
        }
    }

    @Test
    void handlesCanBeDroppedMeanwhile() {
        put(n -> {
            if (n % 100 == 0) {
                System.gc();
            }
            return n;
        });
        for (int i = 0; i < 3; i++) {
            for (int k = 0; k < 1000; k++) {
                lua.table(k);
            }
            assertEquals(500500, lua.execute("local s = 0 for i = 1, 1000 do s = s + leaf(i) end return s"));
        }
    }

    @Test
    void whatItThrowsComesOutItself() {
        IllegalArgumentException thrown = new IllegalArgumentException("no");
        put(n -> {
            if (n == 500) {
                throw thrown;
            }
            return n;
        });
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> lua.execute(LuaSource.of("local s = 0\nfor i = 1, 1000 do s = s + leaf(i) end", "@s.lua")));
        assertSame(thrown, e);
        LuaException told = assertInstanceOf(LuaException.class, e.getSuppressed()[0]);
        assertTrue(
                told.luaStackTrace().toString().contains("s.lua:2"),
                told.luaStackTrace().toString());
        assertWorks();
    }

    @Test
    void aFullJavaStackIsAnError() throws Exception {
        lua.globals().put("o", new Leaves());
        lua.execute("endless = java.leaf(o.endless)");
        Stacks.on(512 * Stacks.KB, () -> {
            for (int i = 0; i < 20; i++) {
                assertEquals(false, lua.execute("local ok for i = 1, 5 do ok = pcall(endless, 1) end return ok"));
            }
            assertThrows(LuaException.class, () -> lua.execute("endless(1)"));
            return null;
        });
        assertWorks();
    }

    @Test
    void largeResultsAreReplacedWhereTheyAre() {
        lua.globals().put("o", new Leaves());
        lua.execute("java.set_overflow_handler(function(n) return tostring(n) end)");
        assertEquals(
                "9223372036854775807",
                lua.execute("local f, r = java.leaf(o.largest) for i = 1, 300 do r = f() end return r"));
    }

    // -- Stopping ------------------------------------------------------------------------------------------------

    @Test
    void aLoopOfLeafCallsCanBeStopped() {
        try (LuaRuntime limited =
                LuaRuntime.builder().timeLimit(Duration.ofMillis(20)).build()) {
            limited.globals().put("f", (IntUnaryOperator) n -> n);
            for (int i = 0; i < 20; i++) {
                assertThrows(
                        LuaTimeoutException.class,
                        () -> limited.execute("local leaf = java.leaf(f)"
                                + " while true do pcall(function() while true do leaf(1) end end) end"));
                assertEquals(5, limited.eval("java.leaf(f)(5)"));
            }
        }
    }

    @Test
    void aStopDuringALeafCallEndsTheScriptAfterIt() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        put(n -> {
            if (n == 700) {
                inside.countDown();
                try {
                    assertTrue(stopped.await(20, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            return n;
        });
        Thread stopper = new Thread(() -> {
            try {
                inside.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            lua.interrupt();
            stopped.countDown();
        });
        stopper.start();
        assertThrows(LuaInterruptedException.class, () -> lua.execute("for i = 1, 1e9 do pcall(leaf, i) end"));
        stopper.join();
        assertWorks();
    }

    @Test
    void aRuntimeCanBeClosedFromALeafFunction() {
        LuaRuntime own = LuaRuntime.create();
        own.globals().put("f", (IntUnaryOperator) n -> {
            if (n == 300) {
                own.close();
            }
            return n;
        });
        int open = LuaState.openStates();
        try {
            own.execute("local f = java.leaf(f) for i = 1, 1000 do f(i) end");
        } catch (LuaClosedException e) {
            // It may end the script.
        }
        assertTrue(own.isClosed());
        assertEquals(open - 1, LuaState.openStates());
    }

    // -- Threads -------------------------------------------------------------------------------------------------

    @Test
    void threadsTakeTurns() throws Exception {
        put(n -> n + 1);
        lua.execute("function loop() local s, leaf = 0, leaf for i = 1, 200 do s = s + leaf(i) end return s end");
        LuaFunction loop = (LuaFunction) lua.globals().get("loop");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Object>> results = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                results.add(threads.submit(() -> loop.call()));
            }
            for (Future<Object> result : results) {
                assertEquals(20300, result.get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void manyRuntimesRunAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Object>> results = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                results.add(threads.submit(() -> {
                    try (LuaRuntime own = LuaRuntime.create()) {
                        own.globals().put("f", (DoubleUnaryOperator) x -> x / 2);
                        return own.execute("local s, f = 0, java.leaf(f) for i = 1, 2000 do s = s + f(i) end return s");
                    }
                }));
            }
            for (Future<Object> result : results) {
                assertEquals(1000500, result.get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void javaCanBeCalledByJniFromTheFiber() {
        put(n -> n);
        lua.globals().put("plain", (IntUnaryOperator) n -> n == 0
                ? 0
                : ((Number) lua.execute("local s = 0 for c in coroutine.wrap(function() for i = 1, 50 do"
                                + " coroutine.yield(leaf(i) + plain(" + (n - 1) + ")) end end) do s = s + c end"
                                + " return s > 0 and 1 or s"))
                        .intValue());
        assertEquals(
                List.of("2", 150),
                lua.execute("local n = 0 local text = ('x'):rep(150):gsub('x', function() n = n + 1"
                        + " return tostring(plain(0) + leaf(2)):sub(1, 1) end) return text:sub(1, 1), n"));
        assertEquals(
                List.of("1", 3),
                lua.execute(
                        "return ('xxx'):gsub('x', function() return plain(2) end)".replace("return (", "local t, n = (")
                                + " return t:sub(1, 1), n"));
        assertWorks();
    }

    // -- Memory --------------------------------------------------------------------------------------------------

    @Test
    void itKeepsItsObjectAsLongAsItLives() throws Exception {
        AtomicReference<Object> held = new AtomicReference<>(new Leaves());
        WeakReference<Object> seen = new WeakReference<>(held.get());
        lua.globals().put("o", held.get());
        lua.execute("leaf = java.leaf(o.ofInt) o = nil");
        held.set(null);
        System.gc();
        lua.gc();
        assertEquals(5, lua.execute("return leaf(5)"));
        lua.execute("leaf = nil");
        lua.gc();
        assertTrue(Garbage.collectUntil(() -> seen.get() == null));
    }

    @Test
    void thoseThatAreDroppedLeaveNothing() {
        lua.globals().put("Leaves", Leaves.class);
        lua.execute(Fibers.OPEN);
        lua.gc();
        int before = lua.state.heldObjects();
        lua.execute("for i = 1, 20000 do local f = java.leaf(Leaves().ofInt) f(1) end");
        lua.gc();
        assertTrue(lua.state.heldObjects() <= before + 2, before + " and then " + lua.state.heldObjects());
    }

    @Test
    void aSandboxHasThemForTheObjectsItIsGiven() {
        try (LuaRuntime sandbox = LuaRuntime.builder().sandbox().build()) {
            sandbox.globals().put("o", new Leaves());
            assertEquals(45450, sandbox.execute("local s = 0 for i = 1, 300 do s = s + o:plus(i) end return s"));
            assertNull(sandbox.eval("ffi"));
        }
    }
}
