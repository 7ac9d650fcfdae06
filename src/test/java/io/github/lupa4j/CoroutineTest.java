package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaCoroutine.Status;
import java.util.List;
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
}
