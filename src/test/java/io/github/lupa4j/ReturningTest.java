package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.testing.Fibers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The two ways from Lua to Java: the outermost call returns to Java and goes on with its answer; others call it by JNI.
 * Scripts cannot tell which one it was.
 */
@Timeout(60)
class ReturningTest {
    private final LuaRuntime returning = LuaRuntime.create();
    private final LuaRuntime calling = LuaRuntime.create();
    private final LuaRuntime onFiber = LuaRuntime.create();

    @BeforeEach
    void open() {
        calling.state.calls().setReturning(false);
        fill(returning);
        fill(calling);
        fill(onFiber);
        onFiber.execute(Fibers.OPEN);
    }

    @AfterEach
    void close() {
        returning.close();
        calling.close();
        onFiber.close();
    }

    /** What scripts have as {@code o}. */
    public static final class Target {
        public int field = 1;

        public int plus(int n) {
            return n + 1;
        }

        public String echo(String text) {
            return text;
        }

        public Object any(Object value) {
            return value;
        }

        public int fail(int n) {
            throw new IllegalStateException("failed " + n);
        }

        public Object call(LuaFunction function) {
            return function.call();
        }

        public int deeper(int n) {
            return n == 0 ? 0 : deeper(n - 1) + 1;
        }

        public int endless(int n) {
            return endless(n + 1) + 1;
        }
    }

    private static void fill(LuaRuntime lua) {
        lua.globals().put("o", new Target());
        lua.execute("return java.lang, o:plus(1)"); // A hook would see how the library is loaded.
        lua.globals().put("f", (IntUnaryOperator) n -> n + 1);
        lua.globals().put("list", Arrays.asList(1, 2.5, "x", null));
        lua.globals().put("map", new java.util.TreeMap<>(Map.of("a", 1, "b", 2)));
        lua.globals().put("collect", (Function<Object, Object>) ignored -> {
            lua.gc();
            return "collected";
        });
    }

    /** What a script gives or throws, as text. */
    private static String outcome(LuaRuntime lua, String script) {
        return plainOutcome(lua, script).replaceAll("0x\\w+", "0x");
    }

