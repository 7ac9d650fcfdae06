package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaCoroutine.Status;
import io.github.lupa4j.testing.Garbage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Coroutines resumed by Java, and Java called inside coroutines. */
class CoroutineTest {
    private final LuaRuntime lua = LuaRuntime.create();

    @AfterEach
    void close() {
        lua.close();
    }

    private LuaCoroutine coroutine(String function) {
        return assertInstanceOf(LuaCoroutine.class, lua.eval("coroutine.create(" + function + ")"));
    }

    @Test
    void resumes() {
        LuaCoroutine co =
                coroutine("function(a, b) local c = coroutine.yield(a + b) local d, e = coroutine.yield(c * 2)"
                        + " return d + e end");
        assertEquals(Status.SUSPENDED, co.status());
        assertFalse(co.isDone());
        assertEquals(3, co.resume(1, 2));
        assertEquals(Status.SUSPENDED, co.status());
        assertEquals(20, co.resume(10));
        assertEquals(7, co.resume(3, 4));
        assertEquals(Status.DEAD, co.status());
        assertTrue(co.isDone());
        LuaException e = assertThrows(LuaException.class, co::resume);
        assertTrue(e.getMessage().contains("dead coroutine"), e.getMessage());
    }

    @Test
    void noneOneOrSeveralValues() {
        LuaCoroutine co =
                coroutine("function() coroutine.yield() coroutine.yield(1, nil, 'x') coroutine.yield(nil) end");
        assertNull(co.resume());
        assertEquals(java.util.Arrays.asList(1, null, "x"), co.resume());
        assertNull(co.resume());
        assertFalse(co.isDone());
        assertNull(co.resume());
        assertTrue(co.isDone());
    }

    @Test
    void failures() {
        LuaCoroutine co = coroutine("function() coroutine.yield(1) error({ code = 5 }) end");
        co.resume();
        LuaException e = assertThrows(LuaException.class, co::resume);
        assertEquals(5, ((LuaTable) e.value()).get("code"));
        assertEquals(Status.DEAD, co.status());
        IllegalStateException thrown = new IllegalStateException("host");
        lua.globals().put("f", lua.function(arguments -> {
            throw thrown;
        }));
        LuaCoroutine other = coroutine("function() coroutine.yield() f() end");
        other.resume();
        assertSame(thrown, assertThrows(IllegalStateException.class, other::resume));
        assertTrue(other.isDone());
    }

    @Test
    void statusSeenFromInside() {
        LuaCoroutine[] co = new LuaCoroutine[1];
        Status[] seen = new Status[2];
        lua.globals().put("look", lua.function(arguments -> {
            seen[(Integer) arguments[0]] = co[0].status();
            return null;
        }));
        co[0] = coroutine("function() look(0) coroutine.wrap(function() look(1) end)() end");
        co[0].resume();
        assertEquals(List.of(Status.RUNNING, Status.NORMAL), List.of(seen));
        assertEquals(Status.DEAD, co[0].status());
    }

    @Test
    void resumingARunningOneIsAClearError() {
        LuaCoroutine[] co = new LuaCoroutine[1];
        lua.globals().put("again", lua.function(arguments -> co[0].resume()));
        co[0] = coroutine("function() return pcall(again) end");
        List<?> results = (List<?>) co[0].resume();
        assertEquals(false, results.get(0));
        assertTrue(results.get(1).toString().contains("cannot resume"), results.toString());
        assertEquals(2, lua.eval("1 + 1"));
    }

    @Test
    void yieldsAcrossPcallAndMetamethodsAndIterators() {
        LuaCoroutine co = coroutine("function() local ok, e = pcall(function() coroutine.yield(1) error('x', 0) end)"
                + " coroutine.yield(e) for x in function() return coroutine.yield(2) end do coroutine.yield(x) end"
                + " return setmetatable({}, { __index = function(t, k) return coroutine.yield(k) end }).key end");
        assertEquals(List.of(1, "x", 2), List.of(co.resume(), co.resume(), co.resume()));
        assertEquals("item", co.resume("item"));
        assertEquals(2, co.resume());
        assertEquals("key", co.resume(new Object[] {null}));
        assertEquals("last", co.resume("last"));
        assertTrue(co.isDone());
    }

    @Test
    void yieldingAcrossJavaIsAClearError() {
        lua.globals().put("call", lua.function(arguments -> ((LuaFunction) arguments[0]).call()));
        LuaCoroutine co = coroutine("function() return pcall(call, function() coroutine.yield(1) end) end");
        List<?> results = (List<?>) co.resume();
        assertEquals(false, results.get(0));
        assertTrue(results.get(1).toString().contains("yield"), results.toString());
        assertTrue(co.isDone());
        assertThrows(LuaException.class, () -> lua.eval("coroutine.yield(1)"));
        assertEquals(2, lua.eval("1 + 1"));
    }

    @Test
    void javaInsideCoroutines() {
        lua.globals().put("twice", lua.function(arguments -> (Integer) arguments[0] * 2));
        assertEquals(
                List.of(2, 4, 6),
                lua.eval(
                        "(function() local co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(twice(i)) end"
                                + " end) return co(), co(), co() end)()"));
    }

