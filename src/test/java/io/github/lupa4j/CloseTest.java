package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.vm.LuaState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of a runtime: from outside, from inside, and what its handles say afterwards. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CloseTest {
    // -- Handles -------------------------------------------------------------------------------------------------

    private static void assertClosed(Executable use) {
        LuaClosedException e = assertThrows(LuaClosedException.class, use);
        assertTrue(e.getMessage().contains("closed"), e.getMessage());
    }

    @Test
    void everyUseOfATableAfterwardsIsAClearError() {
        LuaRuntime runtime = LuaRuntime.create();
        LuaTable table = (LuaTable) runtime.eval("{ 1, 2, 3, x = 'y', f = print }");
        var entries = table.entrySet().iterator();
        Map.Entry<Object, Object> entry = entries.next();
        var open = table.entrySet().iterator();
        runtime.close();
        assertClosed(() -> table.get("x"));
        assertClosed(() -> table.get(1));
        assertClosed(() -> table.put("x", 1));
        assertClosed(() -> table.remove("x"));
        assertClosed(() -> table.containsKey("x"));
        assertClosed(() -> table.containsValue("y"));
        assertClosed(table::size);
        assertClosed(table::isEmpty);
        assertClosed(table::length);
        assertClosed(table::clear);
        assertClosed(() -> table.putAll(Map.of("a", 1)));
        assertClosed(() -> table.rawGet("x"));
        assertClosed(() -> table.rawSet("x", 1));
        assertClosed(table::metatable);
        assertClosed(() -> table.setMetatable(null));
        assertClosed(() -> table.keySet().iterator().hasNext());
        assertClosed(() -> new ArrayList<>(table.values()));
        assertClosed(() -> {
            while (open.hasNext()) {
                open.next();
            }
            table.size();
        });
        assertClosed(() -> entry.setValue(7));
        assertNotNull(table.toString());
        assertEquals(table, table);
        assertEquals(table.hashCode(), table.hashCode());
        assertNotEquals(table, new Object());
        assertDoesNotThrow(table::close);
        assertDoesNotThrow(table::close);
        assertEquals(LuaType.TABLE, LuaRuntime.typeOf(table));
    }

    @Test
    void everyUseOfOtherHandlesIsAClearError() {
        LuaRuntime runtime = LuaRuntime.create();
        LuaFunction function = (LuaFunction) runtime.eval("print");
        LuaFunction javaFunction = runtime.function(arguments -> 1);
        LuaCoroutine coroutine = (LuaCoroutine) runtime.eval("coroutine.create(print)");
        LuaValue userdata = (LuaValue) runtime.eval("newproxy()");
        LuaFunction chunk = runtime.compile("return 1");
        runtime.close();
        assertClosed(function::call);
        assertClosed(() -> function.call(1, "x", new Object()));
        assertClosed(() -> new LuaChunk(function).definesFunctions());
        assertClosed(javaFunction::call);
        assertClosed(chunk::call);
        assertClosed(coroutine::resume);
        for (LuaValue value : List.of(function, javaFunction, coroutine, userdata, chunk)) {
            assertNotNull(value.toString());
            assertEquals(value, value);
            assertEquals(value.hashCode(), value.hashCode());
            assertDoesNotThrow(value::close);
        }
    }

    @Test
    void everyUseOfTheRuntimeIsAClearError() {
        LuaRuntime runtime = LuaRuntime.create();
        LuaTable globals = runtime.globals();
        runtime.close();
        assertTrue(runtime.isClosed());
        assertClosed(() -> runtime.eval("1"));
        assertClosed(() -> runtime.execute("return 1"));
        assertClosed(() -> runtime.compile("return 1"));
        assertClosed(() -> runtime.compile("syntax error"));
        assertClosed(runtime::table);
        assertClosed(() -> runtime.table(1, 2));
        assertClosed(() -> runtime.function(arguments -> null));
        assertClosed(runtime::gc);
        assertClosed(runtime::memoryUsed);
        assertClosed(runtime::library);
        assertClosed(runtime::implementation);
        assertClosed(runtime::lock);
        assertClosed(() -> globals.get("print"));
        assertDoesNotThrow(runtime::close);
        assertDoesNotThrow(runtime::interrupt);
        assertEquals("5.1", runtime.luaVersion());
    }

    @Test
    void aHandleOfAClosedRuntimeInAnotherOneIsAClearError() {
        LuaRuntime runtime = LuaRuntime.create();
        LuaTable table = runtime.table(1);
        runtime.close();
        try (LuaRuntime other = LuaRuntime.create()) {
            LuaFunction type = (LuaFunction) other.eval("type");
            assertThrows(RuntimeException.class, () -> type.call(table));
            assertThrows(RuntimeException.class, () -> other.globals().put("x", table));
            assertThrows(RuntimeException.class, () -> other.table(table));
            assertEquals("number", type.call(1));
        }
    }

    // -- From inside -----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "close() return 'end'",
                "close() close() return 'end'",
                "pcall(close) return 'end'",
                "coroutine.wrap(close)() return 'end'",
                "('x'):gsub('x', function() close() end) return 'end'",
                "table.sort({ 3, 2, 1 }, function(a, b) close() return a < b end) return 'end'",
                "call(close) return 'end'",
                "call(function() call(close) return 1 end) return 'end'",
                "local u = newproxy(true) getmetatable(u).__gc = close u = nil collectgarbage() return 'end'",
                "last = newproxy(true) getmetatable(last).__gc = close return 'end'",
                "local t = setmetatable({}, { __index = close }) local x = t.x return 'end'",
                "close() local t = {} for i = 1, 1e5 do t[i] = { i } end return 'end'",
            })
    void aCallbackClosesWhenTheOutermostCallReturns(String script) {
        int before = LuaState.openStates();
        LuaRuntime runtime = LuaRuntime.create();
        runtime.globals().put("close", runtime.function(arguments -> {
            runtime.close();
            return null;
        }));
        runtime.globals().put("call", runtime.function(arguments -> ((LuaFunction) arguments[0]).call()));
        Object result = null;
        try {
            result = runtime.execute(script);
        } catch (LuaClosedException e) {
            // Calls inside the closing one may say so.
        }
        assertTrue(result == null || result.equals("end"), () -> "ended well");
        runtime.close();
        assertTrue(runtime.isClosed());
        assertClosed(() -> runtime.eval("1"));
        assertTrue(LuaState.openStates() <= before, "the state is freed");
    }

    @Test
    void aCallbackThatClosesAndThrowsIsHeard() {
        LuaRuntime runtime = LuaRuntime.create();
        runtime.globals().put("close", runtime.function(arguments -> {
            runtime.close();
            throw new IllegalStateException("closed and failed");
        }));
        Exception e = assertThrows(IllegalStateException.class, () -> runtime.execute("close()"));
        assertEquals("closed and failed", e.getMessage());
        assertTrue(runtime.isClosed());
        assertClosed(() -> runtime.eval("1"));
    }

    // -- From another thread -----------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "while true do end",
                "while true do pcall(function() while true do end end) end",
                "return pcall(function() while true do end end)",
                "coroutine.wrap(function() while true do end end)()",
                "return ('a'):rep(40):find(('a-'):rep(30) .. 'b')",
                "call(function() while true do end end)",
                "while true do call(function() end) end",
            })
    void stopsARunningScript(String script) throws Exception {
        LuaRuntime runtime = LuaRuntime.create();
        CountDownLatch started = new CountDownLatch(1);
        runtime.globals().put("started", runtime.function(arguments -> {
            started.countDown();
            return null;
        }));
        runtime.globals().put("call", runtime.function(arguments -> ((LuaFunction) arguments[0]).call()));
        FutureTask<RuntimeException> run = new FutureTask<>(
                () -> assertThrows(RuntimeException.class, () -> runtime.execute("started() " + script)));
        new Thread(run).start();
        assertTrue(started.await(10, TimeUnit.SECONDS));
        assertFalse(runtime.isClosed());
        runtime.close();
        assertTrue(runtime.isClosed());
        assertTrue(run.get(10, TimeUnit.SECONDS) instanceof LuaClosedException, () -> "stopped by " + run);
    }

    @Test
    void manyThreadsMayCloseAndUseAtOnce() throws Exception {
        int before = LuaState.openStates();
        for (int i = 0; i < 50; i++) {
            LuaRuntime runtime = LuaRuntime.create();
            LuaFunction function = (LuaFunction) runtime.eval("function(x) return x end");
            List<FutureTask<Integer>> uses = new ArrayList<>();
            CountDownLatch together = new CountDownLatch(1);
            for (int t = 0; t < 4; t++) {
                boolean closes = t < 2;
                FutureTask<Integer> use = new FutureTask<>(() -> {
                    together.await();
                    int calls = 0;
                    try {
                        while (true) {
                            if (closes && calls == 50) {
                                runtime.close();
                            }
                            assertEquals(calls, function.call(calls));
                            runtime.table(calls).put("x", new Object());
                            calls++;
                        }
                    } catch (LuaClosedException e) {
                        return calls;
                    }
                });
                uses.add(use);
                new Thread(use).start();
            }
            together.countDown();
            for (FutureTask<Integer> use : uses) {
                use.get(20, TimeUnit.SECONDS);
            }
        }
        assertTrue(LuaState.openStates() <= before, "the states are freed");
    }

    /** The second closer must neither fail the first one nor cut its finalizers short. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void twoThreadsMayCloseAtOnce(boolean fromInside) throws Exception {
        LuaRuntime runtime = LuaRuntime.create();
        CountDownLatch finalizing = new CountDownLatch(1);
        CountDownLatch secondWaits = new CountDownLatch(1);
        List<Object> steps = new ArrayList<>();
        runtime.globals().put("pause", runtime.function(arguments -> {
            finalizing.countDown();
            secondWaits.await(10, TimeUnit.SECONDS);
            Thread.sleep(100);
            return null;
        }));
        runtime.globals().put("step", runtime.function(arguments -> steps.add(arguments[0])));
        runtime.globals().put("close", runtime.function(arguments -> {
            runtime.close();
            return null;
        }));
        runtime.execute("local u = newproxy(true) getmetatable(u).__gc = function()"
                + " pause() for i = 1, 1000 do local _ = i end step('done') end kept = u");
        FutureTask<Object> first = new FutureTask<>(() -> {
            if (fromInside) {
                return runtime.execute("close() return 'closed'");
            }
            runtime.close();
            return "closed";
        });
        FutureTask<Object> second = new FutureTask<>(() -> {
            secondWaits.countDown();
            runtime.close();
            return "closed";
        });
        new Thread(first).start();
        assertTrue(finalizing.await(10, TimeUnit.SECONDS));
        new Thread(second).start();
        assertEquals("closed", first.get(20, TimeUnit.SECONDS));
        assertEquals("closed", second.get(20, TimeUnit.SECONDS));
        assertEquals(List.of("done"), steps);
        assertDoesNotThrow(runtime::close);
    }

    /** Whoever was told that the runtime is closed finds it so, although the one who closes it may still wait. */
    @Test
    void aScriptThatWasStoppedByCloseIsTheLast() throws Exception {
        for (int i = 0; i < 50; i++) {
            LuaRuntime runtime = LuaRuntime.create();
            LuaTable table = runtime.table(1);
            Thread closing = new Thread(runtime::close);
            runtime.globals().put("go", (Runnable) closing::start);
            assertThrows(LuaClosedException.class, () -> runtime.execute("go() while true do end"));
            assertTrue(runtime.isClosed());
            assertThrows(LuaClosedException.class, () -> table.get(1));
            assertThrows(LuaClosedException.class, () -> runtime.eval("1"));
            closing.join();
        }
    }

    /** Values of the ffi library wait for their finalizers in the same list as userdata. */
    @Test
    void finalizersOfTheFfiLibraryMayCallJavaAtTheEnd() {
        for (boolean jit : new boolean[] {true, false}) {
            LuaRuntime lua = LuaRuntime.builder().jit(jit).build();
            java.util.concurrent.atomic.AtomicInteger calls = new java.util.concurrent.atomic.AtomicInteger();
            lua.globals().put("count", (Runnable) calls::incrementAndGet);
            lua.globals().put("list", new java.util.ArrayList<>());
            lua.execute("local ffi = require 'ffi' for i = 1, 30000 do"
                    + " ffi.gc(ffi.new('int[4]'), function() count() end) list:add('a' .. i) end");
            lua.close();
            org.junit.jupiter.api.Assertions.assertEquals(30000, calls.get());
        }
    }

    /** Another object can have taken the place of what a closed handle named. */
    @Test
    void closedHandlesEqualNoOthers() {
        try (LuaRuntime lua = LuaRuntime.create()) {
            List<Object> others = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                LuaFunction closed = (LuaFunction) lua.eval("function() end");
                closed.close();
                lua.gc();
                others.add(lua.eval("function() end"));
                others.forEach(other -> assertNotEquals(closed, other));
                assertEquals(closed, closed);
            }
        }
    }
}
