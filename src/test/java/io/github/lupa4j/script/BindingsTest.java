package io.github.lupa4j.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaTable;
import java.util.AbstractMap;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import javax.script.Bindings;
import javax.script.ScriptContext;
import javax.script.SimpleBindings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scopes of the engine's own context: the live ENGINE_SCOPE and the GLOBAL_SCOPE under it. */
class BindingsTest {
    private final LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine();
    private final Bindings live = engine.getBindings(ScriptContext.ENGINE_SCOPE);

    @AfterEach
    void close() {
        engine.close();
    }

    private Bindings globalScope() {
        Bindings bindings = new SimpleBindings();
        engine.setBindings(bindings, ScriptContext.GLOBAL_SCOPE);
        return bindings;
    }

    // -- ENGINE_SCOPE --------------------------------------------------------------------------------------------

    @Test
    void putAndGetSeeTheGlobals() throws Exception {
        engine.put("x", 1);
        assertEquals(1, engine.eval("x"));
        engine.eval("x = x + 1; y = 'set'");
        assertEquals(2, engine.get("x"));
        assertEquals("set", engine.get("y"));
        assertEquals(2, live.get("x"));
        live.put("z", true);
        assertEquals(true, engine.eval("z"));
        assertEquals(true, engine.eval("_G.z"));
        assertEquals(true, engine.eval("rawget(_G, 'z')"));
        assertNull(engine.get("never"));
    }

    @Test
    void aNullTakesTheVariableAway() throws Exception {
        engine.eval("x = 1");
        engine.put("x", null);
        assertNull(engine.eval("x"));
        assertNull(engine.get("x"));
        assertFalse(live.keySet().contains("x"));
    }

    @Test
    void functionsAndTablesAreLive() throws Exception {
        engine.eval("function double(x) return x * 2 end t = { n = 1 }");
        assertEquals(
                8, assertInstanceOf(LuaFunction.class, engine.get("double")).call(4));
        LuaTable table = assertInstanceOf(LuaTable.class, engine.get("t"));
        table.put("n", 2);
        assertEquals(2, engine.eval("t.n"));
        engine.eval("t.n = 3");
        assertEquals(3, table.get("n"));
        engine.put("u", table);
        assertEquals(true, engine.eval("rawequal(t, u)"));
    }

    @Test
    void whatACallbackPutsIsVisibleAtOnce() throws Exception {
        engine.put("x", 0);
        Supplier<Object> bump = () -> {
            engine.put("x", (Integer) engine.get("x") + 1);
            return null;
        };
        engine.put("bump", bump);
        assertEquals(100, engine.eval("for i = 1, 100 do bump() assert(x == i) end return x"));
    }

    @Test
    void theLibraryIsThereAndMayBeReplaced() throws Exception {
        assertInstanceOf(LuaFunction.class, engine.get("print"));
        assertInstanceOf(LuaTable.class, engine.get("string"));
        assertTrue(live.containsKey("math"));
        engine.put("tostring", 1);
        assertEquals(1, engine.eval("tostring"));
    }

    @Test
    void aWalkShowsOnlyWhatWasPutOrAssigned() throws Exception {
        assertTrue(live.isEmpty(), () -> live.keySet().toString());
        engine.put("a", 1);
        engine.eval("b = 2; _G[1] = 'a number is no name'; _G[true] = 1");
        assertEquals(Set.of("a", "b"), live.keySet());
        assertEquals(2, live.size());
        assertTrue(live.containsValue(2));
        assertEquals(Map.of("a", 1, "b", 2), new HashMap<>(live));
        engine.eval("local x = tostring(b) return x");
        assertEquals(2, live.size());
    }

    @Test
    void aWalkShowsNulls() throws Exception {
        engine.eval("x = java.none");
        live.put("y", 1);
        assertEquals(Set.of("x", "y"), Set.copyOf(live.keySet()));
        assertNull(live.get("x"));
    }

