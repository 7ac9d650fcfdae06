package io.github.lupa4j.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaTable;
import java.lang.ref.WeakReference;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import javax.script.Bindings;
import javax.script.CompiledScript;
import javax.script.ScriptContext;
import javax.script.ScriptException;
import javax.script.SimpleBindings;
import javax.script.SimpleScriptContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A script that is evaluated again and again, each time with Bindings of its own: no evaluation is seen by the next. */
class FreshBindingsTest {
    private final LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine();

    @AfterEach
    void close() {
        engine.close();
    }

    private static Bindings with(String name, Object value) {
        Bindings bindings = new SimpleBindings();
        bindings.put(name, value);
        return bindings;
    }

    private Object fresh(String script) throws ScriptException {
        return engine.eval(script, new SimpleBindings());
    }

    /** So that the library has been used before, in the same environment. */
    private void use() throws ScriptException {
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    "number3xX",
                    fresh("return type(1) .. math.max(3, 2) .. tostring('x') .. string.upper('x'), table.concat({}),"
                                    + " os.time()")
                            .toString()
                            .replaceAll("[\\[\\]]|, .*", ""));
        }
    }

    // -- The library ---------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "math.max = nil",
                "math.max = math.min",
                "math.more = 1",
                "math = {max = print}",
                "math.max, math.more = nil, 1",
                "rawset(math, 'max', nil)",
                "rawset(math, {}, {}) math[1] = 2",
                "for k in pairs(math) do math[k] = nil end",
                "setmetatable(math, {__index = string}) math.max = nil",
                "local m = math function f() m.max = nil end f()",
                "local function f() math.max = nil end f()",
                "math.max = nil return math",
                "return function() math.max = nil end",
                "type, tostring = nil, math",
                "table.insert(math, math) math.pi = 3",
                "error(math)",
                "math.max = nil error('x')",
                "local t = math t.max = nil coroutine.wrap(function() math.min = nil end)()",
                "loadstring('math.max = nil')()",
                "string.upper = nil string = nil",
                "table.foreach(math, function(k) math[k] = nil end)",
            })
    void changesOfTheLibraryAreGone(String change) throws Exception {
        use();
        for (int i = 0; i < 3; i++) {
            try {
                Object given = fresh(change);
                use();
                if (given instanceof LuaFunction function) {
                    function.call();
                } else if (given instanceof LuaTable table) {
                    table.put("min", "changed by Java");
                    assertEquals(1, fresh("return math.min(1, 2)"));
                }
            } catch (ScriptException e) {
                // some do that
            }
            use();
            assertEquals("nil", fresh("return type(math.more)"));
            assertEquals(
                    0,
                    fresh("local n = 0 for k in pairs(math) do n = n + 1 end return n")
                                    .hashCode()
                            - engine.eval("local n = 0 for k in pairs(math) do n = n + 1 end return n")
                                    .hashCode());
        }
    }

    /** A table of the library that a script left in a place which others reach is not the next script's. */
    @Test
    void whatIsPassedOnIsNotUsedAgain() throws Exception {
        use();
        List<Object> seen = new ArrayList<>();
        Bindings bindings = with("keep", (Function<Object, Object>) seen::add);
        engine.eval("keep(math)", bindings);
        ((LuaTable) seen.get(0)).put("max", "wrong");
        use();
        LuaTable shared = engine.runtime().table();
        engine.eval(
                "shared.math = math shared.f = function() math.max = nil string.upper = nil end",
                with("shared", shared));
        use();
        shared.call("f");
        shared.getTable("math").put("max", "wrong");
        use();
    }

    @Test
    void changesOfTheRealLibraryAreSeen() throws Exception {
        use();
        engine.eval("math.twice = function(x) return 2 * x end");
        assertEquals(8, fresh("return math.twice(4)"));
        engine.eval("math.twice = nil");
        assertEquals("nil", fresh("return type(math.twice)"));
    }

    @Test
    void bindingsHideTheLibraryWheneverTheyComeByIt() throws Exception {
        use();
        assertEquals("mine", engine.eval("return type", with("type", "mine")));
        assertEquals("mine", engine.eval("return math", with("math", "mine")));
        assertEquals("mine", engine.eval("local function f() return math end return f()", with("math", "mine")));
        assertEquals("mine", engine.eval("return loadstring('return type')()", with("type", "mine")));
        assertEquals("mine", engine.eval("return _G['ty' .. 'pe']", with("type", "mine")));
        assertEquals("mine", engine.eval("return getfenv()['ty' .. 'pe']", with("type", "mine")));
        Bindings empty = new SimpleBindings();
        empty.put("type", null);
        assertNull(engine.eval("return type", empty));
        use();
        ScriptContext context = new SimpleScriptContext() {
            private final Bindings inner = with("type", "inner");

            @Override
            public List<Integer> getScopes() {
                return List.of(50, ENGINE_SCOPE);
            }

            @Override
            public Bindings getBindings(int scope) {
                return scope == 50 ? inner : super.getBindings(scope);
            }

            @Override
            public Object getAttribute(String name, int scope) {
                return getBindings(scope).get(name);
            }
        };
        assertEquals("inner", engine.eval("return type", context));
        use();
    }

    @Test
    void aScriptMaySetWhatTheLibraryHas() throws Exception {
        use();
        Bindings bindings = new SimpleBindings();
        assertEquals("mine", engine.eval("type = 'mine' return type", bindings));
        assertEquals("mine", bindings.get("type"));
        use();
        assertEquals("function", engine.eval("type = nil return tostring(type):match('%a+')", bindings));
        use();
    }

    /** The tables that stand behind an evaluation's globals are its own. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "getmetatable(getmetatable(_G).__index).__index = {}",
                "getmetatable(getmetatable(_G).__index).__index = nil",
                "local m = getmetatable(getmetatable(_G).__index) local old = m.__index"
                        + " m.__index = function(t, k) spied = (spied or '') .. k return old(t, k) end",
                "getmetatable(_G).__index = {}",
                "getmetatable(_G).__newindex = nil",
                "local i = getmetatable(_G).__index for k in next, i do i[k] = nil end",
                "local i = getmetatable(_G).__index i.type, i.x = 1, 2",
                "setmetatable(getmetatable(_G).__index, nil)",
                "setmetatable(_G, nil)",
                "rawset(_G, 'x', 1) rawset(_G, 'type', 2)",
            })
    void whatStandsBehindTheGlobalsIsOfOneEvaluation(String change) throws Exception {
        use();
        Bindings bindings = new SimpleBindings();
        engine.eval(change + " return 1", bindings);
        for (int i = 0; i < 3; i++) {
            assertEquals("3function", engine.eval("return x .. type(print)", with("x", 3)));
            assertEquals(3, engine.eval("local function f() return x end return f()", with("x", 3)));
            assertEquals(3, engine.eval("function f() return x end return f()", with("x", 3)));
            use();
        }
        assertNull(bindings.get("spied"));
    }

    @Test
    void noScriptReadsOtherBindings() throws Exception {
        Bindings secret = with("secret", "found");
        engine.eval("function f() return secret end", secret);
        secret.put("look", (Supplier<Object>) () -> evaluated(
                "local i = getmetatable(_G).__index for k, v in next, i do if type(v) == 'number' then for n = -1, 60 do"
                        + " i[k] = n if secret then return secret end end end end return 'nothing'",
                new SimpleBindings()));
        assertEquals("nothing", engine.eval("return look()", secret));
        assertEquals(
                0,
                fresh("local n = 0 for k in next, getmetatable(_G).__index do"
                        + " if type(k) ~= 'string' then n = n + 1 end end return n"));
    }

    // -- Variables ------------------------------------------------------------------------------------------------

    /** Changes while a script runs, at the times when a script can see it. */
    public static final class Changing {
        private final Bindings bindings;

        Changing(Bindings bindings) {
            this.bindings = bindings;
        }

        public int getNext() {
            bindings.put("a", (int) bindings.get("a") + 1);
            return 0;
        }

        public void set(String name, Object value) {
            bindings.put(name, value);
        }

        public void remove(String name) {
            bindings.remove(name);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            return a .. b .. tostring(c)                             | 12true
            local x = a o:set('a', 5) return x .. a                  | 15
            local x = o.next return a                                | 2
            return o.next + a + o.next + a                           | 5
            return a + o.next + a                                    | 3
            a = a + 1 return a                                       | 2
            a = a + 1 b = a return a + b                             | 4
            local x = a a = nil return type(a) .. x                  | nil1
            local x = a o:remove('a') return x .. type(a)            | 1nil
            local x = a o:set('b', 7) return x .. loadstring('return b')() | 17
            local x = a + b o:set('b', 7) return x .. getfenv().b    | 37
            local x = a + b o:set('b', 7) return x .. _G['b']        | 37
            local x = a + b for k in pairs(getfenv()) do x = k end return x | 3
            local x = b for i = 1, 3 do o:set('a', i) x = x .. a end return x | 2123
            local x = 0 ::top:: local y = a o:set('a', y + 1) if y < 5 then goto top end return a | 6
            local x = b repeat o:set('a', a + 1) until a > 5 return a .. x | 62
            local function f() return a end local x = b o:set('a', 9) return f() .. x | 92
            if c then return a else return nothing.at.all end        | 1
            return nothing == nil and a                              | 1
            return (a > 0 and b or o.next) .. a                      | 21
            if a > 5 then return o.next end return b                 | 2
            local t = {a, b, x = c} return t[1] + t[2]               | 3
            return -a .. #b                                          | -11
            """)
    void variablesAreWhatTheyAreAtTheTime(String script, String expected) throws Exception {
        CompiledScript compiled = engine.compile(script);
        for (int i = 0; i < 100; i++) {
            Bindings bindings = new SimpleBindings();
            bindings.put("a", 1);
            bindings.put("b", "2");
            bindings.put("c", true);
            bindings.put("o", new Changing(bindings));
            assertEquals(expected, String.valueOf(compiled.eval(bindings)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "while not stop do end return 'stopped'",
                "local n = number while not stop do n = n + 1 end return 'stopped'",
                "::top:: if stop then return 'stopped' end goto top",
                "repeat until stop return 'stopped'",
                "repeat local x = stop until x return 'stopped'",
                "local n = number for i = 1, 1e12 do if stop then return 'stopped' end end",
            })
    void anotherThreadCanStopAScript(String script) throws Exception {
        Bindings bindings = new SimpleBindings(new ConcurrentHashMap<>(Map.of("number", 1)));
        Thread other = new Thread(() -> {
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            bindings.put("stop", true);
        });
        other.start();
        assertEquals("stopped", engine.eval(script, bindings));
        other.join();
    }

    @Test
    void variablesOfAnEvaluationThatFailedAreGone() throws Exception {
        for (String end : List.of("error('x')", "x.y.z = 1", "return a + {}")) {
            CompiledScript fails = engine.compile("local x = a " + end);
            for (int i = 0; i < 3; i++) {
                assertThrows(ScriptException.class, () -> fails.eval(with("a", 1)));
                assertEquals("nil", fresh("return type(loadstring('return a')())"));
                assertEquals("nil", fresh("return type(a)"));
                assertNull(fresh("return a"));
            }
        }
    }

    @Test
    void theOuterScopesGoOn() throws Exception {
        engine.getContext().setBindings(with("g", 3), ScriptContext.GLOBAL_SCOPE);
        for (int i = 0; i < 3; i++) {
            assertEquals(7, engine.eval("return a + g", with("a", 4)));
            assertEquals(8, engine.eval("return a + g", with2("a", 4, "g", 4)));
        }
        Bindings bindings = with("a", 4);
        engine.getContext().getBindings(ScriptContext.GLOBAL_SCOPE).put("g", new Changing(bindings));
        assertEquals(5, engine.eval("return g.next + a", bindings));
    }

    private static Bindings with2(String name, Object value, String other, Object otherValue) {
        Bindings bindings = with(name, value);
        bindings.put(other, otherValue);
        return bindings;
    }

    @Test
    void whatCannotBePassedMattersOnlyWhereItIsUsed() throws Exception {
        LuaRuntime.Builder options =
                LuaRuntime.builder().charset(StandardCharsets.US_ASCII).malformed(CodingErrorAction.REPORT);
        try (LuaScriptEngine ascii = new LuaScriptEngineFactory().getScriptEngine(options)) {
            for (int i = 0; i < 3; i++) {
                assertEquals(2, ascii.eval("if b == 1 then return a end return 2", with2("a", "\u00e4", "b", 2)));
                assertThrows(ScriptException.class, () -> ascii.eval("return a", with2("a", "\u00e4", "b", 2)));
            }
        }
    }

    @Test
    void manyVariables() throws Exception {
        CompiledScript all = engine.compile("local t = {v0" + range(150) + "} return #t + t[150]");
        for (int round = 0; round < 3; round++) {
            Bindings bindings = new SimpleBindings();
            for (int i = 0; i < 150; i++) {
                bindings.put("v" + i, i + round);
            }
            assertEquals(299 + round, all.eval(bindings));
        }
    }

    private static String range(int end) {
        StringBuilder names = new StringBuilder();
        for (int i = 1; i < end; i++) {
            names.append(", v").append(i);
        }
        return names.toString();
    }

    // -- Functions -----------------------------------------------------------------------------------------------

    @Test
    void functionsAndVariablesAreOfTheirBindings() throws Exception {
        CompiledScript script = engine.compile(
                "function f() n = n + 1 return n end local function g() return f() end" + " return g() + g()");
        List<Bindings> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Bindings bindings = with("n", 10 * i);
            assertEquals(20 * i + 3, script.eval(bindings));
            all.add(bindings);
        }
        System.gc();
        for (int i = 0; i < 50; i++) {
            assertEquals(10 * i + 3, ((LuaFunction) all.get(i).get("f")).call());
            assertEquals(10 * i + 4, engine.eval("return f()", all.get(i)));
            assertEquals(10 * i + 4, all.get(i).get("n"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "function f() n = (n or 0) + 1 return n end",
                "f = function() n = (n or 0) + 1 return n end",
                "local function g() n = (n or 0) + 1 return n end f = function() return g() end",
                "f = {call = function() n = (n or 0) + 1 return n end}",
                "local n0 = n f = coroutine.wrap(function() while true do n = (n or 0) + 1 coroutine.yield(n) end end)",
            })
    void whatIsLeftOfTheBindingsKeepsThem(String script) throws Exception {
        Object f = left(script);
        for (int i = 1; i < 4; i++) {
            System.gc();
            fresh("function f() end n = 99 return 1");
            Object n = f instanceof LuaTable table ? table.call("call") : ((LuaFunction) f).call();
            assertEquals(i, n);
        }
    }

    private Object left(String script) throws ScriptException {
        Bindings bindings = new SimpleBindings();
        engine.eval(script, bindings);
        return bindings.get("f");
    }

    /** What a function gives may be all that is left of an evaluation. */
    @Test
    void functionsOfFunctionsKnowTheVariables() throws Exception {
        Bindings bindings = with("x", 1);
        LuaFunction inner = inner(bindings);
        collect();
        bindings.put("x", 2);
        assertEquals(2, inner.call());
        assertNull(bindings.get("f"));
    }

    private LuaFunction inner(Bindings bindings) throws ScriptException {
        LuaFunction outer = (LuaFunction) engine.eval("return function() return function() return x end end", bindings);
        return (LuaFunction) outer.call();
    }

    /** A function that only another script's table still has. */
    @Test
    void functionsPassedToOthersKnowTheVariables() throws Exception {
        Bindings bindings = with("x", 1);
        Bindings others = new SimpleBindings();
        engine.eval("list = {} function run() return list[1]() end", others);
        pass(bindings, others);
        collect();
        bindings.put("x", 2);
        assertEquals(2, engine.eval("return run()", others));
    }

    private void pass(Bindings from, Bindings to) throws ScriptException {
        to.put("f", engine.eval("return function() return x end", from));
        engine.eval("list[1] = f f = nil", to);
    }

    private void collect() throws ScriptException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            fresh("function f() end return collectgarbage()");
        }
    }

    @Test
    void anEvaluationInOneMeetsTheSameFunctions() throws Exception {
        Bindings bindings = new SimpleBindings();
        bindings.put("eval", (Function<String, Object>) text -> evaluated(text, bindings));
        bindings.put("n", 1);
        assertEquals(
                "7 3 mine",
                engine.eval(
                        "local function late() return n end math.mine = 'mine'"
                                + " eval('function f() return 7 end n = 3')"
                                + " return f() .. ' ' .. late() .. ' ' .. eval('return math.mine')",
                        bindings));
        assertEquals("nil", fresh("return type(math.mine)"));
    }

    private Object evaluated(String text, Bindings bindings) {
        try {
            return engine.eval(text, bindings);
        } catch (ScriptException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void functionsGivenToJavaCanBeCalledWhileItRuns() throws Exception {
        Bindings bindings = with("n", 5);
        bindings.put("twice", (Function<LuaFunction, Object>) f -> (int) f.call() + (int) f.call());
        bindings.put("apply", (Function<LuaFunction, Object>)
                f -> f.as(IntUnaryOperator.class).applyAsInt(3));
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    13,
                    engine.eval("return twice(function() return n end) + apply(function(x) return x end)", bindings));
        }
        assertEquals(5, bindings.get("n"));
    }

    // -- Memory --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "return x",
                "function f() return x end",
                "return {x, math}",
                "return function() return x end",
                "local function g() return x end return g()",
                "return string.format('%s', x), print",
                "f = coroutine.create(function() return x end)",
                "return loadstring('return x')",
            })
    void bindingsGoWhenNothingNeedsThem(String script) throws Exception {
        WeakReference<Bindings> gone = new WeakReference<>(evaluate(script));
        for (int i = 0; i < 50 && gone.get() != null; i++) {
            System.gc();
            Thread.sleep(10);
            fresh("return 1");
        }
        assertNull(gone.get());
    }

    private Bindings evaluate(String script) throws ScriptException {
        use();
        Bindings bindings = with("x", "some text");
        assertNotNull(String.valueOf(engine.eval(script, bindings)));
        return bindings;
    }

    /** In an evaluation that goes on, environments are made for others. */
    @Test
    void bindingsOfAnOuterEvaluationGoToo() throws Exception {
        WeakReference<Bindings> gone = new WeakReference<>(nested());
        for (int i = 0; i < 50 && gone.get() != null; i++) {
            System.gc();
            Thread.sleep(10);
            fresh("return 1");
        }
        assertNull(gone.get());
        use();
    }

    private Bindings nested() throws ScriptException {
        Bindings bindings = new SimpleBindings();
        bindings.put("inner", (Supplier<Object>) () -> evaluated("return math.max(1, 2)", new SimpleBindings()));
        assertEquals(2, engine.eval("return inner()", bindings));
        return bindings;
    }

    @Test
    void manyEvaluationsWithFunctionsTakeLittle() throws Exception {
        CompiledScript script = engine.compile("function f(x) return x + 1 end return f(n)");
        for (int i = 0; i < 60_000; i++) {
            assertEquals(i + 1, script.eval(with("n", i)));
        }
        System.gc();
        fresh("return 1");
        assertTrue(
                engine.runtime().memoryUsed() < 64 << 20, () -> engine.runtime().memoryUsed() + " bytes");
    }
}
