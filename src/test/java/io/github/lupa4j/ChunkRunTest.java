package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What handles have in common that come of one run, and functions that rest. */
class ChunkRunTest {
    private final LuaRuntime lua = LuaRuntime.create();
    /** The globals of functions that are made anew. */
    private final LuaTable later = lua.tableFrom(Map.of("x", 7));

    private int uses;
    private int needed;

    @AfterEach
    void close() {
        lua.close();
    }

    private final class Run extends ChunkRun {
        private final LuaChunk chunk;
        private final LuaTable globals = lua.table();
        private boolean left = true;

        Run(String text) {
            this(new LuaChunk(lua.compile(text)));
        }

        private Run(LuaChunk chunk) {
            super(chunk);
            this.chunk = chunk;
        }

        @Override
        protected void used() {
            uses++;
        }

        @Override
        protected boolean leavesNothing() {
            return left;
        }

        @Override
        protected LuaTable globals() {
            needed++;
            return later;
        }

        Object start() {
            return chunk.run(globals, this, null);
        }
    }

    /** A function that rests. */
    private LuaFunction resting(String text) {
        Run run = new Run("return " + text);
        LuaFunction function = (LuaFunction) run.start();
        assertTrue(run.rests());
        return function;
    }

    @Test
    void isKeptByHandlesAndToldOfTheirUse() {
        Run run = new Run("local function f() return x end same(f) return f, call(f), x");
        run.globals.put("call", lua.function(arguments -> ((LuaFunction) arguments[0]).call()));
        run.globals.put("same", lua.function(arguments -> arguments[0]));
        List<?> results = (List<?>) run.start();
        assertEquals(1, uses);
        assertTrue(run.hasGiven());
        assertFalse(run.hasTaken());
        ((LuaFunction) results.get(0)).call();
        lua.table(results.get(0));
        assertEquals(3, uses);
        run.chunk.run(run.globals, null, null);
        assertEquals(3, uses);
    }

    @Test
    void tellsWhatWentInAndOut() {
        Run run = new Run("return get()");
        run.globals.put("get", lua.function(arguments -> 1));
        run.start();
        assertFalse(run.hasGiven() || run.hasTaken());
        run.globals.put("get", lua.function(arguments -> later));
        run.start();
        assertTrue(run.hasGiven() && run.hasTaken());
    }

    // -- Rest ----------------------------------------------------------------------------------------------------

    @Test
    void functionsRestUntilTheyAreUsed() {
        lua.gc();
        LuaFunction function = resting("function(a) return x + a end");
        assertEquals(0, needed);
        assertEquals(8, function.call(1));
        assertEquals(9, function.call(2));
        assertEquals(1, needed);
    }