    @Test
    void aWalkCanChangeEntries() throws Exception {
        engine.eval("a, b, c = 1, 2, 3");
        Iterator<Map.Entry<String, Object>> entries = live.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<String, Object> entry = entries.next();
            if (entry.getKey().equals("b")) {
                entries.remove();
            } else {
                entry.setValue((Integer) entry.getValue() * 10);
            }
        }
        assertEquals(Arrays.asList(10, null, 30), engine.eval("a, b, c"));
    }

    @Test
    void mapOperations() throws Exception {
        assertNull(live.put("x", 1));
        assertEquals(1, live.put("x", 2));
        live.putAll(Map.of("y", 3, "z", 4));
        assertEquals(List.of(2, 3, 4), engine.eval("x, y, z"));
        assertEquals(3, live.remove("y"));
        assertNull(live.remove("y"));
        assertEquals(Arrays.asList(2, null, 4), engine.eval("x, y, z"));
        assertFalse(live.containsKey("y"));
        assertEquals(5, live.getOrDefault("y", 5));
        live.clear();
        assertEquals(Arrays.asList(null, null), engine.eval("x, z"));
        assertEquals(true, engine.eval("print ~= nil and string.upper ~= nil"));
    }

    @Test
    void keysAreChecked() {
        assertThrows(NullPointerException.class, () -> live.put(null, 1));
        assertThrows(NullPointerException.class, () -> live.get(null));
        assertThrows(NullPointerException.class, () -> live.containsKey(null));
        assertThrows(NullPointerException.class, () -> live.remove(null));
        assertThrows(NullPointerException.class, () -> live.putAll(null));
        assertThrows(IllegalArgumentException.class, () -> live.put("", 1));
        assertThrows(IllegalArgumentException.class, () -> live.get(""));
        assertThrows(IllegalArgumentException.class, () -> live.containsKey(""));
        assertThrows(IllegalArgumentException.class, () -> live.remove(""));
        assertThrows(ClassCastException.class, () -> live.get(1));
        assertThrows(ClassCastException.class, () -> live.containsKey(1));
        Map<String, Object> withNull = new HashMap<>();
        withNull.put(null, 1);
        assertThrows(NullPointerException.class, () -> live.putAll(withNull));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.b",
                "my-var",
                "größe",
                "日本",
                " ",
                "1",
                "end",
                "\0",
                "a\0b",
                "\n",
                "\ud83d\ude00",
                "javax.script.filename.x",
                "__index",
                "_ENV"
            })
    void oddNamesDoNoHarm(String name) throws Exception {
        engine.put(name, 1);
        assertEquals(1, engine.get(name));
        assertEquals(Set.of(name), live.keySet());
        engine.put("name", name);
        assertEquals(1, engine.eval("_G[name]"));
        engine.eval("_G[name] = 2");
        assertEquals(2, engine.get(name));
        engine.put(name, null);
        engine.put("name", null);
        assertTrue(live.isEmpty());

        Bindings other = new SimpleBindings();
        other.put(name, 3);
        other.put("name", name);
        assertEquals(3, engine.eval("_G[name]", other));
        engine.eval("_G[name] = 4", other);
        assertEquals(4, other.get(name));
        assertEquals(2, other.size());

        Bindings global = globalScope();
        global.put(name, 5);
        engine.put("name", name);
        assertEquals(5, engine.eval("_G[name]"));
    }

    @Test
    void manyVariables() throws Exception {
        for (int i = 0; i < 5000; i++) {
            engine.put("v" + i, i);
        }
        assertEquals(5000, live.size());
        assertEquals(
                5000 * 4999 / 2,
                engine.eval("local sum = 0 for i = 0, 4999 do sum = sum + _G['v' .. i] end return sum"));
    }

    // -- GLOBAL_SCOPE --------------------------------------------------------------------------------------------

    @Test
    void globalScopeIsALiveFallback() throws Exception {
        Bindings global = globalScope();
        assertNull(engine.eval("g"));
        global.put("g", 1);
        assertEquals(1, engine.eval("g"));
        global.put("g", 2);
        assertEquals(2, engine.eval("g"));
        global.put("g", false);
        assertEquals(false, engine.eval("g"));
        global.put("g", null);
        assertNull(engine.eval("g"));
        global.remove("g");
        assertNull(engine.eval("g"));
        assertNull(engine.get("g"));
    }

    @Test
    void globalScopeIsReplaceable() throws Exception {
        globalScope().put("g", "first");
        assertEquals("first", engine.eval("g"));
        globalScope().put("g", "second");
        assertEquals("second", engine.eval("g"));
        engine.setBindings(null, ScriptContext.GLOBAL_SCOPE);
        assertNull(engine.eval("g"));
    }

    @Test
    void globalScopeChangesWhileAScriptRuns() throws Exception {
        Bindings global = globalScope();
        Supplier<Object> change = () -> global.merge("g", 1, (a, b) -> (Integer) a + (Integer) b);
        engine.put("change", change);
        assertEquals(100, engine.eval("for i = 1, 100 do change() assert(g == i) end return g"));
    }

    @Test
    void assignmentsDoNotReachTheGlobalScope() throws Exception {
        Bindings global = globalScope();
        global.put("g", 1);
        engine.eval("g = g + 1; h = 3");
        assertEquals(2, engine.get("g"));
        assertEquals(2, engine.eval("g"));
        assertEquals(Map.of("g", 1), new HashMap<>(global));
        engine.eval("g = nil");
        assertEquals(1, engine.eval("g"));
    }

    @Test
    void globalScopeNeverHidesTheLibrary() throws Exception {
        Bindings global = globalScope();
        for (String name : List.of("print", "string", "table", "pairs", "_G", "require", "type", "io")) {
            global.put(name, "hidden");
        }
        assertEquals(
                List.of("function", "table", "table", "function"),
                engine.eval("type(print), type(string), type(table), type(pairs)"));
        assertEquals(
                List.of("function", "table", "table", "function"),
                engine.eval("return type(print), type(string), type(table), type(pairs)", new SimpleBindings()));
        assertEquals("A", engine.invokeFunction("string.upper", "a"));
    }

    @Test
    void globalScopeIsSeenByFunctionsAndOtherBindings() throws Exception {
        Bindings global = globalScope();
        engine.eval("function f() return g end");
        global.put("g", 1);
        assertEquals(1, engine.invokeFunction("f"));
        assertEquals(1, ((LuaFunction) engine.get("f")).call());
        Supplier<?> supplier =
                (Supplier<?>) engine.getInterface(engine.eval("{ get = function() return g end }"), Supplier.class);
        assertEquals(1, supplier.get());
        Bindings bindings = new SimpleBindings();
        assertEquals(1, engine.eval("g", bindings));
        bindings.put("g", 2);
        assertEquals(2, engine.eval("g", bindings));
        engine.eval("g = 3", bindings);
        assertEquals(1, global.get("g"));
    }

    @Test
    void anEngineScopeEntryOfNullHidesTheGlobalScope() throws Exception {
        globalScope().put("g", 1);
        Bindings bindings = new SimpleBindings();
        bindings.put("g", null);
        assertNull(engine.eval("g", bindings));
    }

    @Test
    void aGlobalScopeThatThrowsIsTheCause() throws Exception {
        IllegalStateException failure = new IllegalStateException("no variables today");
        engine.setBindings(
                new SimpleBindings() {
                    @Override
                    public boolean containsKey(Object key) {
                        throw failure;
                    }

                    @Override
                    public Object get(Object key) {
                        throw failure;
                    }
                },
                ScriptContext.GLOBAL_SCOPE);
        var e = assertThrows(javax.script.ScriptException.class, () -> engine.eval("\nreturn unknown"));
        assertSame(failure, e.getCause());
        assertEquals(2, e.getLineNumber());
        assertEquals("X", engine.eval("string.upper('x')"));
    }

    // -- Contexts of other classes -------------------------------------------------------------------------------

    /** Scopes of any number, as web frameworks have them; the outermost may be null. */
    private static final class ManyScopes extends javax.script.SimpleScriptContext {
        static final int REQUEST = -314;

        private final Bindings request = new SimpleBindings();

        @Override
        public List<Integer> getScopes() {
            return List.of(REQUEST, ENGINE_SCOPE, GLOBAL_SCOPE);
        }

        @Override
        public Bindings getBindings(int scope) {
            return scope == REQUEST ? request : super.getBindings(scope);
        }

        @Override
        public Object getAttribute(String name, int scope) {
            return scope == REQUEST ? request.get(name) : super.getAttribute(name, scope);
        }

        @Override
        public Object getAttribute(String name) {
            return request.containsKey(name) ? request.get(name) : super.getAttribute(name);
        }

        @Override
        public int getAttributesScope(String name) {
            return request.containsKey(name) ? REQUEST : super.getAttributesScope(name);
        }
    }

    @Test
    void aContextWithThreeScopes() throws Exception {
        ManyScopes context = new ManyScopes();
        assertNull(context.getBindings(ScriptContext.GLOBAL_SCOPE));
        context.request.put("request", "GET /");
        context.setAttribute("x", 1, ScriptContext.ENGINE_SCOPE);
        assertEquals(List.of("GET /", 1), engine.eval("request, x", context));
        engine.eval("x = x + 1; y = request .. x", context);
        assertEquals(2, context.getAttribute("x", ScriptContext.ENGINE_SCOPE));
        assertEquals("GET /2", context.getAttribute("y", ScriptContext.ENGINE_SCOPE));
        assertEquals(Set.of("request"), context.request.keySet());
        assertNull(engine.eval("unknown", context));
        assertNull(engine.eval("request or x"));
        assertTrue(live.isEmpty());
    }

    @Test
    void aContextWithThreeScopesAsTheEnginesOwn() throws Exception {
        ManyScopes context = new ManyScopes();
        context.request.put("request", "GET /");
        engine.setContext(context);
        engine.eval("function f() return request end");
        assertEquals("GET /", engine.invokeFunction("f"));
        context.request.put("request", "GET /2");
        assertEquals("GET /2", engine.invokeFunction("f"));
        context.setBindings(new SimpleBindings(Map.of("g", 7)), ScriptContext.GLOBAL_SCOPE);
        assertEquals(7, engine.eval("g"));
    }

    @Test
    void aContextWithoutReaderAndWriters() throws Exception {
        ManyScopes context = new ManyScopes();
        context.setReader(null);
        context.setWriter(null);
        context.setErrorWriter(null);
        assertEquals(2, engine.eval("1 + 1", context));
    }

    // -- Bindings of another engine ------------------------------------------------------------------------------

    @Test
    void theLiveBindingsOfAnotherEngineAreBindingsLikeOthers() throws Exception {
        try (LuaScriptEngine other = new LuaScriptEngineFactory().getScriptEngine()) {
            engine.put("x", 1);
            engine.eval("t = {}");
            assertEquals(1, other.eval("x", live));
            other.eval("x = 2; y = 'new'", live);
            assertEquals(List.of(2, "new"), engine.eval("x, y"));
            assertNull(other.get("x"));
            Exception e = assertThrows(javax.script.ScriptException.class, () -> other.eval("return t", live));
            assertTrue(e.getMessage().contains("runtime") || e.getMessage().contains("engine"), e.getMessage());
            assertEquals(2, other.eval("x", live));
        }
    }

    @Test
    void theEnginesOwnLiveBindingsAreItsGlobals() throws Exception {
        engine.eval("x = 1", live);
        assertEquals(1, engine.eval("x"));
        assertEquals(List.of("x"), List.copyOf(live.keySet()));
        assertEquals(
                new AbstractMap.SimpleEntry<String, Object>("x", 1),
                live.entrySet().iterator().next());
    }

    @Test
    void aScriptMayReplaceTheFallbackToTheGlobalScope() throws Exception {
        engine.getContext().setBindings(new SimpleBindings(), ScriptContext.GLOBAL_SCOPE);
        engine.getContext().setAttribute("shared", 7, ScriptContext.GLOBAL_SCOPE);
        assertEquals(7, engine.eval("return shared"));
        engine.eval("setmetatable(_G, {})");
        assertNull(engine.eval("return shared"));
    }
}
