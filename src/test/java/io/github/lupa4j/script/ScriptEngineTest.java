package io.github.lupa4j.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaClosedException;
import io.github.lupa4j.LuaException;
import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaTable;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import javax.script.Bindings;
import javax.script.Compilable;
import javax.script.Invocable;
import javax.script.ScriptContext;
import javax.script.ScriptEngine;
import javax.script.ScriptException;
import javax.script.SimpleBindings;
import javax.script.SimpleScriptContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Evaluating text: expressions and chunks, names and arguments, the life of an engine. */
class ScriptEngineTest {
    /** Texts that begin with a keyword are no expressions, others may be. */
    @ParameterizedTest
    @CsvSource({
        "return 1, 1",
        "'  return(2)', 2",
        "returns, 3",
        "return1, 4",
        "returnä, 5",
        "do return 6 end, 6",
        "function() end, f",
        "'for i = 1, 3 do end return 7', 7",
        "localx, 8",
        "'-- c\n9', 9",
        "' --[[ return ]] 10', 10"
    })
    void expressionsAndChunksAreToldApart(String text, String expected) throws ScriptException {
        engine.eval("returns, return1, returnä, localx = 3, 4, 5, 8");
        Object result = engine.eval(text);
        assertEquals(expected, result instanceof LuaFunction ? "f" : String.valueOf(result));
    }

    private final LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine();

    @AfterEach
    void close() {
        engine.close();
    }

    private ScriptException failure(String script) {
        return assertThrows(ScriptException.class, () -> engine.eval(script), script);
    }