    private static String plainOutcome(LuaRuntime lua, String script) {
        try {
            return String.valueOf(lua.execute(LuaSource.of(script, "@s.lua")));
        } catch (RuntimeException | Error e) {
            String frames = Arrays.stream(e.getStackTrace())
                    .filter(frame -> "s.lua".equals(frame.getFileName()))
                    .map(String::valueOf)
                    .collect(Collectors.joining(" "));
            String suppressed = Arrays.stream(e.getSuppressed())
                    .map(s -> s + " " + ((LuaException) s).luaStackTrace())
                    .collect(Collectors.joining());
            return e + " at " + frames + " " + suppressed;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "return o:plus(1), o.plus(2), o:echo('text'), o.field, f(3)",
                "o.field = 5 return o.field, #list, list[1], list[2], list[3], list[4], map.a, map.c, map['b']",
                "local s = 0 for i = 1, 1000 do s = s + o:plus(i) end return s",
                "local s = 0 for i = 1, 1000 do s = s + f(i) end return s",
                "local s = 0 local m = o.plus for i = 1, 1000 do s = s + m(i) end return s",
                "local s = {} for k, v in pairs(map) do s[#s + 1] = k .. v end return table.concat(s)",
                "local s = {} for i, v in ipairs(list) do s[#s + 1] = i .. tostring(v) end return table.concat(s)",
                "return tostring(o == o), list .. 'x', java.lang.Math.max(3, 4), java.cast(5, 'long') + 1",
                "return java.cast(7, 'java.math.BigInteger') * 2 + 1",
                "return collect(1), collect(2), o:echo(collect(3) .. '!')",
                // where no yield could pass
                "local t = {3, 1, 2} table.sort(t, function(a, b) return f(a) < f(b) end) return table.concat(t, ' ')",
                "return (('abc'):gsub('.', function(c) return o:echo(c .. c) end))",
                "return (('abc'):gsub('.', setmetatable({}, {__index = function(_, c) return o:echo(c .. c) end})))",
                "return select(2, pcall(o.plus, 1)), select(2, xpcall(function() return f(1) end, print))",
                "return o:call(function() return o:plus(1) end), o:call(function() return o:call(function() return f(2) end) end)",
                "local co = coroutine.wrap(function(a) local b = coroutine.yield(f(a)) return o:plus(b) end)"
                        + " return co(1), co(2)",
                "return coroutine.wrap(function() return coroutine.wrap(function() return f(1) end)() + f(2) end)()",
                "return o:call(coroutine.wrap(function() coroutine.yield(f(1)) end))",
                "local ok, e = pcall(function() return o:call(coroutine.yield) end) return ok, tostring(e)",
                "local p = newproxy(true) getmetatable(p).__gc = function() done = f(41) end p = nil"
                        + " collectgarbage() return done, f(1)",
                "return setmetatable({}, {__index = o}).field, setmetatable({}, {__call = f})",
                "return load(function() return nil end), loadstring('return f(1)')()",
                "return require('java').lang.Integer.MAX_VALUE, f(1)",
                // the main thread is no coroutine
                "return pcall(coroutine.yield, 1)",
                "coroutine.yield(1)",
                "f(1) coroutine.yield(1)",
                "return coroutine.isyieldable(), select(2, coroutine.running()), f(1), coroutine.isyieldable()",
                "return coroutine.status(coroutine.running()), coroutine.resume((coroutine.running()))",
                "local main = coroutine.running() return coroutine.wrap(function() return coroutine.status(main) end)()",
                // errors
                "return pcall(function() return o:fail(7) end)",
                "return xpcall(function() return o:fail(7) end, function(e) return tostring(e) .. debug.traceback() end)",
                "local function q() o:fail(3) end\nq()",
                "local function q() return o:fail(3) end\nq()",
                "local function q() o:plus('x') end\nq()",
                "local function q() o:nothing(1) end\nq()",
                "local function q() o.field = 'x' end\nq()",
                "for i = 1, 200 do f(i) end\nlocal x = nil + f(1)",
                "f(1)\nerror({})",
                "f(1)\nerror(nil)",
                "f(1)\nerror('text', 0)",
                "f(1) error(setmetatable({}, {__tostring = function() return 'told ' .. f(1) end}))",
                "local function r() return 1 + r() end f(1) return r()",
                "f(1) xpcall(error, function() error('again') end) error('after ' .. f(1))",
                "o:call(function() o:call(function() error('deep') end) end)",
                "o:call(function() f(1) o:fail(2) end)",
                "local ok, e = pcall(o.call, o, function() o:fail(2) end) return ok, e, f(1)",
                "return o:endless(1)",
                "return pcall(o.endless, 1)",
                "return pcall(function() local a <const> = 1 end)",
                "coroutine.wrap(function() f(1) error('in it') end)()",
                "local co = coroutine.create(function() f(1) o:fail(1) end) return coroutine.resume(co)",
                // debug
                "local n = 0 debug.sethook(function() n = n + 1 end, 'c') o:plus(1) f(1) debug.sethook() return n",
                "local t = {} debug.sethook(function(e, l) t[#t + 1] = e:sub(1, 1) .. (l or '') end, 'crl') o:plus(1)\n"
                        + "f(1)\ndebug.sethook() return table.concat(t, ' ')",
                "local n = 0 debug.sethook(function() n = f(n) end, '', 1) for i = 1, 10 do o:plus(i) end"
                        + " debug.sethook() return n > 10",
                "return o:call(function() return debug.traceback('here') end)",
                "return o:call(function() return debug.getinfo(2, 'S').what .. debug.getinfo(3, 'l').currentline end)",
                "local x = 5 return o:call(function() return debug.getlocal(3, 1) end)",
                "local a = f(1) local env = setmetatable({}, {__index = _G}) setfenv(1, env) b = f(2) return a, b, env.b, rawget(_G, 'b')",
                "print(f(1)) io.write('') return f(2)",
            })
    void giveTheSame(String script) {
        for (int i = 0; i < 3; i++) {
            String expected = outcome(calling, script);
            assertEquals(expected, outcome(returning, script));
            assertEquals(expected, outcome(onFiber, script));
        }
        assertEquals(3, returning.eval("o:plus(2)"));
        assertEquals(
                "[nil, 3]",
                String.valueOf(returning.execute("return tostring((coroutine.wrap(function() end)())), f(2)")));
    }

    /** While Java answers, the main thread waits outside of any native call; a coroutine must not resume it. */
    @Test
    void theMainThreadCannotBeResumedMeanwhile() {
        for (LuaRuntime lua : List.of(returning, calling, onFiber)) {
            lua.globals().put("resume", (Function<LuaCoroutine, Object>) LuaCoroutine::resume);
            assertEquals(
                    Arrays.asList("normal", false, "cannot resume running coroutine", 2),
                    lua.execute("main = coroutine.running() local co = coroutine.create(function()"
                            + " local status = coroutine.status(main) local ok, e = coroutine.resume(main, 1)"
                            + " trace = debug.traceback(main) return table.concat({status, tostring(ok), e}, '|') end)"
                            + " local a, b, c = resume(co):match('(.*)|(.*)|(.*)') return a, b == 'true', c, f(1)"));
            assertTrue(lua.eval("trace").toString().contains("main chunk"));
            LuaCoroutine main = (LuaCoroutine) lua.eval("main");
            assertThrows(LuaException.class, main::resume);
            lua.globals().put("resumeMain", (Runnable) main::resume);
            assertThrows(LuaException.class, () -> lua.execute("resumeMain()"));
            assertThrows(LuaException.class, () -> lua.execute("coroutine.wrap(resumeMain)()"));
        }
    }

