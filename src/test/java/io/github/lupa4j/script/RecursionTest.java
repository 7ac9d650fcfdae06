package io.github.lupa4j.script;

import static io.github.lupa4j.testing.Stacks.KB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.testing.ChildJvm;
import io.github.lupa4j.testing.Stacks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.script.Bindings;
import javax.script.ScriptException;
import javax.script.SimpleBindings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runaway recursion on small stacks: an exception each time, and the engine works afterwards on the same thread. */
class RecursionTest {
    private static final List<String> SMALL = List.of("512", "1024");
    private static final List<String> ALL = List.of("512", "1024", "8192");

    final LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine();

    @AfterEach
    void close() {
        engine.close();
    }

    private void assertWorks() throws ScriptException {
        assertEquals(5050, engine.eval("local s = 0 for i = 1, 100 do s = s + i end return s"));
        assertEquals("A", engine.eval("(('a'):gsub('a', function(c) return c:upper() end))"));
        assertEquals(120, engine.eval("local function f(n) return n == 0 and 1 or n * f(n - 1) end return f(5)"));
    }

    private static Stream<Arguments> on(List<String> stacks, String... scripts) {
        return stacks.stream().flatMap(stack -> Stream.of(scripts).map(script -> Arguments.of(stack, script)));
    }

    // -- Inside Lua ----------------------------------------------------------------------------------------------

    static Stream<Arguments> runaways() {
        return on(
                ALL,
                "local function f(n) return 1 + f(n + 1) end f(1)",
                "local function f(...) return 1 + f(1, 2, 3, ...) end f()",
                "local function f() return (string.gsub('x', 'x', f)) end f()",
                "local function f() string.gsub('x', 'x', f) return 'x' end f()",
                "local function f() return ('x'):gsub('x', function() return f() end) end f()",
                "local function f() table.sort({ 3, 2, 1 }, f) return false end f()",
                "local ffi = require 'ffi' local f"
                        + " f = ffi.cast('int (*)(int)', function(x) return 1 + f(x) end) return f(1)",
                "local function f() table.foreach({ 1 }, f) end f()",
                "local t = setmetatable({}, { __index = function(t, k) return t[k + 1] + 1 end }) return t[1]",
                "local t = setmetatable({}, { __newindex = function(t, k, v) t[k + 1] = v end }) t[1] = 1",
                "local t = setmetatable({}, {}) getmetatable(t).__tostring = function() return tostring(t) .. 'x' end"
                        + " return tostring(t)",
                "local t = setmetatable({}, {}) getmetatable(t).__concat = function() return t .. 'x' end return t .. 'x'",
                "local t = setmetatable({}, {}) getmetatable(t).__add = function() return t + 1 end return t + 1",
                "local t = setmetatable({}, {}) getmetatable(t).__call = function() return t() .. 'x' end return t()",
                "local m = {} m.__eq = function(a, b) return a == b end"
                        + " return setmetatable({}, m) == setmetatable({}, m)",
                "local m = {} m.__lt = function(a, b) return a < b end return setmetatable({}, m) < setmetatable({}, m)",
                "local m = {} m.__len = function(a) return #a + 1 end return #setmetatable({}, m)",
                "local m = {} m.__pairs = function(t) for k in pairs(t) do end end"
                        + " for k in pairs(setmetatable({}, m)) do end",
                "local function f() return coroutine.wrap(f)() end f()",
                "local function f() local ok, e = coroutine.resume(coroutine.create(f)) error(e, 0) end f()",
                "local function f() return loadstring('return (...)()')(f) .. 'x' end f()",
                "local function f() return load(function() f() end) end f() error('came back')",
                "local function f() string.gsub('x', 'x', function() table.sort({ 2, 1 }, function()"
                        + " coroutine.wrap(f)() return false end) end) end f()",
                "local function f() return string.format('%s', setmetatable({}, { __tostring = f })) end f()",
                "package.preload.loop = function() package.loaded.loop = nil return require('loop') end require('loop')",
                "local function f() error(setmetatable({}, { __tostring = f })) end tostring(setmetatable({},"
                        + " { __tostring = f }))",
                "local function f() xpcall(error, f) end xpcall(error, f) error('came back')",
                "local function f(e) return xpcall(f, f) end f() error('came back')",
                "local t = {} t = setmetatable(t, { __index = t }) return t.x",
                "local t = setmetatable({}, {}) getmetatable(t).__index = t return t.x",
                "unpack({}, 1, 1e7)");
    }

