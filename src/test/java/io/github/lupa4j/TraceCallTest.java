package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.testing.Traces;
import io.github.lupa4j.vm.LuaState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calls of Java that compiled code makes without leaving it, and those for which it is left after all. Scripts, and what
 * they call, cannot tell.
 */
@Timeout(60)
class TraceCallTest {
    private final ThreeWays ways = new ThreeWays(TraceCallTest::fill);
    private final LuaRuntime lua = ways.lua;

    @AfterEach
    void close() {
        ways.close();
    }

    /** What scripts have as {@code o}. */
    public static final class Target {
        final LuaRuntime lua;
        public int calls;
        public double number = 1;
        int every = 7;

        Target(LuaRuntime lua) {
            this.lua = lua;
        }

        public int plus(int n) {
            calls++;
            return n + 1;
        }

        public double twice(double x) {
            return x * 2;
        }

        public long large(long n) {
            return n == 100 ? Long.MAX_VALUE : n;
        }

        public void nothing(int n) {
            calls += n;
        }

        public int length(String text) {
            return text.length();
        }

        public String text(int n) {
            return switch (n % 60) {
                case 51 -> null;
                case 52 -> "\u00e4\u4e2d";
                case 53 -> "x".repeat(5000);
                case 54 -> "fresh" + n;
                case 55 -> "";
                default -> "text " + n % 5;
            };
        }

        public boolean isOdd(int n) {
            return n % 2 != 0;
        }

        /** A text that has not crossed lately. */
        public String fresh(int n) {
            return n % 97 == 96 ? null : n % 60 == 53 ? "x".repeat(5000) : n % 7 == 0 ? "known" : "fresh \u00e4 " + n;
        }

        public String echo(String text) {
            return text;
        }

        public int flags(boolean first, Object second) {
            return (first ? 1 : 0) + (second == null ? 2 : 0);
        }

        public double of(Target other, int n) {
            return other.number + n;
        }

        public int many(int a, int b, int c, int d, int e, int f, int g, int h) {
            return a + b + c + d + e + f + g + h;
        }

        /** Uses the state now and then. */
        public int back(int n) {
            return n % every == 0 ? ((Number) ((LuaFunction) lua.globals().get("back")).call(n)).intValue() : n;
        }

        public int set(int n) {
            if (n % every == 0) {
                lua.globals().put("x", n);
                ((LuaTable) lua.globals().get("t")).put("x", n);
            }
            return n;
        }

        public int fail(int n) {
            if (n % every == 0) {
                throw new IllegalStateException("failed " + n);
            }
            return n;
        }

        /** Resumes a coroutine, which may go on in compiled code, where calls are recorded. */
        public int resume(int n) {
            if (n % 3 == 0) {
                ((LuaCoroutine) lua.globals().get("co")).resume(n);
            }
            return n;
        }

        public int nested(LuaFunction function, int n) {
            return ((Number) function.call(n)).intValue();
        }

        public int collect(int n) {
            if (n % every == 0) {
                lua.gc();
            }
            return n;
        }

        public int endless(int n) {
            return n == 150 ? endless(n) + 1 : n;
        }
    }

    /** Uses the state where hardly any stack is left, and again where there is a little more. */
    private static int toTheEnd(LuaRuntime lua, int depth) {
        try {
            return toTheEnd(lua, depth + 1);
        } catch (StackOverflowError e) {
            return ((Number) lua.globals().get("one")).intValue();
        }
    }

    private static Target fill(LuaRuntime lua) {
        Target o = new Target(lua);
        lua.globals().put("o", o);
        lua.globals().put("p", new Target(lua));
        lua.globals().put("f", (IntUnaryOperator) n -> n + 1);
        lua.execute("t, x = { x = 0 }, 0 function back(n) return n + 1 end");
        return o;
    }

