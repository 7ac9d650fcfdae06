package io.github.lupa4j.script;

import static io.github.lupa4j.testing.Stacks.KB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaMemoryException;
import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaTable;
import io.github.lupa4j.testing.ChildJvm;
import io.github.lupa4j.testing.Stacks;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.script.ScriptContext;
import javax.script.ScriptException;
import javax.script.SimpleScriptContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Finalizers run at any allocation, wherever that is: they must not disturb what they interrupt. */
class FinalizerTest {
    /** Makes garbage(f) leave something behind whose finalizer is f. */
    private static final String GARBAGE = "function garbage(f) local u = newproxy(true) getmetatable(u).__gc = f end\n";

    private final LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine();
    private final StringWriter errors = new StringWriter();

    FinalizerTest() throws ScriptException {
        engine.getContext().setErrorWriter(errors);
        engine.eval(GARBAGE);
    }

    @AfterEach
    void close() {
        engine.close();
    }

    // -- Errors --------------------------------------------------------------------------------------------------

    @Test
    void anErrorIsWrittenToTheErrorWriter() throws Exception {
        engine.eval("garbage(function() error('lost it', 0) end) collectgarbage()");
        assertTrue(errors.toString().contains("lost it"), errors.toString());
        assertEquals(2, engine.eval("1 + 1"));
    }

