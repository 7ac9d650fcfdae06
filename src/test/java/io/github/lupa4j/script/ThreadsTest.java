package io.github.lupa4j.script;

import static io.github.lupa4j.testing.Stacks.KB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.lupa4j.LuaClosedException;
import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaInterruptedException;
import io.github.lupa4j.testing.Stacks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import javax.script.CompiledScript;
import javax.script.ScriptException;
import javax.script.SimpleBindings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any thread may use an engine; those that meet take turns. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ThreadsTest {
    private static final int THREADS = 8;

    private final LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine();

    @AfterEach
    void close() {
        engine.close();
    }

    /** Runs the same on several threads that begin together; what one of them throws comes out. */
    private static void together(ExecutorService pool, int threads, IntFunction<Callable<?>> work) throws Exception {
        CountDownLatch ready = new CountDownLatch(threads);
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Callable<?> mine = work.apply(i);
            running.add(pool.submit(() -> {
                ready.countDown();
                ready.await();
                return mine.call();
            }));
        }
        for (Future<?> future : running) {
            future.get(50, TimeUnit.SECONDS);
        }
    }

    private static void together(int threads, IntFunction<Callable<?>> work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            together(pool, threads, work);
        } finally {
            pool.shutdownNow();
        }
    }

    // -- One engine ----------------------------------------------------------------------------------------------

    @Test
    void evaluationsOfOneEngineTakeTurns() throws Exception {
        engine.put("n", 0);
        CompiledScript increment = engine.compile("local before = n for i = 1, 10 do n = n + 1 end return n - before");
        engine.eval("function add() local before = n for i = 1, 10 do n = n + 1 end return n - before end");
        LuaFunction add = (LuaFunction) engine.get("add");
        together(THREADS, i -> () -> {
            for (int k = 0; k < 200; k++) {
                assertEquals(10, increment.eval());
                assertEquals(10, engine.invokeFunction("add"));
                assertEquals(10, add.call());
                assertEquals(10, engine.eval("return add()"));
            }
            return null;
        });
        assertEquals(THREADS * 200 * 40, engine.get("n"));
    }

    @Test
    void everyKindOfUseAtOnce() throws Exception {
        engine.eval("t = {} function id(...) return ... end function run() end");
        together(THREADS, i -> () -> {
            String mine = "thread " + i;
            for (int k = 0; k < 300; k++) {
                int n = k;
                assertEquals(List.of(mine, n), engine.invokeFunction("id", mine, n));
                SimpleBindings bindings = new SimpleBindings();
                bindings.put("x", mine);
                assertEquals(mine + n, engine.eval("y = x .. " + n % 10 + " return x .. " + n, bindings));
                assertEquals(mine + n % 10, bindings.get("y"));
                engine.put(mine, n);
                assertEquals(n, engine.get(mine));
                var table = engine.runtime().table(mine, n, new Object());
                assertEquals(3, table.size());
                assertEquals(List.of(mine, n), List.of(table.get(1), table.get(2)));
                assertThrows(ScriptException.class, () -> engine.eval("error('" + mine + "')"));
                assertNotNull(engine.getInterface(Runnable.class)).run();
                if (n % 100 == 0) {
                    engine.runtime().gc();
                }
            }
            return null;
        });
    }

    private static <T> T assertNotNull(T value) {
        org.junit.jupiter.api.Assertions.assertNotNull(value);
        return value;
    }

    @Test
    void theLockIsReentrant() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        engine.put("critical", (Supplier<Object>) () -> {
            assertEquals(1, inside.incrementAndGet(), "one thread is in Lua at a time");
            try {
                return engine.eval("return 1 + 1");
            } catch (ScriptException e) {
                throw new IllegalStateException(e);
            } finally {
                inside.decrementAndGet();
            }
        });
        together(THREADS, i -> () -> {
            for (int k = 0; k < 100; k++) {
                assertEquals(4, engine.eval("return critical() + critical()"));
            }
            return null;
        });
    }

    @Test
    void severalOperationsUnderTheLock() throws Exception {
        engine.put("n", 0);
        together(THREADS, i -> () -> {
            for (int k = 0; k < 100; k++) {
                engine.runtime().lock();
                try {
                    int n = (Integer) engine.get("n");
                    Thread.yield();
                    engine.put("n", n + 1);
                } finally {
                    engine.runtime().unlock();
                }
            }
            return null;
        });
        assertEquals(THREADS * 100, engine.get("n"));
        assertThrows(IllegalMonitorStateException.class, () -> engine.runtime().unlock());
    }

    @Test
    void coroutinesMoveBetweenThreads() throws Exception {
        var coroutine = (io.github.lupa4j.LuaCoroutine)
                engine.eval("coroutine.create(function() for i = 1, 100 do coroutine.yield(i) end end)");
        CyclicBarrier turn = new CyclicBarrier(2);
        together(2, t -> () -> {
            for (int i = 1; i <= 100; i++) {
                if (i % 2 == t) {
                    assertEquals(i, coroutine.resume());
                }
                turn.await();
            }
            return null;
        });
    }

    @Test
    void aCompiledScriptIsSharedWithFreshBindings() throws Exception {
        CompiledScript script = engine.compile("local function f(n) return n * x end y = f(2) return y");
        together(THREADS, i -> () -> {
            for (int k = 0; k < 300; k++) {
                SimpleBindings bindings = new SimpleBindings();
                bindings.put("x", i * 1000 + k);
                assertEquals(2 * (i * 1000 + k), script.eval(bindings));
                assertEquals(2 * (i * 1000 + k), bindings.get("y"));
            }
            return null;
        });
    }

    // -- Several engines -----------------------------------------------------------------------------------------

    @Test
    void enginesRunInParallel() throws Exception {
        CyclicBarrier bothInside = new CyclicBarrier(4);
        together(4, i -> () -> {
            try (LuaScriptEngine mine = new LuaScriptEngineFactory().getScriptEngine()) {
                mine.put("meet", (Callable<Object>) () -> bothInside.await(20, TimeUnit.SECONDS) >= 0);
                for (int k = 0; k < 20; k++) {
                    assertEquals(true, mine.eval("local s = 0 for i = 1, 1e4 do s = s + i end return meet()"));
                }
                return null;
            }
        });
    }

    @Test
    void createdOnOneUsedOnOthersClosedOnAThird() throws Exception {
        for (int i = 0; i < 20; i++) {
            LuaScriptEngine wanderer = Stacks.on(512 * KB, () -> new LuaScriptEngineFactory().getScriptEngine());
            for (int k = 0; k < 3; k++) {
                assertEquals(3, Stacks.on(512 * KB, () -> wanderer.eval("return #('abc')")));
            }
            Stacks.on(512 * KB, () -> {
                wanderer.close();
                return null;
            });
        }
    }

    @Test
    void enginesComeAndGoOnManyThreads() throws Exception {
        together(THREADS, i -> () -> {
            for (int k = 0; k < 30; k++) {
                try (LuaScriptEngine mine = new LuaScriptEngineFactory().getScriptEngine()) {
                    mine.put("x", k);
                    assertEquals(k * 2, mine.eval("return x * 2"));
                }
            }
            return null;
        });
    }

    @Test
    void aHandleOfAnotherEngineIsAClearErrorOnAnyThread() throws Exception {
        try (LuaScriptEngine other = new LuaScriptEngineFactory().getScriptEngine()) {
            Object foreign = other.eval("{}");
            engine.eval("function id(x) return x end");
            together(4, i -> () -> {
                for (int k = 0; k < 100; k++) {
                    ScriptException e = assertThrows(ScriptException.class, () -> engine.invokeFunction("id", foreign));
                    assertInstanceOf(IllegalArgumentException.class, e.getCause());
                }
                return null;
            });
        }
    }

    // -- Stacks and virtual threads --------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(longs = {192, 256, 512})
    void smallStacksAreEnough(long kilobytes) throws Exception {
        Function<String, Object> upper = String::toUpperCase;
        engine.put("upper", upper);
        assertEquals("ABC", Stacks.on(kilobytes * KB, () -> engine.eval("return upper('abc')")));
        assertEquals(
                "A-B",
                Stacks.on(
                        kilobytes * KB,
                        () -> engine.eval(
                                "return (('a-b'):gsub('%a', function(c)" + " return upper(c) end))",
                                new SimpleBindings(new HashMap<>(Map.of("upper", upper))))));
        assertEquals(2, Stacks.on(kilobytes * KB, () -> {
            try (LuaScriptEngine mine = new LuaScriptEngineFactory().getScriptEngine()) {
                return mine.eval("1 + 1");
            }
        }));
    }

    private static ExecutorService virtualThreads() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException | UnsupportedOperationException e) {
            assumeTrue(false, "this JDK has no virtual threads");
            throw new IllegalStateException(e);
        }
    }

    @Test
    void virtualThreadsShareAnEngine() throws Exception {
        ExecutorService pool = virtualThreads();
        try {
            engine.put("n", 0);
            engine.put("pause", (Callable<Object>) () -> {
                Thread.sleep(1);
                return null;
            });
            engine.eval("function add() local before = n pause() n = n + 1 return n - before end");
            together(pool, 200, i -> () -> {
                assertEquals(1, engine.invokeFunction("add"));
                assertEquals("v" + i, engine.eval("return 'v' .. " + i));
                return null;
            });
            assertEquals(200, engine.get("n"));
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void virtualThreadsHaveEnginesOfTheirOwn() throws Exception {
        ExecutorService pool = virtualThreads();
        try {
            together(pool, 50, i -> () -> {
                try (LuaScriptEngine mine = new LuaScriptEngineFactory().getScriptEngine()) {
                    mine.put("pause", (Callable<Object>) () -> {
                        Thread.sleep(1);
                        return i;
                    });
                    for (int k = 0; k < 5; k++) {
                        assertEquals(i * 2, mine.eval("return pause() + pause()"));
                    }
                    assertThrows(
                            ScriptException.class, () -> mine.eval("local function f() return 1 + f() end return f()"));
                    assertThrows(
                            ScriptException.class,
                            () -> mine.eval("local function f() return (('x'):gsub('x', f)) end return f()"));
                    assertEquals(2, mine.eval("1 + 1"));
                }
                return null;
            });
        } finally {
            pool.shutdownNow();
        }
    }

    // -- From another thread -----------------------------------------------------------------------------------------

    private FutureTask<ScriptException> runaway(String script) throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        engine.put("started", (Runnable) started::countDown);
        FutureTask<ScriptException> run =
                new FutureTask<>(() -> assertThrows(ScriptException.class, () -> engine.eval("started() " + script)));
        new Thread(run).start();
        assertTrue(started.await(10, TimeUnit.SECONDS));
        return run;
    }

    @Test
    void closeStopsARunningScript() throws Exception {
        FutureTask<ScriptException> run = runaway("while true do end");
        engine.close();
        assertInstanceOf(LuaClosedException.class, run.get(20, TimeUnit.SECONDS).getCause());
    }

    @Test
    void interruptStopsTheRunningScriptAndNotThoseThatWait() throws Exception {
        FutureTask<ScriptException> run = runaway("while true do end");
        FutureTask<Object> waiting = new FutureTask<>(() -> engine.eval("return 'my turn'"));
        new Thread(waiting).start();
        Thread.sleep(20);
        engine.runtime().interrupt();
        assertInstanceOf(
                LuaInterruptedException.class, run.get(20, TimeUnit.SECONDS).getCause());
        assertEquals("my turn", waiting.get(20, TimeUnit.SECONDS));
    }

    @Test
    void closeWakesThoseThatWait() throws Exception {
        FutureTask<ScriptException> run = runaway("while true do end");
        List<FutureTask<?>> waiting = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            FutureTask<?> task = new FutureTask<>(() -> assertInstanceOf(
                    LuaClosedException.class,
                    assertThrows(Exception.class, () -> {
                                while (true) {
                                    engine.eval("return 1");
                                }
                            })
                            .getCause()));
            new Thread(task).start();
            waiting.add(task);
        }
        Thread.sleep(20);
        engine.close();
        run.get(20, TimeUnit.SECONDS);
        for (FutureTask<?> task : waiting) {
            task.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void aThreadThatIsInterruptedWhileItWaitsKeepsItsFlag() throws Exception {
        FutureTask<ScriptException> run = runaway("while true do end");
        FutureTask<Boolean> waiting = new FutureTask<>(() -> {
            try {
                engine.eval("return 1");
            } catch (ScriptException e) {
                assertNotNull(e.getMessage());
            }
            return Thread.currentThread().isInterrupted();
        });
        Thread waiter = new Thread(waiting);
        waiter.start();
        Thread.sleep(20);
        waiter.interrupt();
        Thread.sleep(20);
        engine.runtime().interrupt();
        run.get(20, TimeUnit.SECONDS);
        assertEquals(true, waiting.get(20, TimeUnit.SECONDS));
    }
}