    /** A function of no arguments for scripts. */
    private static Supplier<Object> function(Callable<?> code) {
        return () -> {
            try {
                return code.call();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        };
    }

    // -- Expressions and chunks ----------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1 + 1 | 2",
                "  7  | 7",
                "1 -- one | 1",
                "--[[ two ]] 2 | 2",
                "-- three\\n3 | 3",
                "3\\n+\\n4 | 7",
                "(5) | 5",
                "#'abc' | 3",
                "('x'):byte() | 120",
                "(function() return 9 end)() | 9",
                "({ 10, 20 })[2] | 20",
                "select('#', ...) | 0",
                "not nil and 4 | 4",
                "return 6 | 6",
                "return 6; | 6",
                "local x = 3 return x * x | 9",
                "do return 8 end | 8",
                "for i = 1, 5 do if i == 4 then return i end end | 4",
            })
    void evaluates(String script, int result) throws Exception {
        assertEquals(result, engine.eval(script.replace("\\n", "\n")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n", "-- comment", "--[[ comment ]]", ";", "nil", "return", "x = 1", "local x"})
    void evaluatesToNothing(String script) throws Exception {
        assertNull(engine.eval(script));
    }

    @Test
    void aCallIsAnExpression() throws Exception {
        engine.eval("n = 0 function count() n = n + 1 return n end");
        assertEquals(1, engine.eval("count()"));
        assertEquals(1, engine.get("n"));
    }

    @Test
    void aFailingExpressionIsNotRunAgain() throws Exception {
        engine.eval("n = 0 function count() n = n + 1 error('failed') end");
        failure("count()");
        assertEquals(1, engine.get("n"));
    }

    @Test
    void severalResults() throws Exception {
        assertEquals(List.of(1, "two", true), engine.eval("1, 'two', true"));
        assertEquals(Arrays.asList(1, null, 3), engine.eval("return 1, nil, 3"));
        assertEquals(Arrays.asList(1, null), engine.eval("return 1, nil"));
        assertEquals(Arrays.asList(null, null), engine.eval("nil, nil"));
        List<?> results = (List<?>) engine.eval("1, 2");
        assertThrows(UnsupportedOperationException.class, () -> results.remove(0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "x = = 1 | 1 | unexpected symbol near '='",
                "if x | 1 | 'then' expected near '<eof>'",
                "local x = 1\\nlocal y = ] | 2 | unexpected symbol near ']'",
                "1 end | 1 | near '1'",
                "1; x = 2 | 1 | near '1'",
                "1) + (2 | 1 | near '1'",
                "\\n\\n'unfinished | 3 | unfinished string",
                "for | 1 | '<name>' expected",
                "local function f()\\n\\n | 3 | 'end' expected",
                "goto nowhere | 1 | undefined label",
                "break | 1 | break",
            })
    void theErrorIsTheChunksOwn(String script, int line, String message) {
        ScriptException e = failure(script.replace("\\n", "\n"));
        assertEquals(line, e.getLineNumber(), e.getMessage());
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void locatesErrorsTheSameInExpressionsAndChunks() {
        assertEquals(3, failure("1 +\n2 +\n nothing.at.all").getLineNumber());
        assertEquals(3, failure("local x\n\nx = nothing.at.all").getLineNumber());
    }

    @Test
    void textSeenBeforeRunsAnew() throws Exception {
        for (int i = 0; i < 5; i++) {
            engine.put("x", i);
            assertEquals(i + 1, engine.eval("local n = 0 n = n + 1 return x + n"));
            assertEquals(i * 2, engine.eval("x * 2"));
        }
        LuaFunction one = (LuaFunction) engine.eval("local n = 0 return function() n = n + 1 return n end");
        LuaFunction other = (LuaFunction) engine.eval("local n = 0 return function() n = n + 1 return n end");
        assertEquals(1, one.call());
        assertEquals(2, one.call());
        assertEquals(1, other.call());
    }

    @Test
    void evaluatesUnicode() throws Exception {
        assertEquals("äöü 日本 \ud83d\ude00", engine.eval("'äöü 日本 \ud83d\ude00'"));
        assertEquals("größe", engine.eval("('größe')"));
        assertEquals(1, engine.eval("local größe = 1 return größe"));
    }

    @Test
    void nullsAreRefused() {
        Bindings bindings = new SimpleBindings();
        assertThrows(NullPointerException.class, () -> engine.eval((String) null));
        assertThrows(NullPointerException.class, () -> engine.eval((Reader) null));
        assertThrows(NullPointerException.class, () -> engine.eval((String) null, bindings));
        assertThrows(NullPointerException.class, () -> engine.eval((Reader) null, bindings));
        assertThrows(NullPointerException.class, () -> engine.eval("1", (Bindings) null));
        assertThrows(NullPointerException.class, () -> engine.eval("1", (ScriptContext) null));
        assertThrows(NullPointerException.class, () -> engine.eval(new StringReader("1"), (Bindings) null));
        assertThrows(NullPointerException.class, () -> engine.eval(new StringReader("1"), (ScriptContext) null));
    }

    // -- Readers -------------------------------------------------------------------------------------------------

    @Test
    void evaluatesReaders() throws Exception {
        assertEquals(3, engine.eval(new StringReader("1 + 2")));
        assertEquals("ä\0\ud83d\ude00", engine.eval(new StringReader("return 'ä\\0\ud83d\ude00'")));
        Bindings bindings = new SimpleBindings();
        bindings.put("x", 5);
        assertEquals(6, engine.eval(new StringReader("x = x + 1 return x"), bindings));
        assertEquals(6, bindings.get("x"));
        ScriptContext context = new SimpleScriptContext();
        context.setBindings(bindings, ScriptContext.ENGINE_SCOPE);
        assertEquals(6, engine.eval(new StringReader("x"), context));
    }

    @Test
    void evaluatesAReaderThatGivesLittleAtATime() throws Exception {
        Reader slow = new StringReader("return 'one by one \ud83d\ude00'") {
            @Override
            public int read(char[] target, int offset, int length) throws IOException {
                return super.read(target, offset, Math.min(length, 1));
            }
        };
        assertEquals("one by one \ud83d\ude00", engine.eval(slow));
    }

    @Test
    void aFailingReaderIsTheCause() throws Exception {
        IOException failure = new IOException("disk on fire");
        Reader reader = new Reader() {
            private boolean begun;

            @Override
            public int read(char[] target, int offset, int length) throws IOException {
                if (begun) {
                    throw failure;
                }
                begun = true;
                target[offset] = '1';
                return 1;
            }

            @Override
            public void close() {}
        };
        ScriptException e = assertThrows(ScriptException.class, () -> engine.eval(reader));
        assertSame(failure, e.getCause());
        assertThrows(ScriptException.class, () -> engine.compile(reader));
        assertEquals(2, engine.eval("1 + 1"));
    }

    @Test
    void aReaderThatThrowsAtRandomIsNoHarm() throws Exception {
        Reader reader = new Reader() {
            @Override
            public int read(char[] target, int offset, int length) {
                throw new IllegalStateException("no reader at all");
            }

            @Override
            public void close() {}
        };
        Exception e = assertThrows(Exception.class, () -> engine.eval(reader));
        assertTrue(e.toString().contains("no reader at all"), e.toString());
        assertEquals(2, engine.eval("1 + 1"));
    }

    // -- FILENAME and ARGV ---------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "script.lua",
                "dir/script.lua",
                "C:\\dir\\script.lua",
                "a:12: b.lua",
                "größe 日本.lua",
                "with space.lua",
                "=odd.lua",
                "@odd.lua"
            })
    void filenameNamesTheChunk(String name) throws Exception {
        engine.put(ScriptEngine.FILENAME, name);
        assertEquals("@" + name, engine.eval("debug.getinfo(1, 'S').source"));
        ScriptException e = failure("\nerror('failed')");
        assertEquals(name, e.getFileName());
        assertEquals(2, e.getLineNumber());
        ScriptException syntax = failure("\n\nx = = 1");
        assertEquals(name, syntax.getFileName());
        assertEquals(3, syntax.getLineNumber());
    }

    @Test
    void aLongFilenameIsToldInFull() {
        String name = "a/long/folder/".repeat(40) + "script.lua";
        engine.put(ScriptEngine.FILENAME, name);
        ScriptException e = failure("\nerror('failed')");
        assertEquals(name, e.getFileName());
        assertEquals(2, e.getLineNumber());
    }

    @Test
    void filenameBelongsToTheEvaluation() throws Exception {
        engine.put(ScriptEngine.FILENAME, "one.lua");
        assertEquals("one.lua", failure("error('x')").getFileName());
        engine.put(ScriptEngine.FILENAME, "two.lua");
        assertEquals("two.lua", failure("error('x')").getFileName());
        assertEquals("two.lua", failure("x = = 1").getFileName());
        Bindings bindings = new SimpleBindings();
        bindings.put(ScriptEngine.FILENAME, "three.lua");
        assertEquals(
                "three.lua",
                assertThrows(ScriptException.class, () -> engine.eval("error('x')", bindings))
                        .getFileName());
        assertEquals("two.lua", failure("error('x')").getFileName());
    }

    @Test
    void filenameMayBeNull() throws Exception {
        engine.put(ScriptEngine.FILENAME, null);
        assertEquals(1, engine.eval("1"));
        assertEquals(2, failure("\nerror('x')").getLineNumber());
        Bindings bindings = new SimpleBindings();
        bindings.put(ScriptEngine.FILENAME, null);
        assertEquals(1, engine.eval("1", bindings));
        ScriptException e = assertThrows(ScriptException.class, () -> engine.eval("\nerror('x')", bindings));
        assertEquals(2, e.getLineNumber());
    }

    @Test
    void argumentsOfTheScript() throws Exception {
        engine.put(ScriptEngine.FILENAME, "main.lua");
        engine.put(ScriptEngine.ARGV, new String[] {"a", "b", "ü"});
        assertEquals(List.of("a", "b", "ü"), engine.eval("..."));
        assertEquals(List.of(3, "a"), engine.eval("local first = ... return select('#', ...), first"));
        assertEquals(List.of("main.lua", "a", "ü", 3), engine.eval("arg[0], arg[1], arg[3], #arg"));
        assertEquals("b", engine.eval("function second() return arg[2] end return second()"));
    }

    @Test
    void argumentsWithoutAFilename() throws Exception {
        engine.put(ScriptEngine.ARGV, new String[] {"a"});
        assertEquals(List.of("a", "a", 1), engine.eval("arg[1], (...), #arg"));
    }

    @Test
    void filenameAndArgumentsMayBeGlobal() throws Exception {
        SimpleBindings global = new SimpleBindings();
        global.put(ScriptEngine.FILENAME, "global.lua");
        global.put(ScriptEngine.ARGV, new String[] {"a"});
        engine.setBindings(global, ScriptContext.GLOBAL_SCOPE);
        SimpleScriptContext foreign = new SimpleScriptContext();
        foreign.setBindings(global, ScriptContext.GLOBAL_SCOPE);
        for (ScriptContext context : List.of(engine.getContext(), foreign)) {
            assertEquals(List.of("a", "global.lua"), engine.eval("return ..., arg[0]", context));
            ScriptException e = assertThrows(ScriptException.class, () -> engine.eval("error('x')", context));
            assertEquals("global.lua", e.getFileName());
            context.setAttribute(ScriptEngine.FILENAME, "own.lua", ScriptContext.ENGINE_SCOPE);
            context.setAttribute(ScriptEngine.ARGV, new String[] {"b"}, ScriptContext.ENGINE_SCOPE);
            assertEquals(List.of("b", "own.lua"), engine.eval("return ..., arg[0]", context));
        }
    }

    @Test
    void noArguments() throws Exception {
        assertEquals(0, engine.eval("select('#', ...)"));
        engine.put(ScriptEngine.ARGV, new String[0]);
        assertEquals(0, engine.eval("select('#', ...)"));
        engine.put(ScriptEngine.ARGV, null);
        assertEquals(0, engine.eval("select('#', ...)"));
    }

    @Test
    void argumentsInOtherBindings() throws Exception {
        Bindings bindings = new SimpleBindings();
        bindings.put(ScriptEngine.FILENAME, "main.lua");
        bindings.put(ScriptEngine.ARGV, new String[] {"a", "b"});
        assertEquals(List.of("main.lua", "a", "b", "a"), engine.eval("arg[0], arg[1], arg[2], (...)", bindings));
        assertEquals(2, bindings.size(), "no key is added");
        assertEquals(Arrays.asList(null, 0), engine.eval("arg, select('#', ...)", new SimpleBindings()));
        assertEquals(Arrays.asList(null, 0), engine.eval("arg, select('#', ...)"));
    }

    // -- Attributes ----------------------------------------------------------------------------------------------

    @Test
    void keysAreChecked() {
        assertThrows(NullPointerException.class, () -> engine.put(null, 1));
        assertThrows(IllegalArgumentException.class, () -> engine.put("", 1));
        assertThrows(NullPointerException.class, () -> engine.get(null));
        assertThrows(IllegalArgumentException.class, () -> engine.get(""));
    }

    @Test
    void scopesAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> engine.getBindings(12345));
        assertThrows(IllegalArgumentException.class, () -> engine.setBindings(new SimpleBindings(), 12345));
        assertThrows(NullPointerException.class, () -> engine.setBindings(null, ScriptContext.ENGINE_SCOPE));
        assertThrows(NullPointerException.class, () -> engine.setContext(null));
        engine.setBindings(null, ScriptContext.GLOBAL_SCOPE);
        assertNull(engine.getBindings(ScriptContext.GLOBAL_SCOPE));
    }

    @Test
    void createdBindingsAreEmptyAndNew() {
        Bindings bindings = engine.createBindings();
        assertTrue(bindings.isEmpty());
        bindings.put("x", 1);
        assertNotSame(bindings, engine.createBindings());
        assertTrue(engine.createBindings().isEmpty());
        assertNull(engine.get("x"));
    }

    @Test
    void setBindingsReplacesTheGlobals() throws Exception {
        Bindings live = engine.getBindings(ScriptContext.ENGINE_SCOPE);
        engine.put("x", "live");
        Bindings other = new SimpleBindings();
        other.put("x", "other");
        engine.setBindings(other, ScriptContext.ENGINE_SCOPE);
        assertSame(other, engine.getBindings(ScriptContext.ENGINE_SCOPE));
        assertEquals("other", engine.eval("x"));
        engine.put("y", 1);
        assertEquals(1, other.get("y"));
        engine.eval("z = y + 1");
        assertEquals(2, other.get("z"));
        assertEquals(2, engine.get("z"));
        engine.setBindings(live, ScriptContext.ENGINE_SCOPE);
        assertEquals(Arrays.asList("live", null, null), engine.eval("x, y, z"));
    }

    @Test
    void setContextReplacesEverything() throws Exception {
        ScriptContext before = engine.getContext();
        engine.put("x", "live");
        ScriptContext context = new SimpleScriptContext();
        Bindings global = new SimpleBindings();
        global.put("g", "global");
        context.setBindings(global, ScriptContext.GLOBAL_SCOPE);
        context.setAttribute("x", "other", ScriptContext.ENGINE_SCOPE);
        StringWriter writer = new StringWriter();
        context.setWriter(writer);
        engine.setContext(context);
        assertSame(context, engine.getContext());
        assertEquals(List.of("other", "global"), engine.eval("print(x) return x, g"));
        assertEquals("other\n", writer.toString());
        engine.put("y", 1);
        assertEquals(1, context.getAttribute("y"));
        engine.setContext(before);
        assertEquals(Arrays.asList("live", null), engine.eval("x, g"));
    }

    // -- Life ----------------------------------------------------------------------------------------------------

    @Test
    void isAllThatJavaxScriptKnows() {
        assertInstanceOf(ScriptEngine.class, engine);
        assertInstanceOf(Compilable.class, engine);
        assertInstanceOf(Invocable.class, engine);
        assertInstanceOf(AutoCloseable.class, engine);
        assertInstanceOf(LuaScriptEngineFactory.class, engine.getFactory());
    }

    @Test
    void theRuntimeIsTheEnginesOwn() throws Exception {
        engine.put("x", 5);
        assertEquals(5, engine.runtime().globals().get("x"));
        engine.runtime().execute("y = x + 1");
        assertEquals(6, engine.get("y"));
        assertSame(engine.runtime(), ((LuaTable) engine.eval("{}")).runtime());
    }

    @Test
    void closingTwiceIsHarmless() {
        assertFalse(engine.runtime().isClosed());
        engine.close();
        engine.close();
        assertTrue(engine.runtime().isClosed());
    }

    @Test
    void useAfterCloseIsAClearError() throws Exception {
        var compiled = engine.compile("1 + 1");
        engine.eval("function f() end");
        engine.close();
        Bindings bindings = new SimpleBindings();
        for (ScriptException e : List.of(
                assertThrows(ScriptException.class, () -> engine.eval("1")),
                assertThrows(ScriptException.class, () -> engine.eval("1", bindings)),
                assertThrows(ScriptException.class, () -> engine.eval(new StringReader("1"))),
                assertThrows(ScriptException.class, () -> engine.compile("1")),
                assertThrows(ScriptException.class, () -> engine.invokeFunction("f")),
                assertThrows(ScriptException.class, compiled::eval),
                assertThrows(ScriptException.class, () -> compiled.eval(bindings)))) {
            assertInstanceOf(LuaClosedException.class, e.getCause());
            assertTrue(e.getMessage().contains("closed"), e.getMessage());
        }
        assertThrows(LuaClosedException.class, () -> engine.put("x", 1));
        assertThrows(LuaClosedException.class, () -> engine.get("x"));
    }

    @Test
    void closedFromInsideAScript() throws Exception {
        engine.put("stop", function(() -> {
            engine.close();
            return "closing";
        }));
        assertEquals("closing still here", engine.eval("local s = stop() return s .. ' still here'"));
        assertTrue(engine.runtime().isClosed());
        assertThrows(ScriptException.class, () -> engine.eval("1"));
    }

    // -- os.exit -------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "os.exit()",
                "os.exit(0)",
                "os.exit(3)",
                "os.exit(true)",
                "os.exit(false)",
                "os.exit(0, true)",
                "local exit = os.exit; (function() exit(1) end)()",
                "coroutine.wrap(function() os.exit(1) end)()",
                "string.gsub('x', 'x', function() os.exit(1) end)",
                "table.sort({ 2, 1 }, function() os.exit(1) end)",
            })
    void exitEndsTheScriptOnly(String script) throws Exception {
        engine.put("after", false);
        ScriptException e = failure(script + " after = true");
        assertTrue(e.getMessage().contains("os.exit"), e.getMessage());
        assertInstanceOf(LuaException.class, e.getCause());
        assertEquals(false, engine.get("after"));
        assertEquals(2, engine.eval("1 + 1"));
        ScriptException other = assertThrows(ScriptException.class, () -> engine.eval(script, new SimpleBindings()));
        assertTrue(other.getMessage().contains("os.exit"), other.getMessage());
    }

    @Test
    void noArgumentsAreAnEmptyTable() throws Exception {
        engine.put(ScriptEngine.FILENAME, "main.lua");
        engine.put(ScriptEngine.ARGV, new String[0]);
        assertEquals(List.of(0, "main.lua", 0), engine.eval("return #arg, arg[0], select('#', ...)"));
        SimpleBindings bindings = new SimpleBindings();
        bindings.put(ScriptEngine.ARGV, List.of());
        assertEquals(0, engine.eval("return #arg", bindings));
    }
}
