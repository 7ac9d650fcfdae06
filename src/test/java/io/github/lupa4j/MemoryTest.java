package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.testing.Garbage;
import io.github.lupa4j.vm.LuaState;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The memory of states: how much it is, how much it may be, what happens when there is none. */
class MemoryTest {
    private static final long MB = 1 << 20;

    private final LuaRuntime lua = LuaRuntime.create();

    @AfterEach
    void close() {
        lua.close();
    }

    // -- Figures -------------------------------------------------------------------------------------------------

    @Test
    void usedMemory() {
        long before = lua.memoryUsed();
        assertTrue(before > 10_000, before + " bytes");
        lua.execute("big = ('x'):rep(1e6)");
        assertTrue(lua.memoryUsed() - before > 1_000_000);
        lua.execute("big = nil");
        lua.gc();
        assertTrue(lua.memoryUsed() - before < 100_000);
        assertEquals(0, lua.maxMemory());
    }

    @Test
    void theLimitCanBeChanged() {
        lua.setMaxMemory(4 * MB);
        assertEquals(4 * MB, lua.maxMemory());
        assertThrows(LuaMemoryException.class, () -> lua.execute("return #('x'):rep(5e6)"));
        assertEquals(2, lua.eval("1 + 1"));
        lua.setMaxMemory(-5);
        assertEquals(0, lua.maxMemory());
        assertEquals(5_000_000, lua.execute("return #('x'):rep(5e6)"));
        lua.setMaxMemory(4 * MB);
        assertThrows(LuaMemoryException.class, () -> lua.execute("local t = {} for i = 1, 1e9 do t[i] = {} end"));
        assertEquals(2, lua.eval("1 + 1"));
    }

    @Test
    void whatALimitRefuses() {
        lua.setMaxMemory(4 * MB);
        assertThrows(LuaMemoryException.class, () -> lua.eval("#...", "x".repeat(5_000_000)));
        assertThrows(LuaMemoryException.class, () -> lua.table(new double[1_000_000]));
        assertThrows(LuaMemoryException.class, () -> lua.table(new Object[1_000_000]));
        Map<String, Integer> map = new LinkedHashMap<>();
        for (int i = 0; i < 100_000; i++) {
            map.put("key number " + i, i);
        }
        assertThrows(LuaMemoryException.class, () -> lua.tableFrom(map));
        assertThrows(LuaMemoryException.class, () -> lua.compile("return '" + "x".repeat(5_000_000) + "'"));
        LuaTable table = lua.table();
        assertThrows(LuaMemoryException.class, () -> {
            for (int i = 1; ; i++) {
                table.put(i, "item " + i);
            }
        });
        assertTrue(table.size() > 1000);
        table.clear();
        List<Object> handles = new ArrayList<>();
        assertThrows(LuaMemoryException.class, () -> {
            while (true) {
                handles.add(lua.table(handles.size()));
            }
        });
        assertEquals(0, ((LuaTable) handles.get(0)).get(1));
        // The script may catch it, and goes on with what is freed.
        handles.forEach(handle -> ((LuaTable) handle).close());
        assertEquals(
                List.of(false, "not enough memory", 1),
                lua.execute("local ok, e = pcall(function() local t = {} for i = 1, 1e9 do t[i] = {} end end)"
                        + " return ok, e, #{ 1 }"));
    }

    @Test
    void deepGarbageRunsWithinATightLimit() {
        lua.setMaxMemory(16 * MB);
        assertEquals(
                100,
                lua.execute(
                        "local n = 0 for i = 1, 100 do local t = {} for k = 1, 50000 do t[k] = k end n = n + 1 end return n"));
    }

    // -- No collection -------------------------------------------------------------------------------------------

    @Test
    void noCollectionWhileItIsPaused() {
        lua.gc();
        lua.execute("finalized = 0 function waste() for i = 1, 20000 do"
                + " local p = newproxy(true) getmetatable(p).__gc = function() finalized = finalized + 1 end end end");
        LuaRuntime.NoGc outer = lua.noGc();
        lua.execute("waste()");
        assertEquals(0, lua.eval("finalized"));
        LuaRuntime.NoGc inner = lua.noGc();
        lua.execute("waste()");
        inner.close();
        inner.close();
        lua.execute("waste()");
        assertEquals(0, lua.eval("finalized"), "the outer pause goes on");
        lua.gc();
        int after = (Integer) lua.eval("finalized");
        assertTrue(after > 0, "asked for");
        lua.execute("waste() waste()");
        assertEquals(after, lua.eval("finalized"), "paused again");
        outer.close();
        lua.execute("waste() waste() waste()");
        assertTrue((Integer) lua.eval("finalized") > 60_000);
    }

