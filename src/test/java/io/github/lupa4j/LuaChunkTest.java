package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.script.LuaScriptEngine;
import io.github.lupa4j.script.LuaScriptEngineFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.script.CompiledScript;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LuaChunkTest {
    private final LuaRuntime lua = LuaRuntime.create();

    @AfterEach
    void close() {
        lua.close();
    }

    private LuaChunk chunk(String text) {
        return new LuaChunk(lua.compile(text));
    }

    /** The variables that are read once, and those of them that are read before anything is called. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            return a + b                                     | a b     | a b     | a b | -
            return a + f(b) + c                              | a b c f | a b c f | a b f | -
            if a then return b else return c end             | a b c   | a b c   | a b c | -
            if a then f() end return c                       | a c f   | a c f   | a f | -
            while a do end return b                          | a b     | -       | - | -
            for i = a, b do c = i end return d               | a b d   | a b     | a b | -
            for k, v in pairs(a) do c = b end return b       | a b pairs | a pairs | a pairs | -
            for k in a, b do c = d end return e              | a b d e | a b     | a b | -
            for k in next, a do c = d end return e           | a d e next | a next | a next | -
            ::top:: local x = a if x then goto top end       | a       | -       | - | -
            local x = b ::top:: x = a if x then goto top end | a b     | b       | b | -
            repeat local x = a until x return b              | a b     | -       | - | -
            local function f() return a end return b         | a b     | a b     | b | -
            local function f() return a end return a         | a       | a       | - | a
            local function f() return a end f() return a, b  | a b     | a b     | - | -
            local function f() while a do end end return b   | a b     | b       | b | -
            local function f() return a end for i = 1, 2 do end return b | a b | - | - | -
            local function f() return f(a) end return b      | a b     | b       | b | -
            local function f() f(a) return 1 end return b    | a b     | b       | b | -
            local function f() a = 1 end return f(b)         | b       | b       | b | -
            a = a + 1 return b                               | a b     | b       | b | a
            f(a) a = 1 return b                              | a b f   | b f     | f | a
            a = 1                                            | -       | -       | - | -
            a, b = b, a                                      | a b     | -       | - | a b
            local x = ... return a, x                        | a       | a       | - | -
            local x = f(a) return x + a                      | a f     | a f     | f | a
            return a.b.c .. d                                | a d     | a d     | a d | -
            local t = {a, b = c} return t                    | a c     | a c     | a c | -
            return f()                                       | f       | f       | f | -
            return a and b or c                              | a b c   | a b c   | a b c | -
            """)
    void globalsByWhereTheyAreRead(String text, String globals, String once, String first, String others) {
        LuaChunk chunk = chunk(text);
        assertEquals(List.of(words(globals)), chunk.globals());
        assertEquals(List.of(words(once)), chunk.variables());
        boolean after = chunk.readsAfterCalls();
        assertEquals(!String.valueOf(once).equals(first == null ? "null" : first), after);
        if (after) {
            assertEquals(List.of(), chunk.others());
            for (int i = 0; i < 8; i++) {
                chunk.current().areLost();
            }
        }
        assertEquals(List.of(words(first)), chunk.variables());
        assertEquals(List.of(words(others)), chunk.others());
        assertFalse(chunk.readsAfterCalls());
    }

    private static String[] words(String text) {
        return text == null ? new String[0] : text.split(" ");
    }

    @Test
    void namesThatAreNotAsciiAreLeftOut() {
        assertEquals(List.of("a"), chunk("return a + gr\u00f6\u00dfe").globals());
    }

    @Test
    void whatItsCodeDoes() {
        assertTrue(chunk("local function f() end").definesFunctions());
        assertFalse(chunk("return f()").definesFunctions());
        for (String text : List.of("a.b = 1", "a[1] = 1", "a[b] = 1", "a[300] = 1", "local t = {f()}")) {
            assertTrue(chunk(text).changesTables(), text);
            assertTrue(
                    chunk("return function() return function() " + text + " end end")
                            .changesTables(),
                    text);
        }
        assertTrue(chunk("table.insert(a, 1)").changesTables());
        assertTrue(
                chunk("local set = rawset return function() set(a, 1, 1) end").changesTables());
        assertFalse(chunk("local t = a b = t.x[1][c] return t").changesTables());
        LuaChunk none = new LuaChunk((LuaFunction) lua.execute("return print"));
        assertFalse(none.definesFunctions() || none.changesTables());
        assertEquals(List.of(), none.globals());
        LuaTable globals = lua.table();
        LuaException e = assertThrows(LuaException.class, () -> none.run(globals, null, null));
        assertEquals("a chunk must be written in Lua", e.getMessage());
    }

    @Test
    void runsWithOtherGlobals() {
        LuaTable globals = lua.tableFrom(Map.of("x", 5));
        LuaChunk chunk = chunk("local a, b = ... y = x + (a or 0) return x, b, y");
        assertEquals(Arrays.asList(5, "b", 7), chunk.run(globals, null, null, 2, "b"));
        assertEquals(7, globals.get("y"));
        assertNull(lua.globals().get("y"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "call()", "call() error('x')", "error('x')", "local co = wrap(function() call() end) co()"})
    void presetsAreThereWhileItRuns(String middle) {
        LuaTable globals = lua.table();
        globals.put("call", lua.function(arguments -> globals.get("a")));
        globals.put("error", lua.globals().get("error"));
        globals.put("wrap", lua.globals().getTable("coroutine").get("wrap"));
        LuaChunk chunk = chunk("local x, y, z = a, b, c " + middle + " return x, y, z");
        for (int i = 0; i < 300; i++) {
            Object[] presets = chunk.variables().stream()
                    .map(name -> "a".equals(name) ? (Object) "some text" : "b".equals(name) ? 2.5 : null)
                    .toArray();
            if (middle.contains("error")) {
                assertThrows(LuaException.class, () -> chunk.run(globals, null, presets));
            } else {
                assertEquals(Arrays.asList("some text", 2.5, null), chunk.run(globals, null, presets));
            }
            assertNull(globals.get("a"));
            assertNull(globals.get("b"));
            assertEquals(3, globals.size());
        }
    }

    @Test
    void presetsAreChecked() {
        LuaChunk chunk = chunk("return a");
        LuaTable globals = lua.table();
        for (int length : new int[] {0, 2, 65, 1000}) {
            assertThrows(IllegalArgumentException.class, () -> chunk.run(globals, null, new Object[length]));
        }
        assertThrows(IllegalArgumentException.class, () -> chunk.run(globals, null, new Object[1], 1));
        assertEquals(1, chunk.run(globals, null, new Object[] {1}));
        StringBuilder many = new StringBuilder("local t = {v0");
        for (int i = 1; i < 100; i++) {
            many.append(", v").append(i);
        }
        LuaChunk large = chunk(many + "} return #t");
        assertEquals(64, large.variables().size());
        Object[] values = new Object[64];
        Arrays.fill(values, "x");
        for (String name : large.globals()) {
            globals.put(name, 5);
        }
        assertEquals(100, large.run(globals, null, values));
        assertEquals(36, globals.size());
    }

    /** LuaJIT counts the calls of functions in a small table by their addresses, where many that run once meet. */
    @Test
    void whatRunsOnceIsNotCompiled() throws Exception {
        LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine();
        try (engine) {
            for (int i = 0; i < 20_000; i++) {
                assertEquals(i + 1, engine.eval("return 1 + " + i));
                assertEquals(i + 1, lua.eval("1 + " + i));
            }
            assertEquals(0, engine.runtime().state.traceCount());
            assertEquals(0, lua.state.traceCount());
        }
    }

    @Test
    void whatRunsOftenIsCompiled() throws Exception {
        LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine();
        try (engine) {
            CompiledScript script = engine.compile("local n = 1 + 1 return n");
            LuaFunction function = lua.compile("local n = 1 + 1 return n");
            LuaFunction expression = lua.compileExpression(LuaSource.of("1 + tostring(1)", "=e"));
            for (int i = 0; i < 300; i++) {
                assertEquals(2, script.eval());
                assertEquals(2, function.call(1, 2, "extra"));
            }
            int first = engine.runtime().state.traceCount();
            assertTrue(first > 0);
            for (int i = 0; i < 300; i++) {
                assertEquals(3, engine.eval("local n = 1 + 2 return n"));
            }
            assertTrue(engine.runtime().state.traceCount() > first);
            int second = lua.state.traceCount();
            assertTrue(second > 0);
            for (int i = 0; i < 300; i++) {
                assertEquals(2, expression.call());
            }
            assertTrue(lua.state.traceCount() > second);
        }
    }

    @Test
    void argumentsOfWhatRunsOften() {
        for (String text : List.of(
                "return ...",
                "local a, b = ... return a, b",
                "return (function(...) return ... end)(...)",
                "local t = {...} return t[1], t[2]",
                "return select(1, ...)")) {
            LuaFunction function = lua.compile(text);
            for (int i = 0; i < 300; i++) {
                assertEquals(List.of(i, "x"), function.call(i, "x"), text);
            }
            assertEquals(-1, function.parameterCount());
        }
        LuaFunction none = lua.compile("local a, b = 1 return a, b, debug.getinfo(1).isvararg");
        for (int i = 0; i < 300; i++) {
            assertEquals(
                    Arrays.asList(
                            1,
                            null,
                            lua.compile("return debug.getinfo(1).isvararg, ...").call()),
                    none.call(5, 6, 7));
        }
        assertEquals(-1, none.parameterCount());
        assertEquals(
                Arrays.asList("x", 5),
                lua.compile(lua.compile("return ...").dump()).call("x", 5));
    }

    @Test
    void closedOnes() {
        LuaChunk chunk = chunk("return 1");
        lua.close();
        assertThrows(LuaClosedException.class, chunk::globals);
        assertThrows(LuaClosedException.class, chunk::definesFunctions);
    }

    @Test
    void copiesOfTables() {
        LuaTable original =
                (LuaTable) lua.execute("return setmetatable({1, 2, {}, x = 'y', [2.5] = false}, {__index = math})");
        LuaTable copy = original.copy();
        assertEquals(original.toMap(), copy.toMap());
        assertNull(copy.metatable());
        assertTrue(copy.isCopyOf(original));
        copy.put("x", "z");
        assertFalse(copy.isCopyOf(original));
        copy.put("x", "y");
        assertTrue(copy.isCopyOf(original));
        original.put(1, 7);
        assertFalse(copy.isCopyOf(original));
        assertEquals(1, copy.get(1));
        LuaTable other = original.copy();
        other.setMetatable(lua.table());
        assertFalse(other.isCopyOf(original));
        for (int i = 10; i < 100; i++) {
            original.put("key" + i, i);
        }
        copy = original.copy();
        for (int i = 10; i < 100; i += 2) {
            copy.remove("key" + i);
            original.remove("key" + i);
        }
        lua.gc();
        assertTrue(copy.isCopyOf(original));
        copy.put("more", 1);
        assertFalse(copy.isCopyOf(original));
        assertTrue(lua.table().copy().isCopyOf(lua.table()));
    }
}
