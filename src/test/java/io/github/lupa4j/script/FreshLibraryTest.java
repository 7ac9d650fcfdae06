package io.github.lupa4j.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaTable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.script.Bindings;
import javax.script.ScriptContext;
import javax.script.ScriptException;
import javax.script.SimpleBindings;
import javax.script.SimpleScriptContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No evaluation sees what another one has done to the library, or behind its globals. */
class FreshLibraryTest extends FreshBindings {
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
            String count = "local n = 0 for k in pairs(math) do n = n + 1 end return n";
            assertEquals(engine.eval(count), fresh(count));
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
}
