package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.testing.Garbage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several threads on one runtime, on several, and threads that are interrupted. */
@Timeout(60)
class ThreadTest {
    private final LuaRuntime lua = LuaRuntime.create();

    @AfterEach
    void close() {
        lua.close();
    }

    private interface Code {
        @Nullable
        Object run() throws Exception;
    }

    /** A thread that runs code and keeps how it ended. */
    private static final class Runner {
        private final FutureTask<Object> task;
        private final Thread thread;
        private final AtomicBoolean stillInterrupted = new AtomicBoolean();

        Runner(Code code) {
            task = new FutureTask<>(() -> {
                try {
                    return code.run();
                } catch (Throwable e) {
                    return e;
                } finally {
                    stillInterrupted.set(Thread.currentThread().isInterrupted());
                }
            });
            thread = new Thread(task, "runner");
            thread.setDaemon(true);
            thread.start();
        }

        Object end() throws Exception {
            return task.get(30, TimeUnit.SECONDS);
        }
    }

    // -- Thread.interrupt ----------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "started() while true do end",
                "started() while true do pcall(function() while true do end end) end",
                "started() coroutine.wrap(function() while true do end end)()",
                "started() local t = setmetatable({}, {__index = function(t, k) return k end})"
                        + " while true do local x = t.y end",
                "started() while true do noop() end",
                "started() table.sort({3, 2, 1}, function() while true do end end)"
            })
    void interruptStopsARunningScript(String script) throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        lua.globals().put("started", lua.function(arguments -> {
            started.countDown();
            return null;
        }));
        lua.globals().put("noop", lua.function(arguments -> null));
        Runner runner = new Runner(() -> lua.execute(script));
        started.await();
        Thread.sleep(10);
        long begin = System.nanoTime();
        runner.thread.interrupt();
        assertInstanceOf(LuaInterruptedException.class, runner.end());
        assertTrue(runner.stillInterrupted.get(), "the thread's flag is its owner's to clear");
        long millis = (System.nanoTime() - begin) / 1_000_000;
        assertTrue(millis < 2000, "took " + millis + " ms");
        assertEquals(2, lua.eval("1 + 1"));
    }

    @Test
    void anInterruptedThreadStartsNothing() throws Exception {
        LuaFunction mark = (LuaFunction) lua.eval("function() ran = true end");
        LuaTable globals = lua.globals();
        globals.put("mark", mark);
        LuaCoroutine coroutine = (LuaCoroutine) lua.eval("coroutine.create(mark)");
        List<Code> starts = List.of(
                () -> lua.eval("mark()"),
                () -> lua.execute("mark()"),
                mark::call,
                () -> globals.call("mark"),
                coroutine::resume);
        for (Code start : starts) {
            Runner runner = new Runner(() -> {
                Thread.currentThread().interrupt();
                return start.run();
            });
            assertInstanceOf(LuaInterruptedException.class, runner.end());
        }
        assertNull(lua.eval("ran"));
        // What runs no script goes on: a thread that ends may still tidy up.
        Runner tidy = new Runner(() -> {
            Thread.currentThread().interrupt();
            globals.put("tidy", 1);
            mark.close();
            return globals.get("tidy");
        });
        assertEquals(1, tidy.end());
    }

    @Test
    void anInterruptInACallbackEndsTheScriptAroundIt() throws Exception {
        lua.globals().put("inner", lua.function(arguments -> {
            Thread.currentThread().interrupt();
            return lua.eval("1");
        }));
        Runner runner = new Runner(() -> lua.execute("pcall(inner) while true do end"));
        assertInstanceOf(LuaInterruptedException.class, runner.end());
        assertEquals(2, lua.eval("1 + 1"));
    }

    @Test
    void interruptsStopOnlyTheirOwnScript() throws Exception {
        try (LuaRuntime other = LuaRuntime.create()) {
            CountDownLatch both = new CountDownLatch(2);
            for (LuaRuntime each : List.of(lua, other)) {
                each.globals().put("started", each.function(arguments -> {
                    both.countDown();
                    return null;
                }));
            }
            Runner stopped = new Runner(() -> lua.execute("started() while true do end"));
            Runner goesOn = new Runner(() -> other.execute("started() while not done do end return 'done'"));
            both.await();
            stopped.thread.interrupt();
            assertInstanceOf(LuaInterruptedException.class, stopped.end());
            Thread.sleep(100);
            assertTrue(goesOn.thread.isAlive());
            other.interrupt();
            assertInstanceOf(LuaInterruptedException.class, goesOn.end());
        }
    }

    @Test
    void interruptsAreNoticedAfterAPause() throws Exception {
        lua.eval("1");
        Thread.sleep(2500); // the watch has gone to sleep
        CountDownLatch started = new CountDownLatch(1);
        lua.globals().put("started", lua.function(arguments -> {
            started.countDown();
            return null;
        }));
        Runner runner = new Runner(() -> lua.execute("started() while true do end"));
        started.await();
        runner.thread.interrupt();
        assertInstanceOf(LuaInterruptedException.class, runner.end());
    }

    // -- One runtime, several threads ------------------------------------------------------------------------------

    @Test
    void callsFromSeveralThreadsTakeTurns() throws Exception {
        LuaFunction increment = (LuaFunction) lua.eval("function() count = (count or 0) + 1 return count end");
        Set<Object> seen = ConcurrentHashMap.newKeySet();
        inParallel(4, thread -> {
            for (int i = 0; i < 5000; i++) {
                seen.add(increment.call());
            }
        });
        assertEquals(20_000, seen.size());
        assertEquals(20_000, lua.eval("count"));
    }

    private interface Work {
        void run(int thread) throws Exception;
    }

    private static void inParallel(int threads, Work work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                all.add(pool.submit(() -> {
                    work.run(thread);
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get(50, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void severalThreadsShareOneIterator() throws Exception {
        LuaCoroutine numbers =
                ((LuaFunction) lua.eval("function() for i = 1, 4000 do coroutine.yield(i) end end")).coroutine();
        Set<Object> seen = ConcurrentHashMap.newKeySet();
        inParallel(4, thread -> {
            while (true) {
                Object next;
                synchronized (numbers) {
                    if (!numbers.hasNext()) {
                        return;
                    }
                    next = numbers.next();
                }
                assertTrue(seen.add(next));
            }
        });
        assertEquals(4000, seen.size());
    }

    @Test
    void everyThreadWalksATableOfItsOwn() throws Exception {
        LuaTable table =
                (LuaTable) lua.eval("(function() local t = {} for i = 1, 3000 do t['k' .. i] = i end return t end)()");
        inParallel(4, thread -> {
            Set<Object> seen = new HashSet<>();
            for (Map.Entry<Object, Object> entry : table.entrySet()) {
                seen.add(entry.getValue());
            }
            assertEquals(3000, seen.size());
        });
    }

    @Test
    void runtimesRunInParallel() throws Exception {
        CountDownLatch meeting = new CountDownLatch(4);
        inParallel(4, thread -> {
            try (LuaRuntime own = LuaRuntime.create()) {
                own.globals().put("meet", own.function(arguments -> {
                    meeting.countDown();
                    return meeting.await(20, TimeUnit.SECONDS);
                }));
                assertEquals(true, own.eval("meet()"), "the others are inside their scripts too");
            }
        });
    }

    @Test
    void handlesOfOneRuntimeUsedInAnother() throws Exception {
        LuaTable theirs = lua.table(1, 2);
        inParallel(3, thread -> {
            try (LuaRuntime own = LuaRuntime.create()) {
                LuaFunction print = (LuaFunction) own.eval("type");
                for (int i = 0; i < 200; i++) {
                    assertThrows(IllegalArgumentException.class, () -> print.call(theirs));
                    assertEquals("number", print.call(theirs.get(1)));
                }
            }
        });
    }

    // -- Collectors and scripts
    // ----------------------------------------------------------------------------------------

    /** A collector that had to take the lock of a runtime, while a script in it waits for the collector. */
    @Test
    void aCollectorNeverWaitsForAScript() throws Exception {
        lua.globals().put("collect", lua.function(arguments -> {
            for (int i = 0; i < 3; i++) {
                Object[] dropped =
                        IntStream.range(0, 200).mapToObj(n -> lua.table(n)).toArray();
                assertEquals(200, dropped.length);
                System.gc();
                // A garbage collector that blocks would never let this thread's own finalizer run.
                CountDownLatch finalized = new CountDownLatch(1);
                java.lang.ref.Cleaner.create().register(new Object(), finalized::countDown);
                assertTrue(Garbage.collectUntil(() -> finalized.getCount() == 0));
            }
            return "collected";
        }));
        Runner dropper = new Runner(() -> {
            for (int i = 0; i < 20_000; i++) {
                lua.table(i);
            }
            return "dropped";
        });
        assertEquals("collected", lua.eval("collect()"));
        assertEquals("dropped", dropper.end());
    }

    /** Two runtimes that call each other from two threads while both are collected. */
    @Test
    void finalizersOfTwoRuntimesDoNotWaitForEachOther() throws Exception {
        try (LuaRuntime other = LuaRuntime.create()) {
            List<LuaRuntime> both = List.of(lua, other);
            for (LuaRuntime each : both) {
                LuaFunction collect = (LuaFunction) each.eval("collectgarbage");
                each.globals().put("garbage", each.function(arguments -> {
                    collect.call("step", 100);
                    return null;
                }));
                each.execute("function churn(n) for i = 1, n do local p = newproxy(true)"
                        + " getmetatable(p).__gc = function() pcall(garbage) end p = nil end end");
            }
            inParallel(2, thread -> {
                LuaFunction churn = (LuaFunction) both.get(thread).globals().get("churn");
                for (int i = 0; i < 50; i++) {
                    churn.call(100);
                    System.gc();
                }
            });
        }
    }

    @Test
    void handlesDroppedOnAnyThreadAreGivenBack() throws Exception {
        LuaTable watch = (LuaTable) lua.eval("setmetatable({}, {__mode = 'k'})");
        inParallel(4, thread -> {
            for (int i = 0; i < 500; i++) {
                LuaTable dropped = lua.table(thread, i);
                watch.put(dropped, true);
            }
        });
        assertTrue(Garbage.collectUntil(() -> {
            lua.gc();
            return watch.isEmpty();
        }));
    }

    @Test
    void aThreadWithoutTheLockCannotGiveItUp() {
        assertThrows(IllegalMonitorStateException.class, lua::unlock);
        lua.lock();
        lua.lock();
        lua.unlock();
        lua.unlock();
        assertThrows(IllegalMonitorStateException.class, lua::unlock);
        Iterator<Object> none = lua.table().keySet().iterator();
        assertTrue(!none.hasNext());
    }

    /** A handle that nobody uses after a call is unreachable during it; what it stands for must last to its end. */
    @Test
    void handlesLastAsLongAsTheirLastUse() throws Exception {
        try (LuaRuntime lua = LuaRuntime.create()) {
            lua.execute("T = {x = 5} function busy() for i = 1, 2000 do local t = {} end return T end");
            LuaFunction busy = (LuaFunction) lua.globals().get("busy");
            long end = System.nanoTime() + 3_000_000_000L;
            List<FutureTask<Long>> tasks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                FutureTask<Long> task = new FutureTask<>(() -> {
                    long sum = 0;
                    while (System.nanoTime() < end) {
                        LuaTable table = (LuaTable) busy.call();
                        sum += ((Integer) table.get("x")) + table.size();
                        sum += ((Integer) lua.execute("return 1"));
                        sum += ((LuaFunction) lua.globals().get("busy"))
                                        .coroutine()
                                        .hasNext()
                                ? 1
                                : 0;
                    }
                    return sum;
                });
                tasks.add(task);
                new Thread(task).start();
            }
            while (System.nanoTime() < end) {
                System.gc();
                Thread.sleep(5);
            }
            for (FutureTask<Long> task : tasks) {
                assertTrue(task.get() > 0);
            }
        }
    }

    @Test
    void closingAHandleWaitsForNobody() throws Exception {
        try (LuaRuntime lua = LuaRuntime.create()) {
            LuaTable table = lua.table(1);
            lua.globals().put("closeElsewhere", (Runnable) () -> {
                Thread other = new Thread(table::close);
                other.start();
                try {
                    other.join(10_000);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                assertEquals(false, other.isAlive());
            });
            lua.execute("closeElsewhere()");
            assertThrows(IllegalStateException.class, table::size);
        }
    }
}
