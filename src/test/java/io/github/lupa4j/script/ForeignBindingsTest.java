package io.github.lupa4j.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaTable;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import javax.script.Bindings;
import javax.script.Compilable;
import javax.script.ScriptContext;
import javax.script.ScriptException;
import javax.script.SimpleBindings;
import javax.script.SimpleScriptContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bindings as process engines and frameworks have them: lazy, read-only, sparing of what they allow. */
class ForeignBindingsTest {
    private final LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine();

    @AfterEach
    void close() {
        engine.close();
    }

    /** Variables of a process: asked by name, never walked; it tells what was done to it. */
    private static class Variables implements Bindings {
        final Map<String, Object> values = new HashMap<>();
        final List<String> puts = new ArrayList<>();
        final Set<String> asked = new TreeSet<>();

        @Override
        public boolean containsKey(Object key) {
            asked.add((String) key);
            return values.containsKey(key);
        }

        @Override
        public Object get(Object key) {
            asked.add((String) key);
            return values.get(key);
        }

        @Override
        public Object put(String name, Object value) {
            puts.add(name);
            return values.put(name, value);
        }

        @Override
        public Object remove(Object key) {
            puts.add("-" + key);
            return values.remove(key);
        }

        @Override
        public void putAll(Map<? extends String, ?> toMerge) {
            throw new UnsupportedOperationException("putAll");
        }

        @Override
        public int size() {
            throw new UnsupportedOperationException("size");
        }

        @Override
        public boolean isEmpty() {
            throw new UnsupportedOperationException("isEmpty");
        }

        @Override
        public boolean containsValue(Object value) {
            throw new UnsupportedOperationException("containsValue");
        }

        @Override
        public void clear() {
            throw new UnsupportedOperationException("clear");
        }

        @Override
        public Set<String> keySet() {
            throw new UnsupportedOperationException("keySet");
        }

        @Override
        public Collection<Object> values() {
            throw new UnsupportedOperationException("values");
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            throw new UnsupportedOperationException("entrySet");
        }
    }

    // -- Reading -------------------------------------------------------------------------------------------------

    @Test
    void namesAreResolvedWhenTheyAreRead() throws Exception {
        Variables variables = new Variables();
        variables.values.put("amount", 7);
        variables.values.put("unused", "never asked for");
        assertEquals(14, engine.eval("amount * 2", variables));
        assertFalse(variables.asked.contains("unused"), variables.asked.toString());
        assertTrue(variables.puts.isEmpty());
    }

    @Test
    void nothingIsWalkedOrCleared() throws Exception {
        Variables variables = new Variables();
        assertEquals(6, engine.eval("local t = {} for i = 1, 3 do t[i] = i end return t[1] + t[2] + t[3]", variables));
        assertNull(engine.eval("unknown", variables));
        engine.eval("function f() return x end x = 1", variables);
        var compiled = ((Compilable) engine).compile("x = x + 1 return x");
        assertEquals(2, compiled.eval(variables));
        engine.setBindings(variables, ScriptContext.ENGINE_SCOPE);
        assertEquals(2, engine.invokeFunction("f"));
        assertEquals(2, engine.get("x"));
        engine.put("y", 5);
        assertEquals(7, engine.eval("x + y"));
        assertNull(engine.getInterface(Runnable.class));
        assertThrows(NoSuchMethodException.class, () -> engine.invokeFunction("missing"));
    }

    @Test
    void aNullValueIsNil() throws Exception {
        Variables variables = new Variables();
        variables.values.put("none", null);
        variables.values.put("print", null);
        assertEquals(List.of("nil", "nil"), engine.eval("type(none), type(print)", variables));
    }