    @Test
    void manyAtOnce() {
        LuaFunction make = (LuaFunction) lua.eval("function(id) return coroutine.create(function() local n = 0"
                + " while true do n = n + 1 coroutine.yield(id * 1000 + n) end end) end");
        LuaCoroutine[] all = new LuaCoroutine[200];
        for (int i = 0; i < all.length; i++) {
            all[i] = (LuaCoroutine) make.call(i);
        }
        for (int round = 1; round <= 20; round++) {
            for (int i = 0; i < all.length; i++) {
                assertEquals(i * 1000 + round, all[i].resume());
            }
        }
    }

    @Test
    void identity() {
        lua.execute("co = coroutine.create(print)");
        assertEquals(lua.eval("co"), lua.eval("co"));
        assertTrue(lua.eval("co").toString().startsWith("thread: "));
        assertEquals(true, lua.eval("co == (...)", lua.eval("co")));
    }

    // -- Made in Java ----------------------------------------------------------------------------------------------

    private LuaFunction function(String expression) {
        return assertInstanceOf(LuaFunction.class, lua.eval(expression));
    }

    @Test
    void fromAFunctionWithArguments() {
        LuaFunction range = function("function(a, b, c) for i = a, b do coroutine.yield(i) end return c end");
        LuaCoroutine co = range.coroutine(1, 3, "end");
        assertEquals(Status.SUSPENDED, co.status());
        assertEquals(List.of(1, 2, 3, "end"), co.stream().toList());
        assertTrue(co.isDone());
        LuaCoroutine later = range.coroutine(1);
        assertEquals(1, later.resume(2, "late"));
        assertEquals(Arrays.asList(2, "late"), later.stream().toList());
        assertEquals(
                Arrays.asList((Object) null),
                function("function(...) return (select(2, ...)) end").coroutine(1, null).stream()
                        .toList());
        Object[] fifty = java.util.stream.IntStream.rangeClosed(1, 50).boxed().toArray();
        assertEquals(
                50,
                function("function(...) return select('#', ...) end")
                        .coroutine(fifty)
                        .next());
        assertThrows(IllegalArgumentException.class, () -> range.coroutine(new Object[51]));
        lua.globals().put("co", range.coroutine(7, 8));
        assertEquals(List.of(true, 7), lua.eval("coroutine.resume(co)"), "its arguments are its own, also in Lua");
    }

    @Test
    void walkedInAllWays() {
        LuaFunction three = function("function() for i = 1, 3 do coroutine.yield(i) end end");
        int sum = 0;
        for (Object item : three.coroutine().iterable()) {
            sum += (Integer) item;
        }
        assertEquals(6, sum);
        assertEquals(
                6, three.coroutine().stream().mapToInt(item -> (Integer) item).sum());
        List<Object> items = new ArrayList<>();
        three.coroutine().forEachRemaining(items::add);
        assertEquals(List.of(1, 2, 3), items);
        LuaCoroutine co = three.coroutine();
        assertTrue(co.hasNext());
        assertTrue(co.hasNext(), "looking twice changes nothing");
        assertEquals(1, co.next());
        assertEquals(2, co.next());
        assertEquals(3, co.next());
        assertFalse(co.isDone(), "only hasNext looks ahead");
        assertFalse(co.hasNext());
        assertTrue(co.isDone());
        assertThrows(NoSuchElementException.class, co::next);
        assertThrows(NoSuchElementException.class, () -> co.send(null));
        assertThrows(NoSuchElementException.class, () -> co.send(1));
        assertFalse(co.hasNext());
    }

    @Test
    void theReturnedValuesAreTheLastItem() {
        assertEquals(
                List.of(1),
                function("function() return 1 end").coroutine().stream().toList());
        assertEquals(
                List.of(List.of(1, 2)),
                function("function() return 1, 2 end").coroutine().stream().toList());
        assertEquals(
                Arrays.asList((Object) null),
                function("function() return nil end").coroutine().stream().toList());
        assertEquals(List.of(), function("function() end").coroutine().stream().toList());
        assertEquals(
                Arrays.asList(null, 1),
                function("function() coroutine.yield() return 1 end").coroutine().stream()
                        .toList());
        LuaCoroutine co = function("function() return 'last' end").coroutine();
        assertTrue(co.hasNext());
        assertFalse(co.isDone(), "the item waits");
        assertEquals(Status.DEAD, co.status());
        assertEquals("last", co.next());
        assertTrue(co.isDone());
        LuaCoroutine ended = function("function() coroutine.yield(1) end").coroutine();
        assertEquals(1, ended.next());
        assertThrows(NoSuchElementException.class, ended::next);
        assertTrue(ended.isDone());
    }