    @Test
    void errorsThatAreNoTextAreToldByTheirText() throws Exception {
        engine.put("fail", (Supplier<Object>) () -> {
            throw new IllegalStateException("from Java");
        });
        engine.put("speechless", new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("no text");
            }
        });
        engine.eval("garbage(function() return fail() end) garbage(function() fail() end)"
                + " garbage(function() error(setmetatable({}, { __tostring = function() return 'own words' end })) end)"
                + " garbage(function() error(speechless) end)"
                + " garbage(function() error(setmetatable({}, { __tostring = error })) end) collectgarbage()");
        List<String> told = errors.toString().lines().sorted().toList();
        String java = "ERROR in finalizer: java.lang.IllegalStateException: from Java";
        String none = "ERROR in finalizer: an error that cannot be shown";
        assertEquals(List.of(none, none, java, java, "ERROR in finalizer: own words"), told);
    }

    @Test
    void errorsGoToTheWriterOfTheContextUnderWay() throws Exception {
        SimpleScriptContext context = new SimpleScriptContext();
        StringWriter own = new StringWriter();
        context.setErrorWriter(own);
        context.setBindings(engine.createBindings(), ScriptContext.ENGINE_SCOPE);
        engine.eval("garbage(function() error('before', 0) end)");
        engine.eval("collectgarbage()", context);
        assertEquals("ERROR in finalizer: before\n", own.toString());
        engine.eval("function collect() garbage(function() error('called', 0) end) collectgarbage() end");
        engine.invokeFunction("collect");
        assertEquals("ERROR in finalizer: called\n", errors.toString());
    }

    @Test
    void errorsOfEveryTypeAreToldAndDoNotStopTheOthers() throws Exception {
        engine.eval("ran = 0 for _, v in ipairs { 'text', 1, true, {}, print } do"
                + " garbage(function() ran = ran + 1 error(v, 0) end) end"
                + " garbage(function() ran = ran + 1 error() end) collectgarbage()");
        assertEquals(6, engine.get("ran"));
        assertEquals(6, errors.toString().lines().count(), errors.toString());
    }

    @Test
    void aJavaExceptionIsToldToo() throws Exception {
        engine.put("fail", (Supplier<Object>) () -> {
            throw new IllegalStateException("from Java");
        });
        engine.eval("garbage(function() fail() end) collectgarbage()");
        assertFalse(errors.toString().isEmpty());
        assertEquals(2, engine.eval("1 + 1"));
    }

    // -- What they interrupt ---------------------------------------------------------------------------------------

    @Test
    void argumentsArriveUnchanged() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        engine.put("noise", (Function<Object, Object>) text -> {
            calls.incrementAndGet();
            return text + "!";
        });
        engine.put("list", (Function<LuaTable, Object>) table -> table.get("s"));
        engine.eval("collectgarbage('setpause', 1) collectgarbage('setstepmul', 10000)"
                + " local function again() noise(('n'):rep(40)) garbage(again) end"
                + " for i = 1, 20 do garbage(again) end"
                + " function echo(...) local t = { ('x'):rep(#tostring(...)) } return ... end");
        for (int i = 0; i < 500; i++) {
            Object[] given = {"first " + i, i, "third " + i * 7L, i + 0.5, "last " + "y".repeat(i % 300)};
            assertEquals(Arrays.asList(given), engine.invokeFunction("echo", given));
        }
        assertEquals(true, engine.eval("""
                for i = 1, 1500 do
                  local s = 'text ' .. i
                  assert(list({ s = s }) == s)
                  assert(noise(s) == s .. '!')
                end
                return true"""));
        assertTrue(calls.get() > 2000, () -> "finalizers ran " + calls);
    }

    @Test
    void resultsArriveUnchanged() throws Exception {
        engine.put("noise", (Function<Object, Object>) text -> text);
        engine.eval("collectgarbage('setpause', 1) collectgarbage('setstepmul', 10000)"
                + " local function again() noise('noise', 1, 2, 3) garbage(again) end garbage(again)"
                + " function results(i) return 'a' .. i, i, { i }, 'd' .. i, print end");
        for (int i = 0; i < 1000; i++) {
            List<?> results = (List<?>) engine.invokeFunction("results", i);
            assertNotNull(results);
            assertEquals(List.of("a" + i, i), results.subList(0, 2));
            assertEquals(i, assertInstanceOf(LuaTable.class, results.get(2)).get(1));
            assertEquals("d" + i, results.get(3));
            assertInstanceOf(LuaFunction.class, results.get(4));
        }
    }

    @Test
    void theyMayUseTheEngineThemselves() throws Exception {
        List<Object> seen = new ArrayList<>();
        engine.put("evaluate", (Function<String, Object>) script -> {
            try {
                return seen.add(engine.eval(script));
            } catch (ScriptException e) {
                return seen.add(e);
            }
        });
        engine.eval("for i = 1, 50 do garbage(function() evaluate('return ' .. i .. ' * 2') end) end collectgarbage()");
        assertEquals(50, seen.size());
        assertTrue(seen.contains(100), seen.toString());
    }

    @Test
    void theyRunAtCloseWithJavaAtHand() throws Exception {
        List<Object> seen = new ArrayList<>();
        engine.put("see", (Function<Object, Object>) seen::add);
        engine.eval("kept = newproxy(true) getmetatable(kept).__gc = function() see('closing') end");
        engine.close();
        assertEquals(List.of("closing"), seen);
    }

    @Test
    void anObjectReachedAfterItsReleaseIsNoCrash() throws Exception {
        engine.put("make", (Supplier<Object>) () -> new ArrayList<>(List.of("item")));
        engine.eval("reached = {} for i = 1, 200 do local o = make() garbage(function()"
                + " reached[#reached + 1] = tostring(pcall(function() return o:get(0) end)) end) o = nil end"
                + " collectgarbage() collectgarbage()");
        assertEquals(200, engine.eval("#reached"));
    }

    // -- Memory --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "local t = {} for i = 1, 1e9 do t[i] = { i } end",
                "local s = 'x' while true do s = s .. s end",
                "return ('x'):rep(2^31 - 100)",
                "local t = {} for i = 1, 1e9 do t[i] = coroutine.create(print) end",
                "local t = {} for i = 1, 1e9 do t['k' .. i] = i end",
                "local t = {} for i = 1, 1e9 do t[i] = newproxy(true) getmetatable(t[i]).__gc = noise end",
                "local t = {} for i = 1, 1e9 do t[i] = function() return i end noise(i) end"
            })
    void withoutMemoryTheyAreHarmless(String script) throws Exception {
        try (LuaScriptEngine small = new LuaScriptEngineFactory()
                .getScriptEngine(LuaRuntime.builder().memoryLimit(4 << 20))) {
            small.getContext().setErrorWriter(errors);
            small.put("noise", (Function<Object, Object>) x -> "some text from Java " + x);
            small.eval(GARBAGE + "local function again() noise(('n'):rep(100)) garbage(again) end"
                    + " for i = 1, 20 do garbage(again) end");
            for (int i = 0; i < 2; i++) {
                ScriptException e = assertThrows(ScriptException.class, () -> small.eval(script));
                assertInstanceOf(LuaMemoryException.class, e.getCause());
                assertEquals(5050, small.eval("local s = 0 for i = 1, 100 do s = s + i end return s"));
                assertEquals("some text from Java 1", small.eval("noise(1)"));
            }
        }
    }

    // -- Depth ---------------------------------------------------------------------------------------------------

    /** Finalizers that make garbage and collect it, and so run inside each other. */
    static final class Nested {
        private static final String[] SCRIPTS = {
            "local function f() garbage(f) collectgarbage() end f()",
            "local function f() garbage(f) local t = {} for i = 1, 1000 do t[i] = { i } end collectgarbage('step', 100)"
                    + " end f() collectgarbage()",
            "local function f() garbage(function() string.gsub('x', 'x', f) end) collectgarbage() end f()",
            "local function f() garbage(function() coroutine.wrap(f)() end) collectgarbage() end f()",
            "local function f() garbage(function() call(f) end) collectgarbage() end f()",
            "local function r() return 1 + r() end garbage(r) collectgarbage()",
            "local function r() return (string.gsub('x', 'x', r)) end garbage(r) collectgarbage()",
            "local function r() table.sort({ 3, 2, 1 }, r) end garbage(r) collectgarbage()",
            "local function r() call(r) end garbage(r) collectgarbage()",
            "local function r() return 1 + r() end for i = 1, 50 do garbage(r) end"
                    + " local function f() return (string.gsub('x', 'x', function() collectgarbage() return f() end)) end"
                    + " f()",
        };

        private Nested() {}

        public static void main(String[] arguments) throws Exception {
            new LuaScriptEngineFactory()
                    .getScriptEngine()
                    .close(); // The JVM itself needs more stack for the first one.
            for (long stack : new long[] {256, 512, 1024}) {
                for (String script : SCRIPTS) {
                    Stacks.on(stack * KB, () -> run(script));
                }
                System.out.println("survived " + stack);
            }
        }

        private static Object run(String script) throws ScriptException {
            try (LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine()) {
                engine.getContext().setErrorWriter(new StringWriter());
                engine.put("call", (Function<LuaFunction, Object>) LuaFunction::call);
                engine.eval(GARBAGE);
                for (int i = 0; i < 2; i++) {
                    try {
                        engine.eval(script);
                    } catch (ScriptException | StackOverflowError e) {
                        // A script may fail so, as long as the engine does not.
                    }
                    assertEquals(5050, engine.eval("local s = 0 for i = 1, 100 do s = s + i end return s"));
                    assertEquals("A", engine.eval("(('a'):gsub('a', function(c) return c:upper() end))"));
                }
                return engine;
            }
        }
    }

    @Test
    void nestedInEachOtherOnSmallStacks() throws Exception {
        String output = ChildJvm.run(Nested.class);
        assertEquals(
                List.of("survived 256", "survived 512", "survived 1024"),
                output.lines().toList());
    }
}