    @Test
    void aPauseAndALimitAtOnce() {
        lua.setMaxMemory(8 * MB);
        LuaRuntime.NoGc pause = lua.noGc();
        assertThrows(LuaMemoryException.class, () -> lua.execute("for i = 1, 1e6 do t = { i } end"));
        assertEquals(2, lua.eval("1 + 1"));
        pause.close();
        pause.close();
        lua.execute("for i = 1, 1e6 do t = { i } end");
        LuaRuntime other = LuaRuntime.create();
        LuaRuntime.NoGc late = other.noGc();
        other.close();
        late.close();
        assertThrows(LuaClosedException.class, other::noGc);
    }

    // -- Closing -------------------------------------------------------------------------------------------------

    @Test
    void closingWithEverythingAround() {
        LuaRuntime other = LuaRuntime.create();
        LuaTable table = other.table(1, 2);
        Iterator<Object> walk = table.values().iterator();
        LuaCoroutine co = ((LuaFunction) other.eval("function() while true do coroutine.yield(1) end end")).coroutine();
        co.next();
        LuaFunction callback = other.function(arguments -> table.get(1));
        LuaRuntime.NoGc pause = other.noGc();
        other.close();
        other.close();
        assertTrue(other.isClosed());
        assertThrows(LuaClosedException.class, () -> table.get(1));
        assertThrows(LuaClosedException.class, co::next);
        assertThrows(LuaClosedException.class, callback::call);
        assertThrows(LuaClosedException.class, () -> other.eval("1"));
        assertThrows(LuaClosedException.class, other::memoryUsed);
        assertEquals(1, walk.next(), "was read before");
        assertTrue(table.toString().startsWith("table: "));
        table.close();
        pause.close();
    }

    @Test
    void droppedRuntimesAreFreed() throws InterruptedException {
        int before = LuaState.openStates();
        for (int i = 0; i < 50; i++) {
            LuaRuntime dropped = LuaRuntime.create();
            dropped.globals().put("self", dropped);
            dropped.globals().put("f", dropped.function(arguments -> dropped));
            dropped.execute("co = coroutine.wrap(function() coroutine.yield(self) end) co()");
        }
        assertTrue(Garbage.collectUntil(() -> LuaState.openStates() <= before));
    }

    // -- Allocations that fail -------------------------------------------------------------------------------------

