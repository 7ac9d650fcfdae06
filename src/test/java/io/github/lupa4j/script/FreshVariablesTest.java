package io.github.lupa4j.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.lupa4j.LuaRuntime;
import java.io.StringReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import javax.script.Bindings;
import javax.script.CompiledScript;
import javax.script.ScriptContext;
import javax.script.ScriptException;
import javax.script.SimpleBindings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Variables are what they are at the time at which a script reads them. */
class FreshVariablesTest extends FreshBindings {
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
            local x = math.max(a, 0) o:set('a', 5) return x + a      | 6
            local x = math.max(a, 0) o:set('b', 5) return x .. b     | 15
            local x = math.max(a, 0) _G['a'] = 5 return x + a        | 6
            local x = math.max(a, 0) getfenv().a = 5 return x + a    | 6
            local x = math.max(a, 0) loadstring('a = 5')() return x + a | 6
            local x = math.max(a, 0) y = 1 z = c return x + a        | 2
            local x = math.max(a, 0) y = 1 o:set('a', 5) z = 2 return x + a | 6
            local x = math.max(a, 0) y = a function f() y = y + a end f() return x + y + a | 4
            local x = math.max(a, 0) local p = o y = 1 return x + a + p.next + a | 4
            local x = type(b) .. a return x .. o.next .. a           | string102
            local function f() return a end local x = f() o:set('a', 5) return x + f() | 6
            local function f(y) return y + a end local x = f(1) + f(2) return x + o.next + f(3) + f(3) | 15
            local function f() return a end return f() + (function() return o.next end)() + f() | 3
            local x = math.max(a, 0) a = 7 return x + a              | 8
            local function f() a = a + 1 return a end return f() + f() + a | 8
            function f() return a end local x = f() o:set('a', 5) return x + f() | 6
            local f = loadstring('a = 5') f() return a               | 5
            local s = ('x'):rep(3):gsub('x', function() return o.next + a end) return s .. a | 2344
            local ok, x = pcall(function() o:set('a', 3) error(a) end) return a | 3
            local t = {3, 1, 2} table.sort(t, function(x, y) o:set('a', 9) return x < y end) return t[1] + a | 10
            """)
    void variablesAreWhatTheyAreAtTheTime(String script, String expected) throws Exception {
        CompiledScript compiled = engine.compile(script);
        for (int i = 0; i < 300; i++) {
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
                "local function f() return stop end while not f() do end return 'stopped'",
                "local function f() if stop then return 'stopped' end return f() end return f()",
                "local function f() return stop end local function g() if not f() then return 1 end end"
                        + " for k in g do end return 'stopped'",
                "for k in function() if not stop then return 1 end end do end return 'stopped'",
                "local function f(n) if stop or n < 1 then return end f(n - 1) f(n - 1) end f(60) return 'stopped'",
                "local function f() ::top:: if stop then return 'stopped' end goto top end return f()",
            })
    void anotherThreadCanStopAScript(String script) throws Exception {
        Bindings bindings = new SimpleBindings(new ConcurrentHashMap<>(Map.of("number", 1, "stop", false)));
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "local x = math.max(a, 0) if c then x = x + o.next end return x + a",
                "local x = math.max(a, 0) if c then x = x + o.next end return x + a + o.next",
                "local function f() return a end local x = f() if c then x = x + o.next end return x + f()",
                "local x = math.max(a, 0) if c then o:set('a', 2) end return x + a",
            })
    void whatIsSeldomAskedForCanChangeThem(String script) throws Exception {
        CompiledScript compiled = engine.compile(script);
        for (int i = 0; i < 2000; i++) {
            boolean changes = i % 400 == 399 || i % 1000 > 900;
            Bindings bindings = with2("a", 1, "c", changes);
            bindings.put("o", new Changing(bindings));
            assertEquals(changes ? 3 : 2, compiled.eval(bindings), script);
        }
    }

    /** What functions of the library call may change them, too. */
    @Test
    void readingCanChangeThem() throws Exception {
        AtomicReference<Bindings> current = new AtomicReference<>(new SimpleBindings());
        engine.getContext().setReader(new StringReader("") {
            @Override
            public int read() {
                current.get().put("a", "new");
                return '\n';
            }
        });
        for (String script : List.of(
                "local x = a io.read() return x .. a",
                "local function f() return a end local x = f() io.read() return x .. f()",
                "local x = math.max(a, 1) io.read() return x .. a")) {
            CompiledScript compiled = engine.compile(script);
            for (int i = 0; i < 300; i++) {
                Bindings bindings = with("a", 1);
                current.set(bindings);
                assertEquals("1new", compiled.eval(bindings), script);
            }
        }
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

    /** Looking into them can run any code. */
    @Test
    void theOuterScopesCanChangeThem() throws Exception {
        AtomicReference<Bindings> current = new AtomicReference<>(new SimpleBindings());
        Map<String, Object> changing = new HashMap<>(Map.of("g", 3)) {
            private static final long serialVersionUID = 1;

            @Override
            public boolean containsKey(Object name) {
                if ("g".equals(name) || "nothing".equals(name)) {
                    current.get().put("a", 5);
                }
                return super.containsKey(name);
            }
        };
        engine.getContext().setBindings(new SimpleBindings(changing), ScriptContext.GLOBAL_SCOPE);
        CompiledScript script = engine.compile("local x = math.max(a, 0) local y = g return x + y + a");
        CompiledScript missing = engine.compile("local x = math.max(a, 0) local y = nothing return x + a");
        for (int i = 0; i < 300; i++) {
            Bindings bindings = with("a", 1);
            current.set(bindings);
            assertEquals(9, script.eval(bindings));
            bindings.put("a", 1);
            assertEquals(6, missing.eval(bindings));
        }
    }

    /** Whatever of the globals' metatables a script gets hold of. */
    @Test
    void whatLooksForThemFindsNoOthers() throws Exception {
        Bindings others = with("secret", 5);
        engine.eval("local t = {print} function f() return t end return _G", others);
        String look = "local mt, found = debug.getmetatable(_G), ''"
                + " for _, f in ipairs {mt.__newindex, debug.getmetatable(mt.__index).__index} do for i = 1, 20 do"
                + " local name, v = debug.getupvalue(f, i) if type(v) == 'function' then for n = -1, 30 do"
                + " for _, a in ipairs {{n, 'secret', false}, {'secret', false}, {n, 'secret', 6}, {'secret', 6}, {n}, {}} do"
                + " local ok, result = pcall(v, unpack(a, 1, 3)) if ok and result == 5 then found = found .. name .. n end"
                + " end end end end end return found";
        assertEquals("", fresh(look));
        assertEquals(5, others.get("secret"));
        assertEquals(5, engine.eval("return secret", others));
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
}
