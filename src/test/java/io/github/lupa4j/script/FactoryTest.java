package io.github.lupa4j.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.script.Bindings;
import javax.script.ScriptContext;
import javax.script.ScriptEngine;
import javax.script.ScriptEngineFactory;
import javax.script.ScriptEngineManager;
import javax.script.ScriptException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the factory tells, how it is found, and the syntax helpers. */
class FactoryTest {
    private final ScriptEngineFactory factory = new LuaScriptEngineFactory();

    // -- What it tells -------------------------------------------------------------------------------------------

    @Test
    void namesInTheirOrder() {
        assertEquals(List.of("lua", "Lua", "luajit", "LuaJIT", "lupa4j"), factory.getNames());
    }

    @Test
    void engineAndLanguage() {
        assertEquals("LuaJIT (lupa4j)", factory.getEngineName());
        assertEquals("Lua", factory.getLanguageName());
        assertEquals("5.1", factory.getLanguageVersion());
        assertFalse(factory.getEngineVersion().isBlank());
        assertEquals(List.of("lua"), factory.getExtensions());
        assertEquals(List.of("text/x-lua", "application/x-lua"), factory.getMimeTypes());
    }

    @Test
    void parameters() {
        assertEquals("LuaJIT (lupa4j)", factory.getParameter(ScriptEngine.ENGINE));
        assertEquals(factory.getEngineVersion(), factory.getParameter(ScriptEngine.ENGINE_VERSION));
        assertEquals("Lua", factory.getParameter(ScriptEngine.LANGUAGE));
        assertEquals("5.1", factory.getParameter(ScriptEngine.LANGUAGE_VERSION));
        assertEquals("lua", factory.getParameter(ScriptEngine.NAME));
        assertEquals("MULTITHREADED", factory.getParameter("THREADING"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "threading", "no such key", "javax.script.argv", "javax.script.filename"})
    void anUnknownParameterIsNull(String key) {
        assertNull(factory.getParameter(key));
    }

    @Test
    void listsCannotBeChanged() {
        for (List<String> list : List.of(factory.getNames(), factory.getExtensions(), factory.getMimeTypes())) {
            assertThrows(UnsupportedOperationException.class, () -> list.add("x"));
            assertThrows(UnsupportedOperationException.class, () -> list.remove(0));
            assertThrows(UnsupportedOperationException.class, () -> list.set(0, "x"));
        }
        namesInTheirOrder();
    }

    @Test
    void enginesAreIndependentAndKnowTheirFactory() throws Exception {
        try (LuaScriptEngine one = (LuaScriptEngine) factory.getScriptEngine();
                LuaScriptEngine other = one.getFactory().getScriptEngine()) {
            assertNotSame(one, other);
            one.eval("x = 1");
            assertNull(other.eval("x"));
            assertEquals(factory.getNames(), other.getFactory().getNames());
        }
    }

    // -- Discovery -----------------------------------------------------------------------------------------------

    private static void assertFindsAll(ScriptEngineManager manager) throws Exception {
        for (String name : List.of("lua", "Lua", "luajit", "LuaJIT", "lupa4j")) {
            assertWorks(manager.getEngineByName(name));
        }
        assertWorks(manager.getEngineByExtension("lua"));
        assertWorks(manager.getEngineByMimeType("text/x-lua"));
        assertWorks(manager.getEngineByMimeType("application/x-lua"));
        assertEquals(
                1,
                manager.getEngineFactories().stream()
                        .filter(f -> f.getEngineName().equals("LuaJIT (lupa4j)"))
                        .count());
    }

    private static void assertWorks(ScriptEngine engine) throws Exception {
        try (LuaScriptEngine lua = assertInstanceOf(LuaScriptEngine.class, engine)) {
            assertEquals(2, lua.eval("1 + 1"));
            assertEquals("LuaJIT (lupa4j)", lua.getFactory().getEngineName());
        }
    }

    @Test
    void foundThroughTheContextClassLoader() throws Exception {
        assertFindsAll(new ScriptEngineManager());
    }

    @Test
    void foundWithoutAContextClassLoader() throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(null);
        try {
            assertFindsAll(new ScriptEngineManager(FactoryTest.class.getClassLoader()));
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void foundThroughAnExplicitLoader() throws Exception {
        assertFindsAll(new ScriptEngineManager(FactoryTest.class.getClassLoader()));
    }

    @Test
    void worksUnderAContextClassLoaderThatDoesNotKnowTheLibrary() throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        try {
            assertFindsAll(new ScriptEngineManager(FactoryTest.class.getClassLoader()));
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void theManagersBindingsAreTheGlobalScope() throws Exception {
        ScriptEngineManager manager = new ScriptEngineManager();
        manager.put("fromManager", 42);
        try (LuaScriptEngine engine = (LuaScriptEngine) manager.getEngineByName("lua")) {
            Bindings bindings = engine.getBindings(ScriptContext.GLOBAL_SCOPE);
            assertSame(manager.getBindings(), bindings);
            assertEquals(42, engine.eval("fromManager"));
            manager.put("fromManager", 43);
            assertEquals(43, engine.eval("fromManager"));
        }
    }

    // -- Syntax helpers ------------------------------------------------------------------------------------------

    @Nested
    class Syntax {
        private final LuaScriptEngine engine = (LuaScriptEngine) factory.getScriptEngine();

        @AfterEach
        void close() {
            engine.close();
        }

        static Stream<String> nastyTexts() {
            return Stream.of(
                    "",
                    "plain",
                    "\"",
                    "'",
                    "\\",
                    "\\\"",
                    "\\n",
                    "\n",
                    "\r",
                    "\r\n",
                    "\n\r",
                    "a\nb\rc\r\nd",
                    "\0",
                    "\0" + "123",
                    "\u001a",
                    "\u007f",
                    "ends in a backslash\\",
                    "]]",
                    "]=]",
                    "[[",
                    "--",
                    "--[[",
                    "%d %s",
                    "\\z   x",
                    "\\065",
                    "\\x41",
                    "${x}",
                    "\t",
                    "\u2028\u2029\u0085",
                    "äöü ß",
                    "日本語",
                    "\ud83d\ude00",
                    "\ufeff",
                    "\") error(\"no\") --",
                    IntStream.range(0, 256).mapToObj(Character::toString).collect(Collectors.joining()),
                    "x".repeat(100_000));
        }

        private String printed(String script) throws ScriptException {
            StringWriter writer = new StringWriter();
            engine.getContext().setWriter(writer);
            engine.eval(script);
            return writer.toString();
        }

        @ParameterizedTest
        @MethodSource("nastyTexts")
        void outputStatementPrintsAnyText(String text) throws Exception {
            assertEquals(text + "\n", printed(factory.getOutputStatement(text)));
        }

        @Test
        void outputStatementPrintsRandomText() throws Exception {
            Random random = new Random(1);
            for (int i = 0; i < 300; i++) {
                String text = random.ints(random.nextInt(30), 0, 0x3000)
                        .map(c -> random.nextInt(3) == 0 ? c % 64 : c)
                        .mapToObj(Character::toString)
                        .collect(Collectors.joining());
                assertEquals(text + "\n", printed(factory.getOutputStatement(text)));
            }
        }

        @Test
        void methodCall() throws Exception {
            engine.eval("object = { n = 5 } function object:add(a, b) return self.n + a + (b or 0) end");
            String call = factory.getMethodCallSyntax("object", "add", "1", "2 * 3");
            assertEquals(12, engine.eval(call));
            assertEquals(12, engine.eval("local x = " + call + " return x"));
            assertEquals(6, engine.eval(factory.getMethodCallSyntax("object", "add", "1")));
        }

        @Test
        void methodCallWithoutArguments() throws Exception {
            engine.eval("object = { me = function(...) return select('#', ...), (...) == object end }");
            assertEquals(List.of(1, true), engine.eval(factory.getMethodCallSyntax("object", "me")));
        }

        static Stream<String> oddMethods() {
            return Stream.concat(
                    Stream.of(
                            "and",
                            "break",
                            "do",
                            "else",
                            "elseif",
                            "end",
                            "false",
                            "for",
                            "function",
                            "goto",
                            "if",
                            "in",
                            "local",
                            "nil",
                            "not",
                            "or",
                            "repeat",
                            "return",
                            "then",
                            "true",
                            "until",
                            "while"),
                    nastyTexts().filter(text -> text.length() < 1000));
        }

        @ParameterizedTest
        @MethodSource("oddMethods")
        void methodCallWithAnyName(String name) throws Exception {
            engine.eval("object = {}");
            engine.put("name", name);
            engine.eval("object[name] = function(self, a, b) assert(self == object) return a, b end");
            String call = factory.getMethodCallSyntax("object", name, "1", "'two'");
            assertEquals(List.of(1, "two"), engine.eval(call));
            assertNull(engine.eval(factory.getProgram("local x", call)));
        }

        @Test
        void programRunsItsStatementsInOrder() throws Exception {
            String program = factory.getProgram("local a = 1", "a = a * 10 + 2", "a = a * 10 + 3", "return a");
            assertEquals(123, engine.eval(program));
        }

        @Test
        void programOfNothing() throws Exception {
            assertNull(engine.eval(factory.getProgram()));
            assertNull(engine.eval(factory.getProgram("")));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "(function() n = n + 1 end)()",
                    "  (function() n = n + 1 end)()",
                    "\n(function() n = n + 1 end)()",
                    "-- comment\n(function() n = n + 1 end)()",
                    "--[[ comment ]] (function() n = n + 1 end)()",
                })
        void programKeepsStatementsApart(String statement) throws Exception {
            engine.put("n", 0);
            engine.eval(factory.getProgram("local x = n", statement, "local y = x", statement, "local z = y -- end"));
            assertEquals(2, engine.get("n"));
        }

        @Test
        void programWithCommentsAndSemicolons() throws Exception {
            assertEquals(
                    3, engine.eval(factory.getProgram("local a = 1 -- one", "local b = 2;", "return a + b; -- sum")));
        }

        @Test
        void programOfOutputStatements() throws Exception {
            String[] texts = {"a\nb", "\"", "(", "\0"};
            String program = factory.getProgram(
                    Arrays.stream(texts).map(factory::getOutputStatement).toArray(String[]::new));
            assertEquals("a\nb\n\"\n(\n\0\n", printed(program));
        }

        @Test
        void aProgramNamesItsLines() {
            String program = factory.getProgram("local a = 1", "error('here')");
            ScriptException e = assertThrows(ScriptException.class, () -> engine.eval(program));
            assertTrue(program.lines().toList().get(e.getLineNumber() - 1).contains("error('here')"));
        }
    }
}