    /** What the API does, each operation small enough that all of its allocations can fail in turn. */
    private static Map<String, Operation> operations() {
        Map<String, Operation> all = new LinkedHashMap<>();
        Map<String, Object> map = Map.of("a", 1, "b", List.of("c", "d"));
        all.put("eval", lua -> lua.eval("1 + ...", 2));
        all.put("execute", lua -> lua.execute("local t = {} for i = 1, 50 do t[i] = 'x' .. i end return #t, t"));
        all.put(
                "compile",
                lua -> lua.compile("local function f(a) return a * 2 end return f(" + System.nanoTime() + ")"));
        all.put(
                "syntax",
                lua -> assertThrows(LuaSyntaxException.class, () -> lua.compile("x = = " + System.nanoTime())));
        all.put("error", lua -> assertThrows(LuaException.class, () -> lua.execute("error({ 'value' })")));
        all.put("traceback", lua -> lua.execute("return debug.traceback('x' .. os.clock())"));
        all.put("pcall", lua -> lua.execute("return pcall(error, 'caught' .. os.clock())"));
        all.put("strings", lua -> lua.eval("..., #...", "text " + System.nanoTime(), "y".repeat(5000)));
        all.put("objects", lua -> lua.eval("tostring(...), (...):size()", new ArrayList<>(List.of(System.nanoTime()))));
        all.put("callback", lua -> lua.eval("(...)('a' .. os.clock())", lua.function(arguments -> arguments[0])));
        all.put("callback that throws", lua -> {
            LuaFunction thrower = lua.function(arguments -> {
                throw new IllegalStateException("thrown");
            });
            assertThrows(IllegalStateException.class, () -> lua.eval("(...)()", thrower));
        });
        all.put("table", lua -> lua.table(1, "two", 3.5, null, true, "five" + System.nanoTime()));
        all.put("doubles", lua -> lua.table(new double[300]).toDoubles());
        all.put("table from", lua -> lua.tableFrom(map, List.of("x" + System.nanoTime())));
        all.put("table from, deep", lua -> lua.tableFromDeep(map).toMap());
        all.put("long", lua -> lua.eval("...", Long.MAX_VALUE));
        all.put("fields", lua -> {
            LuaTable table = lua.table();
            table.put("name" + System.nanoTime(), 1);
            table.rawSet(1.5, table);
            table.get("missing" + System.nanoTime());
            table.keySet().toArray();
            table.clear();
        });
        all.put("list", lua -> {
            List<Object> list = lua.table(1, 2, 3).asList();
            list.add("end");
            list.add(0, "begin");
            list.remove(2);
            list.toArray();
        });
        all.put("metatable", lua -> {
            LuaTable table = lua.table();
            table.setMetatable(lua.tableFrom(Map.of("__index", lua.function(arguments -> arguments[1]))));
            assertEquals("k", table.get("k"));
            table.metatable().toString();
        });
        all.put("coroutine", lua -> {
            LuaCoroutine co = ((LuaFunction)
                            lua.eval("function(a) local b = coroutine.yield({ a }) return b .. 'x' end"))
                    .coroutine("a" + System.nanoTime());
            co.next();
            co.send("b");
            co.isDone();
        });
        all.put("factory", lua -> ((LuaCoroutine) lua.eval("coroutine.create(function(n) coroutine.yield(n) end)"))
                .call(4)
                .next());
        all.put("bytecode", lua -> lua.execute(lua.compile("return 1, {}").dump()));
        all.put("module", lua -> {
            lua.execute("package.loaded['lupa4j.testing.greet'] = nil");
            lua.require("lupa4j.testing.greet");
        });
        all.put(
                "sort and gsub",
                lua -> lua.execute("local t = { 3, 1, 2 } table.sort(t, function(a, b) return a < b end)"
                        + " return ('abc'):gsub('%w', function(c) return c .. os.clock() end), table.concat(t)"));
        all.put("print", lua -> lua.execute("print('x' .. os.clock(), {}, print)"));
        all.put("finalizers", lua -> {
            lua.execute("local p = newproxy(true) getmetatable(p).__gc = function() local t = { {} } end");
            lua.gc();
        });
        all.put(
                "ffi",
                lua -> lua.execute("local ffi = require 'ffi' return ffi.new('int64_t', 5), ffi.new('double[3]')"));
        all.put("to string", lua -> lua.eval(
                        "setmetatable({}, { __tostring = function() return 'x' .. os.clock() end })")
                .toString());
        all.put("globals", lua -> lua.globals().toMap());
        all.put("leaf function", lua -> {
            lua.globals().put("f", (java.util.function.IntUnaryOperator) n -> n + 1);
            lua.execute("local f = java.leaf(f) local t = {} for i = 1, 100 do t[i] = f(i) .. 'x' end");
        });
        all.put("annotated method", lua -> {
            lua.globals().put("o", new io.github.lupa4j.spec.Leaves());
            lua.execute("local t = {} for i = 1, 100 do t[i] = o:plus(i) .. 'x' end");
        });
        return all;
    }

    private interface Operation {
        void run(LuaRuntime lua);
    }

    /** {@code -Dlupa4j.trials=10000} for a long run. */
    @Test
    @Timeout(600)
    void eachAllocationOfEachOperationFails() {
        int most = Integer.getInteger("lupa4j.trials", 2000);
        Map<String, Operation> operations = operations();
        int trials = 0;
        for (int round = 0; trials < most; round++) {
            for (Map.Entry<String, Operation> operation : operations.entrySet()) {
                try (LuaRuntime fresh = LuaRuntime.builder()
                        .stdout(java.io.Writer.nullWriter())
                        .memoryLimit(1 << 30)
                        .build()) {
                    trials += failOneByOne(
                            operation.getKey(), operation.getValue(), fresh, round, most / operations.size());
                }
            }
        }
        assertTrue(trials >= most, trials + " trials");
    }

    /** Repeats an operation, each time with a later failure, until it meets none. */
    private static int failOneByOne(String name, Operation operation, LuaRuntime fresh, int round, int most) {
        int trials = 0;
        boolean failed = true;
        for (int n = 1 + round; failed && trials < most; n++) {
            trials++;
            fresh.state.limits().failAllocation(n);
            Throwable thrown = null;
            try {
                operation.run(fresh);
            } catch (LuaException | AssertionError e) {
                thrown = e;
            }
            failed = fresh.state.limits().failAllocation(0) == 0;
            if (thrown != null) {
                String what = name + ", allocation " + n;
                assertTrue(failed, () -> what + ": fails by itself");
                Throwable cause =
                        thrown instanceof AssertionError && thrown.getCause() != null ? thrown.getCause() : thrown;
                assertInstanceOf(LuaMemoryException.class, cause, what);
            }
            assertEquals(List.of(3, "ok"), fresh.execute("local t = { 1, 2, 3 } return #t, 'o' .. 'k'"));
        }
        assertFalse(fresh.isClosed());
        return trials;
    }