    @Test
    void whatAFailedCallHasLeftBehindWorks() {
        for (int i = 0; i < 100; i++) {
            assertThrows(
                    IllegalStateException.class,
                    () -> returning.execute("local x = 1 function kept() x = x + 1 return x end f(1) o:fail(1)"));
            returning.gc();
            assertEquals(2, returning.eval("kept()"));
            assertEquals(3, returning.eval("kept()"));
        }
    }

    @Test
    void theStackIsGivenBack() {
        for (int i = 0; i < 5000; i++) {
            assertThrows(LuaException.class, () -> returning.execute("f(1) local t = {f(2), f(3)} error(t)"));
            returning.execute("return f(1), f(2), f(3)");
        }
        assertThrows(
                LuaException.class, () -> returning.execute("local function r() return 1 + r() end f(1) return r()"));
        assertEquals(
                200_000,
                returning.execute("local n = 0 local function r(i) n = n + 1 if i > 0 then r(i - 1) end end"
                        + " for i = 1, 20 do r(9999) end return n"));
    }

    @Test
    void javaCanCloseTheRuntimeMeanwhile() {
        returning.globals().put("close", (Runnable) returning::close);
        assertEquals(2, returning.execute("close() return f(1)"));
        assertTrue(returning.isClosed());
    }

    @Test
    void javaCanStopTheScriptMeanwhile() {
        returning.globals().put("stop", (Runnable) returning::interrupt);
        for (int i = 0; i < 50; i++) {
            assertThrows(
                    LuaInterruptedException.class,
                    () -> returning.execute("while true do pcall(function() stop() while true do f(1) end end) end"));
            assertEquals(2, returning.eval("f(1)"));
        }
    }

    @Test
    void aLoopThatOnlyAsksJavaIsStopped() {
        try (LuaRuntime limited =
                LuaRuntime.builder().timeLimit(Duration.ofMillis(50)).build()) {
            fill(limited);
            for (String script : List.of(
                    "while true do f(1) end",
                    "while true do o:plus(1) end",
                    "while true do pcall(o.fail, o, 1) end",
                    "for i in java.iter(java.util.stream.Stream:iterate(1, function(x) return f(x) end):iterator()) do end")) {
                assertThrows(LuaTimeoutException.class, () -> limited.execute(script), script);
                assertEquals(2, limited.eval("f(1)"));
            }
        }
    }

    @Test
    void errorsOfJavaLeaveAsThemselves() {
        Error error = new AssertionError("mine");
        returning.globals().put("raise", (Runnable) () -> {
            throw error;
        });
        for (int i = 0; i < 100; i++) {
            assertEquals(error, assertThrows(AssertionError.class, () -> returning.execute("f(1) raise()")));
        }
        assertEquals(false, ((List<?>) returning.execute("return pcall(raise)")).get(0));
    }

    @Test
    void memoryMayBeShort() {
        try (LuaRuntime small = LuaRuntime.builder().memoryLimit(1 << 20).build()) {
            fill(small);
            for (int i = 0; i < 20; i++) {
                assertThrows(
                        LuaMemoryException.class,
                        () -> small.execute(
                                "local t = {} while true do t[#t + 1] = o:echo(('x'):rep(1000) .. #t) end"));
                assertEquals(2, small.eval("f(1)"));
                Object caught = small.execute("return pcall(function() return o:echo(o:any('x'):rep(1e6)) end)");
                assertEquals(false, assertInstanceOf(List.class, caught).get(0));
            }
        }
    }

    @Test
    void allocationsMayFailAnywhere() {
        String script = "local s = {} for i = 1, 20 do s[i] = o:echo('text ' .. i) .. tostring(o:any({})) f(i)"
                + " for k, v in pairs(map) do s[#s + 1] = v end o:call(function() return o:plus(1) end) end return #s";
        int failed = 0;
        for (int n = 1; n < 400; n++) {
            returning.state.limits().failAllocation(n);
            try {
                returning.execute(script);
            } catch (LuaMemoryException e) {
                failed++;
            } finally {
                returning.state.limits().failAllocation(0);
            }
            assertEquals(2, returning.eval("f(1)"));
        }
        assertTrue(failed > 100, String.valueOf(failed));
    }

    @Test
    void otherThreadsWaitForTheAnswer() throws Exception {
        Thread[] threads = new Thread[4];
        long[] sums = new long[threads.length];
        for (int i = 0; i < threads.length; i++) {
            int own = i;
            threads[i] = new Thread(() -> {
                for (int k = 0; k < 300; k++) {
                    Object sum = returning.execute("local s = 0 for i = 1, 100 do s = s + o:plus(i) end return s");
                    sums[own] += ((Number) sum).longValue();
                }
            });
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        for (long sum : sums) {
            assertEquals(300 * 5150L, sum);
        }
        assertFalse(returning.isClosed());
    }
}