    @Test
    void sending() {
        LuaFunction counter = function("function(start) local n = start while true do"
                + " local step = coroutine.yield(n) if step == nil then step = 1 end n = n + step end end");
        LuaCoroutine co = counter.coroutine(10);
        assertThrows(IllegalStateException.class, () -> co.send(5));
        assertEquals(10, co.send(null));
        assertEquals(15, co.send(5));
        assertEquals(16, co.send(null));
        assertEquals(17, co.next());
        assertTrue(co.hasNext());
        assertThrows(IllegalStateException.class, () -> co.send(5));
        assertThrows(IllegalStateException.class, () -> co.resume(5));
        assertEquals(18, co.send(null));
        assertTrue(co.hasNext());
        assertEquals(19, co.resume());
        assertEquals(24, co.resume(5));
    }

    @Test
    void unstartedOnesMadeInLuaAreFactories() {
        LuaCoroutine factory = coroutine("function(n) for i = 1, n do coroutine.yield(i % 2) end end");
        LuaCoroutine one = factory.call(4);
        LuaCoroutine two = factory.call(2);
        assertEquals(1, one.next());
        assertEquals(List.of(1, 0), two.stream().toList());
        assertEquals(List.of(0, 1, 0), one.stream().toList());
        assertEquals(Status.SUSPENDED, factory.status());
        assertEquals(List.of(1), factory.call(1).stream().toList());
        assertEquals(1, factory.resume(4));
        assertThrows(IllegalStateException.class, () -> factory.call(4), "started");
        LuaCoroutine made = function("function(n) return n end").coroutine(1);
        assertThrows(IllegalStateException.class, () -> made.call(2));
        assertThrows(IllegalStateException.class, () -> two.call(2));
        assertEquals(
                List.of(),
                coroutine("function(...) if select('#', ...) > 0 then return 1 end end").call().stream()
                        .toList());
    }

    @Test
    void handedOverHalfRun() {
        lua.execute("co = coroutine.create(function(a) local b = coroutine.yield(a) local c = coroutine.yield(a + b)"
                + " return a + b + c end) coroutine.resume(co, 1)");
        LuaCoroutine co = (LuaCoroutine) lua.eval("co");
        assertEquals(11, co.send(10));
        lua.globals().put("result", co.send(100));
        assertEquals(111, lua.eval("result"));
        assertEquals("dead", lua.eval("coroutine.status(co)"));
    }

    @Test
    void errorsBringTheCoroutinesOwnFrames() {
        lua.execute(LuaSource.of(
                "function inner() error('boom') end\nfunction body()\n  coroutine.yield(1)\n  inner()\nend",
                "@co.lua"));
        LuaCoroutine co = ((LuaFunction) lua.eval("body")).coroutine();
        assertEquals(1, co.next());
        LuaException e = assertThrows(LuaException.class, co::next);
        assertEquals("co.lua:1: boom", e.getMessage());
        List<Integer> lines = e.luaStackTrace().stream()
                .filter(frame -> "co.lua".equals(frame.getFileName()))
                .map(StackTraceElement::getLineNumber)
                .toList();
        assertEquals(List.of(1, 4), lines);
        assertTrue(co.isDone());
        assertFalse(co.hasNext());
        LuaCoroutine looked = function("function() error({}) end").coroutine();
        assertThrows(LuaException.class, looked::hasNext);
        assertFalse(looked.hasNext());
        assertThrows(NoSuchElementException.class, looked::next);
    }

    @Test
    void halfRunOnesAreFreed() throws InterruptedException {
        LuaTable held = (LuaTable) lua.eval("setmetatable({}, {__mode = 'v'})");
        LuaFunction body = function("function(weak) local big = {} weak[1] = big coroutine.yield() return big end");
        LuaCoroutine co = body.coroutine(held);
        co.next();
        lua.gc();
        assertEquals(1, held.size());
        co.close();
        lua.gc();
        assertEquals(0, held.size());
        body.coroutine(held).next();
        assertTrue(Garbage.collectUntil(() -> {
            lua.gc();
            return held.isEmpty();
        }));
    }

    @Test
    void javaInsideUsesTheRuntime() {
        lua.globals().put("java_side", lua.function(arguments -> lua.eval("... * 2", arguments[0])));
        LuaCoroutine outer = function("function() local inner = coroutine.wrap(function()"
                        + " coroutine.yield(java_side(1)) coroutine.yield(java_side(2)) end)"
                        + " coroutine.yield(inner()) coroutine.yield(inner() + java_side(10)) end")
                .coroutine();
        assertEquals(List.of(2, 24), outer.stream().toList());
        lua.globals().put("next_of", lua.function(arguments -> ((LuaCoroutine) arguments[0]).next()));
        LuaCoroutine nested = function("function() local co = coroutine.create(function() coroutine.yield('deep') end)"
                        + " coroutine.yield(next_of(co)) end")
                .coroutine();
        assertEquals("deep", nested.next());
    }

    @Test
    void afterTheRuntimeIsClosed() {
        LuaCoroutine co = function("function() coroutine.yield(1) end").coroutine();
        co.next();
        lua.close();
        assertThrows(LuaClosedException.class, co::next);
        assertThrows(LuaClosedException.class, co::hasNext);
        assertThrows(LuaClosedException.class, co::status);
        co.close();
    }
}
