package io.github.lupa4j.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaFunction;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import javax.script.Bindings;
import javax.script.CompiledScript;
import javax.script.Invocable;
import javax.script.ScriptContext;
import javax.script.ScriptException;
import javax.script.SimpleScriptContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Functions that scripts leave in Bindings, and that Lua forgets until they are used. */
class RestingFunctionsTest extends FreshBindings {
    @BeforeEach
    void useLibrary() throws ScriptException {
        use();
    }

    private static Object call(Bindings bindings, String name, Object... arguments) {
        return ((LuaFunction) bindings.get(name)).call(arguments);
    }

    /** What a script does after which a function of it is called, and what that gives. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            function f() return x end                                                         | 1
            function f() x = x + 1 return x end f() f()                                       | 4
            function g() return x end function f() return g() end                             | 1
            function f(n) n = n or 5 if n == 0 then return 0 end return n + f(n - 1) end       | 15
            function f() return string.format('%d %s', x, type(f)) end                        | 1 function
            function string.twice(s) return s .. s end function f() return ('a'):rep(2) .. string.twice('b') end | aabb
            function f() return math.mine end math.mine = 'mine'                              | mine
            function f() return math.mine end local t = {} t[1] = 1 table.insert(t, 2)         | -
            math = {max = function() return 'own' end} function f() return math.max(1) end     | own
            math = 5 function f() return math end                                             | 5
            function f() return tostring(_G.x) end                                            | 1
            function f() return tostring(getfenv().x) end                                     | 1
            local f1 = loadstring('return x') function f() return f1() end                    | 1
            function f() return tostring(getfenv(f) == _G) end                                | true
            local n = 3 function f() n = n + 1 return n end f()                               | 5
            local function g() return x end function f() return g() end                       | 1
            function f() return x end g = f                                                   | 1
            function f() return tostring(f == g) end g = f                                    | true
            function f() return tostring(f == g) end function g() end                         | false
            function f() return tostring(t.a == f) end t = {a = f}                            | true
            config = {a = {5}} function f() return config.a[1] end                            | 5
            config = {a = {5}} function f() config.b = x return config.b end                  | 1
            t = {g = function() return x end} function f() return t.g() end                   | 1
            t = {math} function f() return t[1] == math end                                   | true
            M = {} function M.g() return x end function f() return M.g() end                  | 1
            local M = {} function M.g() return x end function f() return M.g() end g = M      | 1
            local m = math function f() return tostring(m == math) end copy = m               | true
            copy = math copy.mine = 3 function f() return math.mine end                       | 3
            copy = math function f() copy.mine = 3 return math.mine end                       | 3
            t = {max = math.max} function f() return tostring(t.max == math.max) end          | true
            local n = 0 function f() n = n + x return n end f()                               | 2
            local n = 0 function g() n = n + 1 end function f() g() g() return n end g()      | 3
            local function g() return x end function f() x = x + 1 return g() end             | 2
            local upper = string.upper function f() return upper('a') .. x end                | A1
            local max = math.max math.max = nil function f() return max(1, 2) .. tostring(math.max) end | 2nil
            local t = {} function f() t[#t + 1] = x return #t end f()                          | 2
            local s = string function f() return tostring(s == string) end                    | true
            local function fact(n) return n < 2 and 1 or n * fact(n - 1) end function f() return fact(5) end | 120
            local obj = java.import('java.util.ArrayList')() function f() obj:add(x) return obj:size() end f() | 2
            local e = getfenv() function f() return tostring(e.x) end                         | 1
            function f() return arg and 1 or 2 end                                            | 2
            f = function() return (select('#', 1, 2, x)) end                                  | 3
            f = coroutine.wrap(function() coroutine.yield(x) end)                             | 1
            function f() h = function() return x + 1 end return h() end                       | 2
            function f() error({code = x}) end local ok, e = pcall(f) local c = e.code function f() return c end | 1
            """)
    void knowWhatTheScriptHasLeft(String script, String result) throws Exception {
        for (int i = 0; i < 3; i++) {
            Bindings bindings = with("x", 1);
            engine.eval(script, bindings);
            fresh("x = 99 function f() return 'other' end function g() end math.mine = 2");
            Object value = call(bindings, "f");
            assertEquals(result, value == null ? "-" : value.toString(), script);
        }
    }

    @Test
    void takeNoMemoryOfLua() throws Exception {
        CompiledScript script = engine.compile("function f() return x end function g() return f() end");
        List<Bindings> all = new ArrayList<>();
        engine.runtime().gc();
        long before = engine.runtime().memoryUsed();
        for (int i = 0; i < 5000; i++) {
            Bindings bindings = with("x", i);
            script.eval(bindings);
            all.add(bindings);
        }
        engine.runtime().gc();
        assertTrue(
                engine.runtime().memoryUsed() - before < 100_000,
                () -> before + " and then " + engine.runtime().memoryUsed());
        for (int i = 0; i < 5000; i += 500) {
            assertEquals(i, call(all.get(i), "g"));
        }
    }

    @Test
    void laterScriptsOfTheBindingsUseThem() throws Exception {
        Bindings bindings = with("x", 1);
        engine.eval("function f() return x end function g() return f() end", bindings);
        Object f = bindings.get("f");
        assertEquals("function 1 1", engine.eval("return type(f) .. ' ' .. f() .. ' ' .. g()", bindings));
        assertSame(f, bindings.get("f"));
        engine.eval("local old = f function f() return old() + 10 end x = 2", bindings);
        assertEquals(12, call(bindings, "g"));
        assertEquals(2, ((LuaFunction) f).call());
        assertNotEquals(f, bindings.get("f"));
        engine.eval("mine = 7 math.mine = 8", bindings);
        engine.eval("function f() return mine + math.mine end", bindings);
        assertEquals(15, call(bindings, "g"));
    }

    @Test
    void scriptsOfOtherBindingsUseThem() throws Exception {
        Bindings bindings = with("x", 1);
        engine.eval("function f() x = x + 1 return x end", bindings);
        Bindings others = with("f", bindings.get("f"));
        assertEquals(5, engine.eval("local a = f() return a + f()", others));
        assertEquals(3, bindings.get("x"));
        assertEquals(List.of("f"), List.copyOf(others.keySet()));
    }

    @Test
    void goWithInvocable() throws Exception {
        Bindings bindings = with("x", 1);
        engine.eval("function f(a) return x + a end", bindings);
        engine.setBindings(bindings, ScriptContext.ENGINE_SCOPE);
        Invocable invocable = engine;
        assertEquals(3, invocable.invokeFunction("f", 2));
        assertEquals(3, invocable.getInterface(Operation.class).f(2));
        bindings.put("x", 5);
        assertEquals(7, invocable.invokeFunction("f", 2));
    }

    /** An interface of the function. */
    public interface Operation {
        int f(int a);
    }