    // -- Compiled code -------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "o:plus(i)",
                "o.plus(i)",
                "f(i)",
                "o:twice(i / 2)",
                "o:large(i + 200)",
                "#tostring(o:nothing(1))",
                "java.lang.Math.max(i, 50)",
                "o:length('abc')",
                "#o:echo('abc')",
                "#o:text(i % 5)",
                "o:of(p, i)",
                "(o:isOdd(2 * i) and 1 or 2)",
                "(o:isOdd(2 * i + 1) and 1 or 2)",
                "#o:fresh(i % 40)",
                "o:many(i, 1, 1, 1, 1, 1, 1, 1)",
                "o:flags(true, nil)",
                "o:plus(o:plus(i)) + o.number"
            })
    void loopsAreCompiledWithTheirCalls(String call) {
        String links = Traces.linksOf(lua, "local o, f, p, s = o, f, p, 0 for i = 1, 500 do s = s + " + call + " end");
        assertTrue(links.endsWith("loop") && !links.contains("stitch"), links);
    }

    /** There is no fiber for the first call, and what is compiled of it stays as it is. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "coroutine.wrap(function() for i = 1, 500 do s = s + o:plus(i) end end)()",
                "('x'):rep(500):gsub('x', function() for i = 1, 500 do s = s + o:plus(i) end return 'y' end)"
            })
    void loopsAreCompiledWithTheirCallsAlthoughJavaWasAlwaysCalledByJni(String script) {
        String loop = "local s = 0 " + script;
        try (LuaRuntime own = LuaRuntime.create()) {
            fill(own);
            LuaFunction function =
                    own.compile("local seen, util = {}, require('jit.util') local function note(what, trace)"
                            + " if what == 'stop' then seen[#seen + 1] = util.traceinfo(trace).linktype end end"
                            + " jit.attach(note, 'trace') " + loop
                            + " jit.attach(note) return table.concat(seen, ' ')");
            String first = (String) function.call();
            String second = (String) function.call();
            assertTrue(
                    first.contains("stitch") && second.contains("loop") && !second.contains("stitch"),
                    first + ", " + second);
            assertEquals("", function.call());
        }
    }

    /** What Java is asked first in a call may come from compiled code, whichever way the call has been made. */
    @Test
    void wholeFunctionsAreCompiledThatJavaCalls() throws NoSuchMethodException {
        lua.execute("local o, p = o, p function f(a, b, c, d) local n = o:plus(a) return n end"
                + " function g(a, b, c, d) local n = p:plus(a) return -n end");
        LuaTable globals = lua.globals();
        LuaFunction f = (LuaFunction) globals.get("f");
        LuaFunction g = (LuaFunction) globals.get("g");
        LuaChunk chunk = new LuaChunk(lua.compile("local n = 0 for i = 1, 9 do n = p:plus(i) end return f(1) + n"));
        LuaTable variables = lua.tableFrom(Map.of("f", f, "p", globals.get("p")));
        for (int i = 0; i < 500; i++) {
            assertEquals(i + 1, f.call(i, 2, 3, 4));
            assertEquals(-i - 1, g.call(i, 2, 3, 4));
            assertEquals(i + 2, f.call(i + 1, "text"));
            assertEquals(-i - 1, globals.call("g", i, 2, 3, 4));
            assertEquals(i + 3, globals.call("f", i + 2, "text"));
            assertEquals(12, chunk.run(variables, null, null));
            assertEquals(4 * (i + 1), ((Target) globals.get("o")).calls);
            assertEquals(11 * (i + 1), ((Target) globals.get("p")).calls);
        }
    }

    @Test
    void callsThatAlwaysUseTheStateAreGivenUp() {
        ((Target) lua.globals().get("o")).every = 1;
        assertEquals(2003000, lua.execute("local s = 0 for i = 1, 2000 do s = s + o:back(i) end return s"));
        String links = Traces.linksOf(lua, "local s = 0 for i = 1, 20000 do s = s + o:back(i) end");
        assertTrue(
                Traces.linksOf(lua, "local s = 0 for i = 1, 2000 do s = s + o:back(i) end")
                        .contains("stitch"),
                links);
    }

    @Test
    void callsThatCannotReturnAreGivenUp() {
        assertEquals(
                3000 * 100 * 2,
                lua.execute("local function add(x) return tostring(o:plus(1)) end local s = 0"
                        + " for i = 1, 500 do add('x') end"
                        + " for i = 1, 3000 do local r = (('x'):rep(100)):gsub('x', add)"
                        + " for d in r:gmatch('%d') do s = s + d end end return s"));
    }

    // -- The same as by asking -----------------------------------------------------------------------------------

    private static String outcome(LuaRuntime lua, String script) {
        Target o = fill(lua);
        String outcome = ThreeWays.outcome(lua, script);
        return (outcome + " " + o.calls + " " + o.number + " " + lua.execute("return x, t.x"))
                .replaceAll("0x\\w+", "0x")
                .replaceAll("Target@\\w+", "Target");
    }

    private void assertSameOutcome(String script) {
        ways.assertSameOutcome(script, runtime -> outcome(runtime, script));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "local s = 0 for i = 1, 300 do s = s + o:plus(i) end return s",
                "local s = 0 for i = 1, 300 do s = s + o:back(i) end return s",
                "local s, t = 0, t for i = 1, 300 do s = s + t.x * 3 + o:set(i) + t.x end return s",
                "local s = 0 for i = 1, 300 do s = s + x + o:set(i) + x end return s",
                "local s = 0 for i = 1, 300 do local ok, e = pcall(o.fail, o, i) s = s .. tostring(e):sub(-9) end return s",
                "local function g(i) return o:fail(i) end for i = 1, 300 do local ok, e = pcall(g, i) x = tostring(e) end",
                "local function g(i) local n = o:fail(i) return n end for i = 1, 300 do if i ~= 7 then g(i) end end",
                "for i = 1, 200 do o:fail(i * 7 + 1) end for i = 1, 14 do local n = o:fail(i) end",
                "function back(n) error('from back ' .. n) end for i = 1, 300 do local n = o:back(i) end",
                "function back(n) return debug.traceback('x'):len() end local s = 0"
                        + " for i = 1, 300 do s = s + o:back(i) end return s",
                "function back(n) x = debug.traceback() return n end for i = 1, 300 do local n = o:back(i) end return x",
                "function back(n) local k, v = debug.getlocal(3, 1) x = k and k .. type(v) return n end"
                        + " local s = 5 for i = 1, 300 do s = s + o:back(i) end return s, x",
                "function back(n) return select(2, coroutine.running()) and n + 1 or n end local s = 0"
                        + " for i = 1, 300 do s = s + o:back(i) end return s",
                "function back(n) local s = 0 for i = 1, 100 do s = s + o:plus(i) end return s end"
                        + " local s = 0 for i = 1, 300 do s = s + o:back(i) end return s",
                "function back(n) if n > 1 then return o:back(n - 1) end return 1 end o.every = 1"
                        + " local s = 0 for i = 1, 100 do s = s + o:back(i % 5) end return s",
                "co = coroutine.create(function() while true do for i = 1, 40 do p:plus(i) coroutine.yield(i) end end end)"
                        + " function rec(n, i) if n == 0 then return p:plus(i) end"
                        + " return 1 + o:nested(function(z) return rec(n - 1, z) end, i) end"
                        + " local function run(n) local s = 0 for i = 1, n do p.number = o:resume(i)"
                        + " if i % 20 == 0 then s = s + rec(5, i) end end return s end return run(82) + run(70)",
                "local s = 0 for i = 1, 300 do s = s + o:collect(i) local junk = { i } end return s",
                "local s = 0 for i = 1, 300 do s = s + (pcall(o.endless, o, i) and 1 or 1000) end return s",
                "local s = '' for i = 1, 200 do s = s .. tostring(o:large(i)) end return s",
                "local s = 0 for i = 1, 300 do s = s + o:plus(i == 200 and '7' or i) end return s",
                "local s = 0 for i = 1, 300 do s = s + o:plus(i == 200 and 1.5 or i) end return s",
                "local s = 0 for i = 1, 300 do s = s + o:plus(i == 200 and {} or i) end return s",
                "local s = 0 for i = 1, 300 do if i == 200 then s = s + o:plus() else s = s + o:plus(i) end end return s",
                "local s = 0 for i = 1, 300 do s = s + o:length(('y'):rep(i * 20)) end return s",
                "local s = 0 for i = 1, 300 do s = s + o:length(i % 2 == 0 and 'a\\0b' or '\\195\\164') end return s",
                "local s = '' for i = 1, 300 do s = s .. tostring(o:text(i)) end return s",
                "local t = {} for i = 1, 300 do t[o:text(i) or 'nil'] = i end local s = 0 for k, v in pairs(t) do s = s + v end return s",
                "local s = 0 for i = 1, 300 do local a, b = o:text(i), o:text(i) if a ~= b then s = s + 1 end end return s",
                "local s = 0 for i = 1, 300 do s = s + o:length('\\255' .. i) end return s",
                "local s, o = '', o for i = 1, 900 do s = s .. tostring(o:fresh(i)):sub(-3) end return s",
                "local s, o = '', o for i = 1, 9000 do local t = o:fresh(i) s = (s .. (t or 'nil'):sub(1, 9)):sub(-500) end return s",
                "local s = 0 for i = 1, 300 do if o:isOdd(i) then s = s + i else s = s - 1 end end return s",
                "local s = 0 for i = 1, 300 do s = s + (o:isOdd(i % 7) and o:isOdd(i % 5) and 1 or 3) end return s",
                "local function odd(i) return o:isOdd(i) end local s = 0"
                        + " for i = 1, 300 do if odd(i) then s = s + i elseif odd(i + 1) then s = s + 2 end end return s",
                "local s = 0 for i = 1, 300 do s = s + select('#', o:isOdd(i), o:isOdd(i + 1)) end return s",
                "local s = '' for i = 1, 300 do local ok, odd = pcall(o.isOdd, o, i) s = s .. tostring(odd):sub(1, 1) end return s",
                "local l = {} for i = 1, 300 do l[o:isOdd(i)] = i l[i % 9] = not o:isOdd(i) end"
                        + " return tostring(l[true]) .. tostring(l[false]) .. tostring(l[4])",
                "local s = 0 for i = 1, 300 do local odd = o:isOdd(i) o:nothing(1) if odd then s = s + i end end return s",
                "local co = coroutine.wrap(function() for i = 1, 300 do coroutine.yield(o:isOdd(i) and i or o:back(i)) end end)"
                        + " local s = 0 for i = 1, 300 do s = s + co() end return s",
                "local s = 0 for i = 1, 100 do s = s + #('xyx'):gsub('x', function() return o:back(i) .. '' end) end return s",
                "local l = {} for i = 1, 300 do l[i] = i * 7919 % 307 end"
                        + " table.sort(l, function(a, b) return o:back(a) < o:back(b) end) return table.concat(l, ' ')",
                "local s = 0 for i = 1, 300 do s = s + o:of(i % 50 == 0 and o or p, i) o.number = i end return s",
                "local s = 0 for i = 1, 300 do s = s + o:flags(i % 2 == 0, i % 3 == 0 and print or nil) end return s",
                "for i = 1, 300 do o:nothing(i) x = select('#', o:nothing(1)) end return x",
                "local co = coroutine.wrap(function() local s = 0 for i = 1, 300 do s = s + o:plus(i)"
                        + " if i % 10 == 0 then coroutine.yield(s) end end return s end)"
                        + " local s = 0 for i = 1, 30 do s = s + co() + o:plus(i) end return s",
                "local function g(a, b) return o:plus(a) < o:plus(b) end for i = 1, 300 do g(i, i) end"
                        + " local l = {} for i = 1, 50 do l[i] = (i * 7) % 50 end table.sort(l, g) return table.concat(l, ' ')",
                "local function g() return o:plus(1) end for i = 1, 300 do g() end"
                        + " local m = setmetatable({}, { __index = function(_, k) return g() + k end, __add = g })"
                        + " local s = 0 for i = 1, 300 do s = s + m[i] + (m + m) end return s",
                "local m = setmetatable({}, { __index = o.plus, __call = f }) local s = 0"
                        + " for i = 1, 300 do local ok, n = pcall(function() return m(i) end) s = s + (ok and n or 1) end return s",
                "local n = 0 debug.sethook(function() n = n + 1 end, '', 100) local s = 0"
                        + " for i = 1, 300 do s = s + o:back(i) end debug.sethook() return s",
                "local seen = {} local function note(e) seen[#seen + 1] = e end local s = 0"
                        + " debug.sethook(note, 'cr') for i = 1, 3 do s = s + o:back(7) end debug.sethook()"
                        + " return table.concat(seen, ' ')",
                "local s, m = 0, debug.getmetatable(o) for i = 1, 300 do if i == 200 then pcall(m.__gc, o) end"
                        + " local ok, n = pcall(function() return o:plus(i) end) s = s + (ok and n or 1000) end return s"
            })
    void isTheSameAsByAsking(String script) {
        assertSameOutcome(script);
    }

    private static List<Integer> seeds() {
        return IntStream.range(0, 60).boxed().toList();
    }

    /** Programs put together at random of what takes all these ways. */
    @ParameterizedTest
    @MethodSource("seeds")
    void randomProgramsAreTheSame(int seed) {
        Random random = new Random(seed);
        List<String> steps = new ArrayList<>();
        String[] some = {
            "s = s + o:plus(i)",
            "s = s + o:back(i)",
            "s = s + o:set(i) + t.x",
            "x = x + o:twice(t.x)",
            "local ok, e = pcall(o.fail, o, i) s = s + (ok and e or 1)",
            "o.number = o.number + i % 3 s = s + o.number",
            "if i % 11 == 0 then t = { x = i } end",
            "s = s + g(i)",
            "h[i % 5 + 1] = o:plus(h[i % 5 + 1] or 0)",
            "if i % 13 == 0 then s = s + co() end",
            "local a, b = o:plus(i), o:of(p, i) s = s + a * b % 7",
            "o:nothing(i % 2)",
            "s = s + #tostring(o:text(i))",
            "if o:text(i) == 'text 1' then s = s + 1 end",
            "s = s + #('x'):rep(i % 3):gsub('x', function() return o:plus(1) .. '' end)",
            "if o:plus(i) % 2 == 0 then s = s + 1 else x = x + 1 end",
            "if o:isOdd(i) then s = s + 1 else x = x + 1 end",
            "s = s + #tostring(o:fresh(i))"
        };
        for (int i = 0; i < 2 + random.nextInt(5); i++) {
            steps.add("do " + some[random.nextInt(some.length)] + " end");
        }
        assertSameOutcome("local s, h = 0, {} local function g(n) return o:" + (random.nextBoolean() ? "back" : "set")
                + "(n) end local co = coroutine.wrap(function() while true do coroutine.yield(o:plus(1) + g(7)) end end)"
                + " for i = 1, " + (50 + random.nextInt(300)) + " do " + String.join(" ", steps)
                + " end return s, table.concat(h, ' ')");
    }

    // -- In the middle of a call -----------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"texit", "trace", "record"})
    void handlersOfEventsMayCallJava(String event) {
        for (LuaRuntime runtime : List.of(lua, ways.eager)) {
            assertEquals(
                    45193,
                    runtime.execute("local n = 0 local function note() n = n + o:plus(1) end jit.attach(note, '" + event
                            + "') local s = 0 for i = 1, 300 do s = s + o:back(i) end jit.attach(note) return s + 1"));
        }
    }

    @Test
    void theStackMayEndWhereATraceIsLeft() {
        lua.globals().put("one", 1);
        lua.globals().put("f", (IntUnaryOperator) n -> n % 50 == 0 ? toTheEnd(lua, 0) : n);
        for (int round = 0; round < 10; round++) {
            assertEquals(
                    400 * 401 / 2 - 50 * 36 + 8,
                    lua.execute("local s = 0 for i = 1, 400 do s = s + f(i) end return s"));
        }
    }

    @Test
    void finalizersMayCallJava() {
        assertEquals(
                300 * 301 / 2 + 42,
                lua.execute("local s, o = 0, o for i = 1, 300 do local p = newproxy(true)"
                        + " getmetatable(p).__gc = function() x = x + o:plus(0) end s = s + o:back(i)"
                        + " local junk = ('x'):rep(i * 100) end return s"));
        lua.gc();
        assertTrue(((Number) lua.globals().get("x")).intValue() > 0);
    }

    @Test
    void theyCanBeStopped() {
        try (LuaRuntime limited =
                LuaRuntime.builder().timeLimit(Duration.ofMillis(200)).build()) {
            fill(limited);
            assertThrows(LuaTimeoutException.class, () -> limited.execute("local o = o while true do o:plus(1) end"));
            assertThrows(
                    LuaTimeoutException.class,
                    () -> limited.execute("local o, i = o, 0 while true do i = i + 1 pcall(o.back, o, i) end"));
            assertEquals(2, limited.execute("return o:plus(1)"));
        }
    }

    @Test
    void aCallThatIsStoppedWhileItWaitsEndsTheScript() throws InterruptedException {
        CountDownLatch waits = new CountDownLatch(1);
        lua.globals().put("wait", (IntUnaryOperator) n -> {
            if (n == 200) {
                waits.countDown();
                try {
                    Thread.sleep(10_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    lua.globals().put("seen", n); // which an interrupted thread cannot
                }
            }
            return n;
        });
        Throwable[] thrown = new Throwable[1];
        Thread thread = new Thread(() -> {
            try {
                lua.execute("local i = 0 while true do i = i + 1 wait(i) end");
            } catch (RuntimeException e) {
                thrown[0] = e;
            }
        });
        thread.start();
        waits.await();
        thread.interrupt();
        thread.join();
        assertInstanceOf(LuaInterruptedException.class, thrown[0]);
        assertEquals(2, lua.execute("return o:plus(1)"));
    }

    @Test
    void aCallMayCloseTheRuntime() {
        LuaRuntime runtime = LuaRuntime.create();
        runtime.globals().put("f", (IntUnaryOperator) n -> {
            if (n == 200) {
                runtime.close();
            }
            return n;
        });
        assertEquals(300, runtime.execute("local s for i = 1, 300 do s = f(i) end return s"));
        assertThrows(LuaClosedException.class, () -> runtime.execute("return 1"));
    }

    /** To leave compiled code takes memory when the optimizer has put off what a table takes. */
    @Test
    void memoryMayEndWhereATraceIsLeft() {
        lua.execute("function loop(n) local s = 0 for i = 1, n do local v = { x = i, y = i } s = s + o:back(i)"
                + " s = s + v.x + v.y end return s end for i = 1, 20 do loop(20) end");
        LuaFunction loop = (LuaFunction) lua.globals().get("loop");
        int failures = 0;
        for (int n = 1; n < 400; n++) {
            lua.state.limits().failAllocation(n);
            try {
                loop.call(100);
            } catch (LuaMemoryException expected) {
                failures++;
            } finally {
                lua.state.limits().failAllocation(0);
            }
            assertEquals(3 * 5050 + 14, loop.call(100));
        }
        assertTrue(failures > 10, failures + " failures");
    }

    @Test
    void objectsAreReleasedInLongLoops() {
        LuaState state = lua.state;
        lua.globals().put("make", (java.util.function.IntFunction<Object>) Target[]::new);
        lua.execute("for i = 1, 200000 do local x = o:plus(i) if i % 10 == 0 then make(1) end end");
        lua.gc();
        assertTrue(state.heldObjects() < 100, () -> state.heldObjects() + " objects");
    }
}
