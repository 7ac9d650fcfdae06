package io.github.lupa4j.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaTable;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import javax.script.Bindings;
import javax.script.CompiledScript;
import javax.script.ScriptContext;
import javax.script.ScriptException;
import javax.script.SimpleBindings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left of evaluations knows their variables, and goes with them. */
class FreshFunctionsTest extends FreshBindings {
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

    /** In a call of Java's, other scripts can find functions of the outer evaluation, and its globals. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "for l = 1, 15 do local ok, g = pcall(getfenv, l) if ok and g.mark then box.g = g end end",
                "for l = 1, 15 do local i = debug.getinfo(l, 'f') local g = i and debug.getfenv(i.func)"
                        + " if g and g.mark then box.g = g end end",
                "for l = 1, 15 do for i = 1, 9 do local ok, _, f = pcall(debug.getlocal, l, i)"
                        + " if ok and type(f) == 'function' and debug.getfenv(f).mark then box.g = debug.getfenv(f) end end end",
            })
    void globalsThatWereSeenStayWithTheirBindings(String look) throws Exception {
        LuaTable box = engine.runtime().table();
        for (String script : List.of(
                "inner()",
                "local function g() return n end inner() g()",
                "function f() return n end inner()",
                "local m = 0 function f() m = m + 1 return n end inner()",
                "local function g() inner() return n end g()")) {
            for (boolean own : new boolean[] {false, true}) {
                Bindings bindings = with("n", "B");
                bindings.put("mark", 1);
                bindings.put("inner", (Supplier<Object>) () -> {
                    engine.put("box", box);
                    return own
                            ? evaluated(look, engine.getBindings(ScriptContext.ENGINE_SCOPE))
                            : evaluated(look, with("box", box));
                });
                evaluated(script, bindings);
                for (int i = 0; i < 3; i++) {
                    Bindings others = with("n", "secret");
                    others.put("spy", (Supplier<Object>)
                            () -> evaluated("if box.g then box.g.hacked = 'yes' return box.g.n end", with("box", box)));
                    Object spied = engine.eval("local function g() return n end return spy(), g()", others);
                    assertFalse(String.valueOf(spied).startsWith("[secret"), script + ": " + spied);
                    assertNull(others.get("hacked"), script);
                }
            }
        }
    }

    /** Some come to Lua for the first time as results of calls in compiled code. */
    @Test
    void objectsDoNotKnowTheEvaluationsGlobals() throws Exception {
        List<Object> made = new ArrayList<>();
        Bindings bindings = with("secret", 5);
        bindings.put("make", (Supplier<Object>) () -> {
            made.add(new ArrayList<>());
            return made.get(made.size() - 1);
        });
        engine.eval(
                "local t = {print} function f() return t end"
                        + " local make, kept = make, {} for i = 1, 500 do kept[i] = make() end all = kept",
                bindings);
        for (Object object : made) {
            Bindings others = with("o", object);
            assertEquals("nil", engine.eval("return tostring(debug.getfenv(o).secret)", others));
            engine.eval("debug.getfenv(o).secret = 6", others);
            assertEquals(5, bindings.get("secret"));
        }
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