    @Test
    void theLibraryIsThereUnlessTheyHideIt() throws Exception {
        Variables variables = new Variables();
        assertEquals("A", engine.eval("string.upper('a')", variables));
        variables.values.put("string", "hidden");
        assertEquals("hidden", engine.eval("string", variables));
        assertEquals("A", engine.eval("('a'):upper()", variables));
        variables.values.remove("string");
        assertEquals("A", engine.eval("string.upper('a')", variables));
        assertTrue(variables.puts.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b", "my-var", "größe", "日本", "😀", " ", "1", "nil", "end", "a\0b", "_G.x"})
    void oddNamesDoNoHarm(String name) throws Exception {
        Variables variables = new Variables();
        variables.values.put(name, "odd");
        assertEquals(2, engine.eval("1 + 1", variables));
        SimpleBindings argument = new SimpleBindings();
        argument.put(name, "odd");
        argument.put("name", name);
        assertEquals("odd", engine.eval("_G[name]", argument));
        engine.eval("_G[name] = 'changed'", argument);
        assertEquals("changed", argument.get(name));
    }

    // -- Writing -------------------------------------------------------------------------------------------------

    @Test
    void onlyWhatIsAssignedIsPut() throws Exception {
        Variables variables = new Variables();
        variables.values.put("a", 1);
        engine.eval("local x = a; print = print; local function f() end", variables);
        engine.eval("b = a + 1; c = 'new'", variables);
        assertEquals(List.of("b", "c"), variables.puts);
        assertEquals(2, variables.values.get("b"));
        assertNull(engine.get("b"));
    }

    @Test
    void nilTakesAway() throws Exception {
        Variables variables = new Variables();
        variables.values.put("a", 1);
        engine.eval("a = nil; never = nil", variables);
        assertEquals(List.of("-a"), variables.puts);
        assertFalse(variables.values.containsKey("a"));
    }

    @Test
    void readOnlyOnesServeScriptsThatAssignNothing() throws Exception {
        Bindings readOnly = new SimpleBindings(Collections.unmodifiableMap(new HashMap<>(Map.of("x", 20))));
        assertEquals(40, engine.eval("local y = x * 2 return y", readOnly));
        assertEquals(21, engine.eval("local function f(n) return n + 1 end return f(x)", readOnly));
        ScriptException e = assertThrows(ScriptException.class, () -> engine.eval("\nx = 1", readOnly));
        assertInstanceOf(UnsupportedOperationException.class, e.getCause());
        assertEquals(2, e.getLineNumber());
        assertEquals(20, readOnly.get("x"));
        assertEquals(true, engine.eval("not pcall(function() x = 1 end)", readOnly));
    }

    @Test
    void oneThatThrowsIsTheDirectCause() throws Exception {
        IllegalStateException failure = new IllegalStateException("the store is down");
        Bindings broken = new SimpleBindings() {
            @Override
            public boolean containsKey(Object key) {
                if (!key.equals("x")) {
                    return super.containsKey(key);
                }
                throw failure;
            }

            @Override
            public Object get(Object key) {
                if (!key.equals("x")) {
                    return super.get(key);
                }
                throw failure;
            }

            @Override
            public Object put(String name, Object value) {
                throw failure;
            }
        };
        for (String script :
                List.of("\nreturn x", "\nx = 1", "\ny = 1", "\nlocal function f() return x end return f()")) {
            ScriptException e = assertThrows(ScriptException.class, () -> engine.eval(script, broken), script);
            assertSame(failure, e.getCause());
            assertEquals(2, e.getLineNumber());
        }
        assertEquals(false, engine.eval("(pcall(function() return x end))", broken));
        Bindings hopeless = new SimpleBindings() {
            @Override
            public boolean containsKey(Object key) {
                throw new IllegalStateException("hopeless");
            }

            @Override
            public Object get(Object key) {
                throw new IllegalStateException("hopeless");
            }
        };
        assertThrows(ScriptException.class, () -> engine.eval("return 1", hopeless));
        assertEquals(2, engine.eval("1 + 1"));
    }

    @Test
    void anErrorOfTheirsPasses() throws Exception {
        Bindings broken = new SimpleBindings() {
            @Override
            public Object get(Object key) {
                if (key.equals("x")) {
                    throw new AssertionError("an Error");
                }
                return super.get(key);
            }
        };
        broken.put("x", 1);
        assertThrows(AssertionError.class, () -> engine.eval("return x", broken));
        assertEquals(2, engine.eval("1 + 1", broken));
    }

    // -- Functions -----------------------------------------------------------------------------------------------

    @Test
    void functionsAreKeptAside() throws Exception {
        Variables variables = new Variables();
        engine.eval("function double(x) return x * factor end factor = 2", variables);
        assertEquals(List.of("factor"), variables.puts);
        assertEquals(8, engine.eval("double(4)", variables));
        variables.values.put("factor", 3);
        assertEquals(12, engine.eval("double(4)", variables));
        engine.setBindings(variables, ScriptContext.ENGINE_SCOPE);
        assertEquals(12, engine.invokeFunction("double", 4));
        assertInstanceOf(LuaFunction.class, engine.get("double"));
        assertEquals(List.of("factor"), variables.puts);
    }

    @Test
    void functionsOfOtherBindingsAreNotSeen() throws Exception {
        Variables first = new Variables();
        Variables second = new Variables();
        engine.eval("function f() return 'first' end", first);
        engine.eval("function f() return 'second' end", second);
        assertEquals("first", engine.eval("f()", first));
        assertEquals("second", engine.eval("f()", second));
        assertNull(engine.eval("f", new Variables()));
        assertNull(engine.get("f"));
    }

    @Test
    void interfacesOfFunctionsUnderThem() throws Exception {
        Variables variables = new Variables();
        engine.setBindings(variables, ScriptContext.ENGINE_SCOPE);
        engine.eval("n = 0 function run() n = n + 1 end");
        Runnable run = engine.getInterface(Runnable.class);
        assertNotNull(run);
        run.run();
        run.run();
        assertEquals(2, variables.values.get("n"));
    }

    @Test
    void functionsAndTablesGoIntoPlainOnes() throws Exception {
        SimpleBindings bindings = new SimpleBindings();
        engine.eval("function f() return t.n end t = { n = 1 }", bindings);
        assertEquals(Set.of("f", "t"), bindings.keySet());
        assertInstanceOf(LuaTable.class, bindings.get("t")).put("n", 5);
        assertEquals(5, assertInstanceOf(LuaFunction.class, bindings.get("f")).call());
    }

    // -- Changes meanwhile ---------------------------------------------------------------------------------------

    @Test
    void whatACallbackChangesIsSeenAtOnce() throws Exception {
        for (Bindings bindings : List.of(new SimpleBindings(), new Variables())) {
            Supplier<Object> change = () -> bindings.put("x", (Integer) bindings.get("x") + 1);
            bindings.put("x", 0);
            bindings.put("change", change);
            assertEquals(100, engine.eval("for i = 1, 100 do change() assert(x == i) end return x", bindings));
            Supplier<Object> remove = () -> bindings.remove("x");
            bindings.put("remove", remove);
            assertEquals("nil", engine.eval("remove() return type(x)", bindings));
        }
    }

    @Test
    void aCallbackMayEvaluateUnderTheSameOrOtherOnes() throws Exception {
        SimpleBindings bindings = new SimpleBindings();
        SimpleBindings others = new SimpleBindings();
        Supplier<Object> same = () -> evaluate("x = x + 1 return x", bindings);
        Supplier<Object> other = () -> evaluate("x = (x or 100) + 1 return x", others);
        Supplier<Object> live = () -> evaluate("x = 'live' return x", engine.getBindings(ScriptContext.ENGINE_SCOPE));
        bindings.putAll(Map.of("x", 1, "same", same, "other", other, "live", live));
        assertEquals(List.of(2, 101, "live", 2), engine.eval("return same(), other(), live(), x", bindings));
        assertEquals(101, others.get("x"));
        assertEquals("live", engine.get("x"));
    }

    private Object evaluate(String script, Bindings bindings) {
        try {
            return engine.eval(script, bindings);
        } catch (ScriptException e) {
            throw new IllegalStateException(e);
        }
    }

    // -- Damage --------------------------------------------------------------------------------------------------

    @Test
    void aScriptDamagesTheLibraryForNobodyElse() throws Exception {
        Bindings bindings = new SimpleBindings();
        engine.eval("string.upper = nil; math = nil; table.insert = 1; print = error; string = {}", bindings);
        assertEquals("A", engine.eval("string.upper('a')", new SimpleBindings()));
        assertEquals("A", engine.eval("string.upper('a')", new Variables()));
        assertEquals("A", engine.eval("string.upper('a')"));
        assertEquals(3, engine.eval("math.max(1, 3)", new SimpleBindings()));
        engine.eval("for k in pairs(string) do string[k] = nil end _G.math = nil", new SimpleBindings());
        assertEquals("A", engine.eval("string.upper('a')"));
        assertEquals("A", engine.eval("string.upper('a')", new Variables()));
    }

    // -- Contexts ------------------------------------------------------------------------------------------------

    @Test
    void aContextWithForeignScopes() throws Exception {
        Variables global = new Variables();
        Variables local = new Variables();
        global.values.putAll(Map.of("g", "global", "both", "global"));
        local.values.putAll(Map.of("l", "local", "both", "local"));
        SimpleScriptContext context = new SimpleScriptContext();
        context.setBindings(local, ScriptContext.ENGINE_SCOPE);
        context.setBindings(global, ScriptContext.GLOBAL_SCOPE);
        assertEquals(List.of("global", "local", "local"), engine.eval("g, l, both", context));
        engine.eval("g = 'assigned'; new = 1", context);
        assertEquals("assigned", local.values.get("g"));
        assertEquals(1, local.values.get("new"));
        assertTrue(global.puts.isEmpty());
        context.setBindings(null, ScriptContext.GLOBAL_SCOPE);
        assertEquals("assigned", engine.eval("g", context));
        assertNull(engine.eval("unknown", context));
    }

    @Test
    void theGlobalScopeMayBeForeign() throws Exception {
        Variables global = new Variables();
        global.values.put("project", "lupa4j");
        engine.setBindings(global, ScriptContext.GLOBAL_SCOPE);
        assertEquals("lupa4j", engine.eval("project"));
        assertEquals("lupa4j", engine.eval("project", new Variables()));
        engine.eval("project = 'mine'");
        assertEquals("mine", engine.eval("project"));
        assertTrue(global.puts.isEmpty());
    }

    @Test
    void aContextWithoutAnEngineScopeIsAClearError() {
        SimpleScriptContext context = new SimpleScriptContext() {
            @Override
            public Bindings getBindings(int scope) {
                return null;
            }
        };
        ScriptException e = assertThrows(ScriptException.class, () -> engine.eval("1", context));
        assertTrue(e.getMessage().contains("ENGINE_SCOPE"), e.getMessage());
    }

    @Test
    void rawAccessPassesThemBy() throws Exception {
        SimpleBindings bindings = new SimpleBindings();
        bindings.put("x", 1);
        assertEquals(
                List.of(1, true, true), engine.eval("return _G.x, rawget(_G, 'x') == nil, next(_G) == nil", bindings));
        assertEquals(2, engine.eval("rawset(_G, 'y', 2) return y", bindings));
        assertFalse(bindings.containsKey("y"));
    }

    @Test
    void thoseOfAnotherEngineDoNotHideTheLibrary() throws Exception {
        try (LuaScriptEngine other = new LuaScriptEngineFactory().getScriptEngine()) {
            StringWriter written = new StringWriter();
            other.getContext().setWriter(written);
            other.eval("x = 7 function f() end");
            for (int i = 0; i < 2; i++) {
                assertNull(engine.eval("print(('a'):upper(), string.rep('b', 2)) return zq", other.getContext()));
                assertEquals(8, engine.eval("return math.max(x, 8)", other.getBindings(ScriptContext.ENGINE_SCOPE)));
            }
            assertEquals("A\tbb\nA\tbb\n", written.toString());
            assertEquals("nil", engine.eval("return type(_G.zq)", other.getContext()));
            engine.eval("y = x + 1", other.getContext());
            assertEquals(8, other.get("y"));
            ScriptException e = assertThrows(ScriptException.class, () -> engine.eval("return f", other.getContext()));
            assertTrue(e.getMessage().contains("another runtime"), e.getMessage());
            assertEquals(3, other.eval("return math.max(1, 3)"));
        }
    }

    /** Languages without checked exceptions throw what their methods do not declare. */
    @Test
    void undeclaredExceptionsAreScriptExceptions() {
        SimpleBindings bindings = new SimpleBindings() {
            @Override
            public boolean containsKey(Object key) {
                return true;
            }

            @Override
            public Object get(Object key) {
                throw ForeignBindingsTest.<RuntimeException>sneaky(new java.io.IOException("bindings"));
            }
        };
        ScriptException e = assertThrows(ScriptException.class, () -> engine.eval("return 1", bindings));
        assertInstanceOf(java.io.IOException.class, e.getCause());
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Exception> E sneaky(Exception e) throws E {
        throw (E) e;
    }
}
