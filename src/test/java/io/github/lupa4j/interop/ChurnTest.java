package io.github.lupa4j.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.testing.Garbage;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Temporaries of both languages leave nothing behind. The system property {@code lupa4j.churn} sets how many are made,
 * 10,000,000 to see both heaps stay flat for minutes.
 */
class ChurnTest {
    private static final int TIMES = Integer.getInteger("lupa4j.churn", 300_000);

    private interface Consumer {
        void take(Runnable runnable);
    }

    private final LuaWith lua = LuaWith.objects(
            "new",
            (Callable<Object>) () -> new int[4],
            "take",
            (Consumer) r -> {},
            "list",
            new ArrayList<>(),
            "StringBuilder",
            StringBuilder.class);

    @AfterEach
    void close() {
        lua.close();
    }

    private void isFlat(String body) {
        LuaFunction loop = (LuaFunction) lua.eval("function(n) for i = 1, n do " + body + " end end");
        churn(loop); // What is reused afterwards grows to its size.
        long usedByJava = usedByJava();
        long usedByLua = usedByLua(Long.MAX_VALUE);
        churn(loop);
        long moreOfJava = usedByJava() - usedByJava;
        long moreOfLua = usedByLua(usedByLua + 3_000_000) - usedByLua;
        assertTrue(moreOfLua < 3_000_000, body + " left " + moreOfLua + " bytes in Lua");
        assertTrue(moreOfJava < 8_000_000, body + " left " + moreOfJava + " bytes in Java");
    }

    private static void churn(LuaFunction loop) {
        for (int i = 0; i < 10; i++) {
            loop.call(TIMES / 10);
        }
    }

    /** The JVM tells of dropped handles by and by: looks again, for a while, if more is in use than there should be. */
    private long usedByLua(long expected) {
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 20 && used >= expected; i++) {
            LockSupport.parkNanos(i * 20_000_000L);
            lua.lua.gc();
            used = lua.lua.memoryUsed();
        }
        return used;
    }

    private static long usedByJava() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    void wrappedObjects() {
        isFlat("local a = new() a[1] = i");
        isFlat("StringBuilder('x'):append(i):append('y')");
    }

    @Test
    void argumentsFromJava() {
        LuaFunction function = (LuaFunction) lua.eval("function(o) end");
        for (int i = 0; i < TIMES; i++) {
            function.call(new int[4]);
        }
        assertTrue(lua.lua.memoryUsed() < 5_000_000, lua.lua.memoryUsed() + " bytes");
    }

    @Test
    void boundMethods() {
        isFlat("local f = StringBuilder(16).append f(i)");
    }

    @Test
    void proxiesAndClosures() {
        isFlat("take(function() return i end)");
    }

    @Test
    void tablesThatBecomeCollections() {
        isFlat("list:addAll({i, 2, 3}) list:clear()");
    }

    @Test
    void walks() {
        isFlat("for k, v in ipairs(list) do end");
    }

    @Test
    void aUserdataKeepsItsObjectAliveAndNoLonger() throws InterruptedException {
        WeakReference<Object> kept = put();
        lua.lua.gc();
        System.gc();
        assertTrue(kept.get() != null);
        assertEquals(0, lua.eval("o:size()"));
        lua.run("f = o.size o = nil");
        lua.lua.gc();
        System.gc();
        assertTrue(kept.get() != null, "a bound method keeps its object");
        lua.run("f = nil");
        for (int i = 0; i < 100 && kept.get() != null; i++) {
            lua.lua.gc();
            System.gc();
            Thread.sleep(10);
        }
        assertNull(kept.get());
    }

    private WeakReference<Object> put() {
        Object object = new ArrayList<>();
        lua.lua.globals().put("o", object);
        return new WeakReference<>(object);
    }

    /** Not only when the runtime is used the next time. */
    @Test
    void whatLuaHasCollectedIsLetGo() throws Exception {
        try (LuaRuntime lua = LuaRuntime.create()) {
            Object object = new Object();
            WeakReference<Object> seen = new WeakReference<>(object);
            lua.globals().put("o", object);
            object = null;
            lua.execute("local copy = o o = nil copy = nil collectgarbage() collectgarbage()");
            assertTrue(Garbage.collectUntil(() -> seen.get() == null));
        }
    }
}