    @ParameterizedTest
    @MethodSource("runaways")
    void aRunawayScriptIsAnException(String stack, String script) throws Exception {
        Stacks.on(Long.parseLong(stack) * KB, () -> {
            for (int i = 0; i < 3; i++) {
                ScriptException e = assertThrows(ScriptException.class, () -> engine.eval(script), script);
                assertNotNull(e.getMessage());
                assertWorks();
            }
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"512", "1024", "8192"})
    void aScriptMayCatchItsOverflow(String stack) throws Exception {
        Stacks.on(Long.parseLong(stack) * KB, () -> {
            for (String f : new String[] {
                "local function f() return 1 + f() end",
                "local function f() return (('x'):gsub('x', f)) end",
                "local function f() return coroutine.wrap(f)() end"
            }) {
                Object message = engine.eval(f + " local ok, e = pcall(f) assert(not ok) return tostring(e)");
                assertTrue(message.toString().contains("overflow"), message.toString());
                assertWorks();
            }
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"512", "1024"})
    void usefulDepthsWork(String stack) throws Exception {
        Stacks.on(Long.parseLong(stack) * KB, () -> {
            assertEquals(
                    10_000, engine.eval("local function f(n) return n == 0 and 0 or 1 + f(n - 1) end return f(10000)"));
            assertEquals(
                    "x",
                    engine.eval("local function f(n) return n == 0 and 'x' or (('x'):gsub('x', function()"
                            + " return f(n - 1) end)) end return f(20)"));
            assertEquals(
                    100,
                    engine.eval("local function f(n) if n == 0 then return 0 end"
                            + " return 1 + coroutine.wrap(f)(n - 1) end return f(100)"));
            return null;
        });
    }

    // -- Coroutines inside coroutines ----------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"512", "1024", "8192"})
    void coroutinesInsideCoroutines(String stack) throws Exception {
        Stacks.on(Long.parseLong(stack) * KB, () -> {
            for (String resume : new String[] {
                "coroutine.wrap(f)(n + 1)",
                "assert(coroutine.resume(coroutine.create(f), n + 1))",
                "pcall(coroutine.wrap(f), n + 1)"
            }) {
                String script = "deepest = 0 local function f(n) deepest = math.max(deepest, n)"
                        + " if n < 100000 then " + resume + " end end f(1) return deepest";
                try {
                    assertTrue((Integer) engine.eval(script) > 100);
                } catch (ScriptException e) {
                    assertNotNull(e.getMessage());
                }
                assertTrue((Integer) engine.get("deepest") > 100, () -> "depth " + engine.get("deepest"));
                assertWorks();
            }
            return null;
        });
    }

    @Test
    void manySuspendedCoroutinesDoNoHarm() throws Exception {
        Stacks.on(512 * KB, () -> {
            assertEquals(
                    100_000,
                    engine.eval("local all = {} for i = 1, 100000 do all[i] = coroutine.wrap(function()"
                            + " coroutine.yield(i) return i end) all[i]() end local n = 0"
                            + " for i = 1, 100000 do if all[i]() == i then n = n + 1 end end return n"));
            return null;
        });
    }

    // -- Through Java --------------------------------------------------------------------------------------------

    /** Calls a Lua function, as a callback of the host would. */
    private static final Function<LuaFunction, Object> CALL = LuaFunction::call;

    static Stream<Arguments> loopsThroughJava() {
        return on(
                SMALL,
                "function g() call(g) end call(g)",
                "function g() return 1 + call(g) end call(g)",
                "function g() string.gsub('x', 'x', function() call(g) end) end call(g)",
                "function g() table.sort({ 3, 2, 1 }, function() call(g) end) end call(g)",
                "function g() coroutine.wrap(function() call(g) end)() end call(g)",
                "function g() local ok, e = pcall(call, g) error(e, 0) end call(g)",
                "function g() invoke() end invoke()",
                "function g() evaluate() end evaluate()",
                "function g() evaluateInBindings() end evaluateInBindings()",
                "function run() runner:run() end runner:run()",
                "function g() return tostring(shown) end return tostring(shown)");
    }

    @ParameterizedTest
    @MethodSource("loopsThroughJava")
    void aLoopThroughJavaIsAnException(String stack, String script) throws Exception {
        Bindings bindings = new SimpleBindings();
        bindings.put("evaluateInBindings", (Callable<Object>) () -> engine.eval("evaluateInBindings()", bindings));
        engine.put("evaluateInBindings", bindings.get("evaluateInBindings"));
        engine.put("call", CALL);
        engine.put("invoke", (Callable<Object>) () -> engine.invokeFunction("g"));
        engine.put("evaluate", (Callable<Object>) () -> engine.eval("g()"));
        engine.put("shown", new Object() {
            @Override
            public String toString() {
                try {
                    return String.valueOf(engine.invokeFunction("g"));
                } catch (ScriptException | NoSuchMethodException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        engine.eval("function run() end");
        engine.put("runner", engine.getInterface(Runnable.class));
        Stacks.on(Long.parseLong(stack) * KB, () -> {
            for (int i = 0; i < 2; i++) {
                Throwable e = assertThrows(Throwable.class, () -> engine.eval(script), script);
                assertTrue(e instanceof ScriptException || e instanceof StackOverflowError, e.toString());
                assertWorks();
            }
            return null;
        });
        assertWorks();
    }

    @Test
    void aLoopThroughBindingsIsAnException() throws Exception {
        Bindings bindings = new SimpleBindings() {
            @Override
            public boolean containsKey(Object name) {
                return name.equals("x") || super.containsKey(name);
            }

            @Override
            public Object get(Object name) {
                if (!name.equals("x")) {
                    return super.get(name);
                }
                try {
                    return engine.eval("return x", this);
                } catch (ScriptException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
        for (String stack : SMALL) {
            Stacks.on(Long.parseLong(stack) * KB, () -> {
                Throwable e = assertThrows(Throwable.class, () -> engine.eval("return x", bindings));
                assertTrue(e instanceof ScriptException || e instanceof StackOverflowError, e.toString());
                assertWorks();
                return null;
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"512", "1024"})
    void usefulDepthsThroughJavaWork(String stack) throws Exception {
        engine.put("call", (Function<Object, Object>) n -> {
            try {
                return engine.invokeFunction("down", n);
            } catch (ScriptException | NoSuchMethodException e) {
                throw new IllegalStateException(e);
            }
        });
        engine.eval("function down(n) if n == 0 then return 0 end return 1 + call(n - 1) end");
        assertEquals(50, Stacks.on(Long.parseLong(stack) * KB, () -> engine.invokeFunction("down", 50)));
    }

    // -- Little stack left ---------------------------------------------------------------------------------------

    /** Goes down in Java as far as it can, using the engine on every way back up. */
    private int dive(int depth, int[] failures) {
        int deepest = depth;
        try {
            deepest = dive(depth + 1, failures);
        } catch (StackOverflowError e) {
            // From here upwards.
        }
        if (failures[1]++ < 3000) {
            try {
                assertEquals(7, engine.eval("(function() return call(function() return 7 end) end)()"));
            } catch (ScriptException | StackOverflowError e) {
                failures[0]++;
            }
        }
        return deepest;
    }

    @ParameterizedTest
    @ValueSource(strings = {"512", "1024"})
    void usedWhereAlmostNoStackIsLeft(String stack) throws Exception {
        engine.put("call", CALL);
        engine.eval("(function() return call(function() return 7 end) end)()");
        int[] failures = {0, 0};
        Stacks.on(Long.parseLong(stack) * KB, () -> dive(0, failures));
        assertTrue(failures[0] < failures[1], "it works where there is stack");
        Stacks.on(Long.parseLong(stack) * KB, () -> {
            assertWorks();
            return null;
        });
    }

    // -- In Java, near the end of the stack ------------------------------------------------------------------------

    /** Deep recursion of the host calls an engine when hardly any stack is left: what is made for all engines survives. */
    static final class Main {
        private Main() {}

        private interface Use {
            Object use() throws Exception;
        }

        private static Object deep(Use use) throws Exception {
            try {
                return deep(use);
            } catch (StackOverflowError e) {
                return use.use();
            }
        }

        private static void overflow(Use use, int kilobytes) throws InterruptedException {
            Thread thread = new Thread(
                    null,
                    () -> {
                        try {
                            deep(use);
                        } catch (Exception | StackOverflowError e) {
                            // That is what it is for.
                        }
                    },
                    "deep",
                    kilobytes * 1024L);
            thread.setDaemon(true);
            thread.start();
            thread.join(20_000);
            assertTrue(!thread.isAlive(), "hangs");
        }

        public static void main(String[] arguments) throws Exception {
            LuaScriptEngine cold = new LuaScriptEngineFactory().getScriptEngine();
            for (int kilobytes : new int[] {128, 256, 512, 1024}) {
                overflow(() -> cold.eval("return 1"), kilobytes);
            }
            ScriptException e = assertThrows(ScriptException.class, () -> cold.eval("error('x')"));
            assertTrue(e.getMessage().contains("<eval>:1: x"), e.getMessage());
            LuaScriptEngine limited = new LuaScriptEngineFactory()
                    .getScriptEngine(LuaRuntime.builder().timeLimit(Duration.ofSeconds(5)));
            for (int round = 0; round < 20; round++) {
                overflow(() -> limited.eval("return 1"), 512);
            }
            overflow(() -> limited.eval("return 1"), 8192);
            assertEquals(2, limited.eval("1 + 1"));
            System.out.println("survived");
        }
    }

    @Test
    void theHostsOwnRecursionHarmsNothingElse() throws Exception {
        assertTrue(ChildJvm.run(Main.class).endsWith("survived\n"));
    }

    // -- Message handlers ----------------------------------------------------------------------------------------

    static Stream<Arguments> handlers() {
        return on(
                List.of("1024", "65536"),
                "pcall(error, 1) error('z')",
                "error('z')",
                "for i = 1, 10 do tick(i) end pcall(error, 1) error('z')",
                "for i = 1, 10 do fails() end error('z')",
                "('x'):gsub('x', function() pcall(error, 1) error('z') end)",
                "table.sort({ 3, 2, 1 }, function() pcall(error, 1) error('z') end)",
                "fails() local function f() return ('x'):gsub('x', f) end f()");
    }

    /** A handler that fails is not called again for that; but it can call what fails and is handled in turn. */
    @ParameterizedTest
    @MethodSource("handlers")
    void handlersMayFail(String kilobytes, String handler) throws Exception {
        for (String name : List.of("lua", "lua-sandbox")) {
            LuaScriptEngineFactory factory =
                    name.equals("lua") ? new LuaScriptEngineFactory() : new LuaSandboxEngineFactory();
            try (LuaScriptEngine fresh = factory.getScriptEngine()) {
                fresh.put("tick", (java.util.function.IntUnaryOperator) n -> n + 1);
                fresh.put("fails", (java.util.function.IntSupplier) () -> {
                    assertThrows(ScriptException.class, () -> fresh.eval("error('a')"));
                    return 1;
                });
                for (int i = 0; i < 2; i++) {
                    Object failed = Stacks.on(
                            Integer.parseInt(kilobytes) * KB,
                            () -> fresh.eval(
                                    "return xpcall(function() error('x') end, function(e) " + handler + " end)"));
                    assertEquals(false, ((List<?>) failed).get(0));
                }
                assertEquals(5050, fresh.eval("local s = 0 for i = 1, 100 do s = s + i end return s"));
            }
        }
    }

    /** Whatever runs on a stack of the state's own has as much of it as the thread would have given. */
    @Test
    void compiledCallsLeaveTheStackAsLargeAsItWas() throws Exception {
        String nested = "local deepest = 0 local function nest(d) deepest = d"
                + " return (('a'):gsub('a', function() return nest(d + 1) end)) end pcall(nest, 1) return deepest";
        try (LuaRuntime own = LuaRuntime.create()) {
            own.globals().put("f", (java.util.function.IntUnaryOperator) n -> n + 1);
            for (long size : new long[] {1024, 16 * 1024, 4 * 1024}) {
                int[] depths = Stacks.on(size * Stacks.KB, () -> {
                    int before = (int) own.execute("jit.off() " + nested);
                    own.execute("jit.on() for i = 1, 1000 do f(i) end");
                    return new int[] {before, (int) own.execute(nested), (int) own.execute(nested)};
                });
                assertTrue(depths[1] >= depths[0] * 9 / 10, depths[0] + " before, then " + depths[1]);
                assertTrue(depths[2] >= depths[0] * 9 / 10, depths[0] + " before, then " + depths[2]);
            }
        }
    }
}