    /** What is given back after a refusal has the size that it was taken with: LuaJIT's account stays right. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "local a, b, c = ... local f = function() return a, b, c end",
                "jit.flush() local x = 0 for i = 1, 200 do x = x + i end return x"
            })
    void refusedAllocationsLeaveTheAccountRight(String chunk) {
        LuaFunction function = lua.compile(chunk);
        refuseAllocations(function); // what the compiler keeps for ever
        long before = lua.memoryUsed();
        refuseAllocations(function);
        assertEquals(before, lua.memoryUsed(), 512.0);
    }

    private void refuseAllocations(LuaFunction function) {
        for (int trial = 0; trial < 1000; trial++) {
            lua.state.limits().failAllocation(trial % 20 + 1);
            try {
                function.call();
            } catch (LuaMemoryException expected) {
                // What counts is what is left of it.
            }
            lua.state.limits().failAllocation(0);
        }
        lua.execute("jit.flush()");
        lua.gc();
    }

    @Test
    void scriptsDoNotEndThePauseOfTheCollector() {
        for (String ask : List.of("collectgarbage()", "collectgarbage('step', 0)", "collectgarbage('restart')")) {
            long before = lua.memoryUsed();
            LuaRuntime.NoGc pause = lua.noGc();
            lua.execute(ask + " for i = 1, 1e5 do last = { i, i } end");
            assertTrue(lua.memoryUsed() > before + 4 * MB, ask);
            pause.close();
            lua.execute("for i = 1, 1e6 do last = { i, i } end");
            assertTrue(lua.memoryUsed() < before + 4 * MB, ask);
        }
    }

    @Test
    void theCollectorsPauseIsAnOption() {
        assertEquals(400, lua.eval("collectgarbage('setpause', 200)"));
        assertEquals(200, lua.eval("collectgarbage('setpause', 400)"));
        try (LuaRuntime other = LuaRuntime.builder().collectorPause(150).build()) {
            assertEquals(150, other.eval("collectgarbage('setpause', 150)"));
        }
        assertThrows(IllegalArgumentException.class, () -> LuaRuntime.builder().collectorPause(99));
    }

    /** A state that grows to four times of what is alive has fewer collections than one that grows to twice of it. */
    @Test
    void aLongerPauseIsLessWork() {
        String chunk = """
                local cycles, alive = 0, {}
                for i = 1, 20000 do alive[i] = { i } end
                collectgarbage()
                local function watch() local u = newproxy(true)
                    getmetatable(u).__gc = function() cycles = cycles + 1 watch() end end
                watch()
                for i = 1, 1e6 do last = { i } end
                return cycles""";
        long few = ((Number) lua.execute(chunk)).longValue();
        try (LuaRuntime other = LuaRuntime.builder().collectorPause(200).build()) {
            long more = ((Number) other.execute(chunk)).longValue();
            assertTrue(few > 0 && more > few, few + " and " + more + " collections");
        }
    }

    @Test
    void lackOfMemoryInEveryRuntimeAtOnce() throws Exception {
        List<Thread> threads = IntStream.range(0, 3)
                .mapToObj(i -> new Thread(() -> {
                    try (LuaRuntime own =
                            LuaRuntime.builder().memoryLimit(2 * MB).build()) {
                        for (int k = 0; k < 20; k++) {
                            assertThrows(
                                    LuaMemoryException.class,
                                    () -> own.execute("local t = {} for i = 1, 1e9 do t[i] = { i } end"));
                            assertEquals(1, own.eval("1"));
                        }
                    }
                }))
                .toList();
        List<Throwable> failures = new ArrayList<>();
        for (Thread thread : threads) {
            thread.setUncaughtExceptionHandler((t, e) -> failures.add(e));
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), failures);
    }

    /** It would be part of the time that the next operation has. */
    @Test
    void manyHandlesAreGivenBackInPortions() {
        try (LuaRuntime own = LuaRuntime.create()) {
            own.execute(
                    "weak = setmetatable({}, { __mode = 'v' })"
                            + " function count() collectgarbage() local n = 0 for _ in pairs(weak) do n = n + 1 end return n end");
            LuaFunction make = (LuaFunction) own.eval("function(i) weak[i] = {} return weak[i] end");
            List<LuaTable> tables = new ArrayList<>();
            for (int i = 1; i <= 20_000; i++) {
                tables.add((LuaTable) make.call(i));
            }
            tables.forEach(LuaTable::close);
            int left = ((Number) own.eval("count()")).intValue();
            assertTrue(left > 0, "all were given back at once");
            for (int i = 0; i < 20_000 && left > 0; i++) {
                left = i % 1000 == 0 ? ((Number) own.eval("count()")).intValue() : left;
                own.eval("1");
            }
            assertEquals(0, left);
        }
    }
}