    /** They take nothing of Lua's memory. */
    @Test
    void manyRest() {
        Run first = new Run("return function() return x end");
        List<LuaFunction> all = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            Run run = new Run(first.chunk);
            all.add((LuaFunction) run.start());
            assertTrue(run.rests());
        }
        lua.gc();
        long before = lua.memoryUsed();
        all.forEach(function -> assertEquals(7, function.call()));
        lua.gc();
        assertTrue(lua.memoryUsed() - before > 30_000, () -> before + " and then " + lua.memoryUsed());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "return {{function() end}}",
                "return {a = {b = function() end}}",
                "return {[function() end] = 1}",
                "return setmetatable({}, {})",
                "return function() end, {print}",
                "return {newproxy()}",
                "local t = {} for i = 1, 201 do t[i] = i end return t",
                "local t = {} t[1] = t return t",
                "return print",
                "return setfenv(function() end, {})",
                "return coroutine.create(function() end)",
                "local t = {} for i = 1, 100 do t[i] = function() end end return unpack(t)",
                "local t = {print} return function() return t end",
                "local t = {{function() end}} return function() return t end",
                "local t = setmetatable({}, {}) return function() return t end",
                "local co = coroutine.create(print) return function() return co end",
                "local p = newproxy() return function() return p end",
                "local g = setfenv(function() end, {}) return function() return g end",
                "local g = coroutine.wrap(print) return function() return g end",
                "local f = print for i = 1, 201 do local g = f f = function() return g end end return f",
                "return {math.max}",
                "return math",
                "return {f = function() return math end, m = {math}}",
                "local a = 1 return function() return a end, setmetatable({}, {})",
                "local a = 1 return function() return a end, function() end, print",
            })
    void othersDoNotRest(String text) {
        Run run = new Run(text);
        run.globals.putAll(lua.library());
        Object before = run.start();
        assertFalse(run.rests());
        Object first = before instanceof List<?> list ? list.get(0) : before;
        if (first instanceof LuaFunction function) {
            assertFalse(function.toString().isEmpty());
            function.call();
        }
        assertEquals(0, needed);
    }

    /** They stay what they are, but have no globals in the meantime. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            local n = 3 return function() n = n + x return n end                                  | 10 17
            local n, s, b = 3, 'text', true return function() return n .. s .. tostring(b) .. x end | 3texttrue7
            local function g() return x end return function() return g() end                      | 7 7
            local function fact(n) return n < 2 and 1 or n * fact(n - 1) end return function() return fact(5) + x end | 127
            local even, odd function even(n) return n == 0 and x or odd(n - 1) end function odd(n) return even(n - 1) end return function() return even(8) end | 7
            local format = string.format return function() return format('%d!', x) end            | 7!
            local t = {1, {2, a = 'b'}} return function() t[1] = t[1] + 1 return t[1] .. t[2].a .. x end | 2b7 3b7
            local list = java.import('java.util.ArrayList')() return function() list:add(x) return list:size() end | 1 2
            local class = java.import('java.lang.Math') return function() return class.max(x, 1) end | 7
            return (function() return function() return x end end)()                              | 7 7
            local function f() return x end return f, f                                           | 7 7
            return loadstring('return x')                                                         | 7 7
            local f = function() return x end for i = 1, 50 do local g = f f = function() return g() + 1 end end return f | 57
            return print and function() return x end                                              | 7
            """)
    void functionsWithUpvaluesRestToo(String text, String results) {
        lua.execute("java.import('java.lang.Math')"); // the first time, functions are made for that
        Run run = new Run(text);
        run.globals.putAll(lua.library());
        later.putAll(lua.library());
        Object all = run.start();
        assertTrue(run.rests());
        lua.gc();
        LuaFunction function = (LuaFunction) (all instanceof List<?> list ? list.get(0) : all);
        int hash = function.hashCode();
        for (String expected : results.split(" ")) {
            assertEquals(expected, String.valueOf(function.call()));
        }
        lua.gc();
        assertEquals(1, needed);
        assertEquals(hash, function.hashCode());
        if (all instanceof List<?> list) {
            assertEquals(list.get(0), list.get(1));
            assertEquals(7, ((LuaFunction) list.get(1)).call());
        }
    }

    @Test
    void tablesOfFunctionsRest() throws Exception {
        Run run = new Run("local n = 0 local M = {1, 'two', name = {'m'}} function M.f() n = n + 1 return n + x end"
                + " function M.g() return M.f() * 10 end M[3] = function() return M end function single() return M.f() end"
                + " return M, M.f, M.g, single, {k = M.f}");
        List<?> all = (List<?>) run.start();
        assertTrue(run.rests());
        lua.gc();
        LuaFunction single = (LuaFunction) all.get(3);
        assertEquals(8, single.call());
        LuaTable module = (LuaTable) all.get(0);
        assertEquals(90, module.call("g"));
        assertEquals(10, ((LuaFunction) all.get(1)).call());
        assertEquals(110, ((LuaFunction) all.get(2)).call());
        assertEquals(12, ((LuaTable) all.get(4)).call("k"));
        assertEquals(module, module.getFunction(3).call());
        assertEquals(all.get(1), module.get("f"));
        assertEquals(all.get(1), ((LuaTable) all.get(4)).get("k"));
    }

    /** A function that a table has, too, is not made anew. */
    @Test
    void functionsOfTablesStayThemselves() {
        Run run = new Run("local function f() return x end return f, {f}, function() return 1 end");
        List<?> all = (List<?>) run.start();
        assertTrue(run.rests());
        assertEquals(all.get(0), ((LuaTable) all.get(1)).get(1));
        assertEquals(7, ((LuaFunction) all.get(0)).call());
        assertEquals(1, ((LuaFunction) all.get(2)).call());
    }

    /** What Java puts into a table has globals of its own. */
    @Test
    void tablesCanBeChangedWhileFunctionsOfThemRest() {
        Run run = new Run(
                "local M = {} function M.f() return x end local D = {} function other() return M.f(), M.g(), #D end"
                        + " return M, D, other, M.f");
        List<?> all = (List<?>) run.start();
        assertTrue(run.rests());
        LuaTable data = (LuaTable) all.get(1);
        for (int i = 1; i < 1000; i++) {
            data.put(i, lua.table(i));
        }
        ((LuaTable) all.get(0)).put("g", resting("function() return x * 2 end"));
        assertEquals(List.of(7, 14, 999), ((LuaFunction) all.get(2)).call());
    }

    @Test
    void functionsShareTheirUpvaluesFurtherOn() {
        Run run = new Run("local n, o = 1, 5 local function up(d) n = n + d return n + x end"
                + " return function() return up(1) end, function() return up(10) + o end, function() return n end, up");
        List<?> all = (List<?>) run.start();
        assertTrue(run.rests());
        lua.gc();
        assertEquals(1, ((LuaFunction) all.get(2)).call());
        assertEquals(11 + 7 + 5, ((LuaFunction) all.get(1)).call());
        assertEquals(12 + 7, ((LuaFunction) all.get(0)).call());
        assertEquals(12, ((LuaFunction) all.get(2)).call());
        assertEquals(14 + 7, ((LuaFunction) all.get(3)).call(2));
    }

    /** Those before it in the list have globals again. */
    @Test
    void whatCannotRestLeavesAllAsTheyWere() {
        Run run = new Run("local n = 1 local function g() return x end"
                + " return function() return g() + n end, g, function() return x end, {print}");
        run.globals.put("print", lua.globals().get("print"));
        run.globals.put("x", 20);
        List<?> all = (List<?>) run.start();
        assertFalse(run.rests());
        assertEquals(21, ((LuaFunction) all.get(0)).call());
        assertEquals(20, ((LuaFunction) all.get(1)).call());
        assertEquals(20, ((LuaFunction) all.get(2)).call());
        assertEquals(0, needed);
    }

    @Test
    void severalRest() {
        Run run = new Run("return function() return 1 end, function() return x end, function() return 3 end");
        List<?> all = (List<?>) run.start();
        assertTrue(run.rests());
        lua.gc();
        for (int i = 2; i >= 0; i--) {
            assertEquals(i == 1 ? 7 : i + 1, ((LuaFunction) all.get(i)).call());
        }
        assertEquals(3, needed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{1, 'two', true, {}}",
                "{a = {b = {c = 1}}, [2] = 'x', [true] = false}",
                "{1, function() end and 2}"
            })
    void tablesWithoutFunctionsStayAsTheyAre(String text) {
        Run run = new Run("return " + text);
        Object before = run.start();
        String shown = String.valueOf(before instanceof LuaTable table ? table.toMap() : before);
        assertTrue(run.rests());
        lua.gc();
        assertEquals(shown, String.valueOf(before instanceof LuaTable table ? table.toMap() : before));
    }

    @Test
    void thoseOfWhichSomethingIsLeftDoNotRest() {
        Run run = new Run("return function() end");
        run.left = false;
        LuaFunction function = (LuaFunction) run.start();
        assertFalse(run.rests());
        function.call();
        assertEquals(0, needed);
    }

    @Test
    void closedOnesDoNotRest() {
        Run run = new Run("close(function() return x end) return function() return 1 end");
        AtomicReference<LuaFunction> closed = new AtomicReference<>();
        run.globals.put("close", lua.function(arguments -> {
            LuaFunction function = (LuaFunction) arguments[0];
            closed.set(function);
            function.close();
            return null;
        }));
        LuaFunction function = (LuaFunction) run.start();
        assertTrue(run.rests());
        assertThrows(IllegalStateException.class, () -> closed.get().call());
        assertEquals(1, function.call());
        Run other = new Run("close() return function() return 2 end");
        other.globals.put("close", lua.function(arguments -> {
            other.chunk.close();
            return null;
        }));
        LuaFunction kept = (LuaFunction) other.start();
        assertFalse(other.rests());
        assertEquals(2, kept.call());
    }

    /** They are given back like any others: of 5 MB only the places of references stay. */
    @Test
    void manyThatDoNotRestTakeNoMemory() throws InterruptedException {
        LuaChunk chunk = new LuaChunk(lua.compile(
                "local t = {} for i = 1, 1000 do t[i] = i end for i = 1, 100 do keep(t, function() return t end) end"));
        lua.gc();
        long before = lua.memoryUsed();
        for (int i = 0; i < 300; i++) {
            Run run = new Run(chunk);
            run.globals.put("keep", lua.function(arguments -> null));
            run.start();
        }
        for (int i = 0; i < 100 && lua.memoryUsed() > before + 2_000_000; i++) {
            System.gc();
            Thread.sleep(10);
            lua.gc();
        }
        long after = lua.memoryUsed();
        assertTrue(after < before + 2_000_000, () -> before + " and then " + after);
    }

    @Test
    void closedAtRestTheyCannotBeUsed() {
        LuaFunction function = resting("function() return x end");
        function.close();
        function.close();
        assertThrows(IllegalStateException.class, () -> function.call());
        assertTrue(function.toString().matches("function: 0x[0-9a-f]{5,}"), function.toString());
        for (int i = 0; i < 100; i++) {
            assertEquals(2, ((LuaFunction) lua.eval("function() return 2 end")).call());
        }
        LuaFunction other = resting("function() return x end");
        assertEquals(7, other.call());
        other.close();
        assertThrows(IllegalStateException.class, () -> other.call());
        assertEquals(0, needed - 1);
    }

    @Test
    void theChunkStaysWhileFunctionsOfItRest() {
        Run run = new Run("return function() return x end");
        LuaFunction function = (LuaFunction) run.start();
        assertTrue(run.rests());
        run.chunk.close();
        assertEquals(7, function.call());
    }

    @Test
    void theyCannotBeUsedWhenTheRuntimeIsClosed() {
        LuaFunction function = resting("function() return x end");
        lua.close();
        assertThrows(LuaClosedException.class, () -> function.call());
        assertTrue(function.toString().startsWith("function: 0x"), function.toString());
        function.close();
    }

    @Test
    void otherRuntimesDoNotTakeThem() {
        LuaFunction function = resting("function() return x end");
        try (LuaRuntime other = LuaRuntime.create()) {
            assertThrows(IllegalArgumentException.class, () -> other.globals().put("f", function));
        }
        assertEquals(0, needed);
    }

    @Test
    void theyStayEqualToThemselvesAlone() {
        LuaFunction function = resting("function() return x end");
        int hash = function.hashCode();
        List<Object> others = new ArrayList<>();
        for (int i = 0; i < 2000; i++) { // some at the address that it had
            others.add(lua.eval("function() end"));
        }
        others.forEach(other -> assertNotEquals(function, other));
        assertEquals(function, function);
        assertEquals(hash, function.hashCode());
        lua.globals().put("f", function);
        Object again = lua.globals().get("f");
        assertEquals(function, again);
        assertEquals(hash, again.hashCode());
        assertEquals(again.toString(), function.toString());
        others.forEach(other -> assertNotEquals(again, other));
        function.close();
        lua.gc();
        Object third = lua.globals().get("f");
        assertEquals(again, third);
        assertEquals(hash, third.hashCode());
        ((LuaFunction) again).close();
        ((LuaFunction) third).close();
        lua.globals().remove("f");
        lua.gc();
        for (int i = 0; i < 2000; i++) {
            Object other = lua.eval("function() end");
            assertNotEquals(third, other);
            others.add(other);
        }
    }

    // -- Ways to use them ------------------------------------------------------------------------------------------

    @Test
    void inAnyPlace() {
        LuaFunction call = (LuaFunction) lua.eval("function(a, f, b) return a, f(), b end");
        String large = "text ".repeat(20_000);
        assertEquals(List.of(large, 7, large), call.call(large, resting("function() return x end"), large));
        assertEquals(7, ((List<?>) call.call("some text", resting("function() return x end"), 2L)).get(1));
        assertEquals(7, resting("function() return x end").as(IntSupplier.class).getAsInt());
        assertEquals(7, resting("function() return x end").coroutine().resume());
        assertEquals(0, resting("function() return x end").parameterCount());
        assertInstanceOf(LuaSource.class, resting("function() return x end").dump());
        lua.globals().put("f", resting("function() return x end"));
        assertEquals(7, lua.eval("f()"));
        lua.globals().put(resting("function() return x end"), "as a key");
        LuaTable list = lua.table(1, "two", resting("function() return x end"), "four", resting("function() end"));
        assertEquals(
                Arrays.asList(1, "two", 7, "four"), lua.execute("local t = ... return t[1], t[2], t[3](), t[4]", list));
        LuaTable copied = lua.tableFromDeep(Map.of("list", List.of("one", resting("function() return x end"))));
        assertEquals(7, lua.execute("return (...).list[2]()", copied));
        LuaTable meta = lua.table();
        meta.put("__index", resting("function(t, k) return k .. x end"));
        list.setMetatable(meta);
        assertEquals("more7", list.get("more"));
    }

    @Test
    void asResultsOfJava() {
        Function<Object, Object> resting = text -> resting((String) text);
        lua.globals().put("get", resting);
        String use = "local n = 0 for i = 1, 200 do n = n + get('function(a) return x + a end')(i) end return n";
        for (int i = 0; i < 5; i++) {
            assertEquals(200 * 7 + 201 * 100, lua.execute(use));
        }
        assertEquals(
                200 * 7 + 201 * 100, lua.execute("local function run() " + use + " end return coroutine.wrap(run)()"));
        lua.globals().put("fail", (Function<Object, Object>) text -> {
            throw new LuaException("no", resting((String) text), List.of());
        });
        assertEquals(7, lua.execute("local _, f = pcall(fail, 'function() return x end') return f()"));
    }

    /** Several steps are made ready at a time, but for those with a function that rests. */
    @Test
    void inCollectionsThatLuaWalks() {
        Map<String, Object> map = new HashMap<>();
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Object value = i % 7 == 0 ? resting("function() return x end") : (Object) ("value " + i);
            map.put("key " + i, value);
            list.add(value);
        }
        Object expected = Arrays.asList(300, 43 * 7);
        String body = " do n = n + 1 if type(v) == 'function' then s = s + v() end end return n, s";
        assertEquals(expected, lua.execute("local n, s = 0, 0 for k, v in pairs(...)" + body, map));
        assertEquals(expected, lua.execute("local n, s = 0, 0 for i, v in ipairs(...)" + body, list));
        assertEquals(expected, lua.execute("local n, s = 0, 0 for v in java.iter(...)" + body, list));
        Collections.fill(list, null);
        for (int i = 0; i < 300; i++) {
            list.set(i, resting("function() return x end"));
        }
        assertEquals(Arrays.asList(300, 2100), lua.execute("local n, s = 0, 0 for i, v in ipairs(...)" + body, list));
    }

    @Test
    void withOverflowHandlersToo() {
        lua.execute("java.set_overflow_handler(function() return 'large' end)");
        LuaFunction use = (LuaFunction) lua.eval("function(a, f, b) return a, f(), b end");
        assertEquals(
                List.of("large", 7, "large"),
                use.call(Long.MAX_VALUE, resting("function() return x end"), Long.MAX_VALUE));
        List<Object> list = Arrays.asList(1, resting("function() return x end"), Long.MAX_VALUE);
        assertEquals(
                List.of(1, 7, "large"),
                lua.execute("local t = {} for i, v in ipairs(...) do t[i] = v end return t[1], t[2](), t[3]", list));
    }

    @Test
    void whenTheyCannotBeMadeAnewTheyRestOn() {
        AtomicReference<RuntimeException> failure = new AtomicReference<>(new IllegalStateException("not now"));
        LuaChunk chunk = new LuaChunk(lua.compile("return function() return x end"));
        ChunkRun run = new ChunkRun(chunk) {
            @Override
            protected void used() {}

            @Override
            protected boolean leavesNothing() {
                return true;
            }

            @Override
            protected LuaTable globals() {
                if (failure.get() != null) {
                    throw failure.get();
                }
                return later;
            }
        };
        LuaTable globals = lua.table();
        LuaFunction function = (LuaFunction) chunk.run(globals, run, null);
        assertTrue(run.rests());
        assertEquals(
                "not now",
                assertThrows(IllegalStateException.class, () -> function.call()).getMessage());
        assertThrows(IllegalStateException.class, () -> lua.globals().put("f", function));
        assertThrows(IllegalStateException.class, () -> lua.table("a", function, "b"));
        failure.set(null);
        assertEquals(7, function.call());
    }
}