    /** 256 chunks are kept. */
    @Test
    void stayWhenTheEngineForgetsTheirChunk() throws Exception {
        Bindings bindings = with("x", 1);
        engine.eval("function f() return x end", bindings);
        for (int i = 0; i < 600; i++) {
            assertEquals(i, fresh("return " + i));
        }
        engine.runtime().gc();
        assertEquals(1, call(bindings, "f"));
    }

    @Test
    void knowTheScopesOfTheirContext() throws Exception {
        engine.getContext().setBindings(with("outer", 3), ScriptContext.GLOBAL_SCOPE);
        Bindings bindings = with("x", 1);
        engine.eval("function f() return x + outer end", bindings);
        assertEquals(4, call(bindings, "f"));
        ScriptContext context = new SimpleScriptContext();
        context.setBindings(with("x", 10), ScriptContext.ENGINE_SCOPE);
        context.setBindings(with("outer", 20), ScriptContext.GLOBAL_SCOPE);
        engine.eval("function f() return x + outer end", context);
        assertEquals(30, call(context.getBindings(ScriptContext.ENGINE_SCOPE), "f"));
    }

    @Test
    void printToTheEngine() throws Exception {
        StringWriter out = new StringWriter();
        engine.getContext().setWriter(out);
        Bindings bindings = with("x", 1);
        engine.eval("function f() print(x) end", bindings);
        call(bindings, "f");
        assertEquals("1\n", out.toString());
    }

    @Test
    void areOnesThatJavaWasGiven() throws Exception {
        List<LuaFunction> given = new ArrayList<>();
        Bindings bindings = with("x", 1);
        bindings.put("give", (Function<LuaFunction, Object>) function -> {
            given.add(function);
            return null;
        });
        for (int i = 0; i < 3; i++) {
            engine.eval("give(function(a) return x + (a or 0) end) give(function() return 'second' end)", bindings);
            fresh("x = 5 function f() end");
        }
        bindings.put("x", 2);
        for (int i = 0; i < given.size(); i += 2) {
            assertEquals(3, given.get(i).call(1));
            assertEquals("second", given.get(i + 1).call());
        }
        assertEquals(12, engine.eval("return f(10)", with("f", given.get(0))));
    }

    @Test
    void areCalledFromOtherThreads() throws Exception {
        CompiledScript script = engine.compile("function f() x = x + 1 return x end");
        List<Bindings> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Bindings bindings = with("x", i);
            script.eval(bindings);
            all.add(bindings);
        }
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Thread thread = new Thread(() -> all.forEach(bindings -> call(bindings, "f")));
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        for (int i = 0; i < 200; i++) {
            assertEquals(i + 4, all.get(i).get("x"));
        }
    }
}
