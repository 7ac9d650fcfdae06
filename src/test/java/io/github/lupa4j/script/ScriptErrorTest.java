package io.github.lupa4j.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaException;
import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaSyntaxException;
import io.github.lupa4j.LuaTable;
import java.io.IOException;
import java.io.StringReader;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.script.Bindings;
import javax.script.CompiledScript;
import javax.script.ScriptContext;
import javax.script.ScriptEngine;
import javax.script.ScriptException;
import javax.script.SimpleBindings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Failing scripts: what the host is told, and that the engine works afterwards. */
class ScriptErrorTest {
    private final LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine();

    @AfterEach
    void worksAfterwards() throws Exception {
        assertEquals("2x", engine.eval("(function(...) return ... .. 'x' end)(1 + 1)"));
        engine.close();
    }

    private ScriptException failure(String script) {
        return assertThrows(ScriptException.class, () -> engine.eval(script), script);
    }

    private Object valueOf(String script) {
        return assertInstanceOf(LuaException.class, failure(script).getCause()).value();
    }

    /** A function for scripts that throws. */
    private static Callable<Object> throwing(Throwable failure) {
        return () -> {
            if (failure instanceof Error error) {
                throw error;
            }
            throw (Exception) failure;
        };
    }

    // -- File and line -------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "error('failed') | 1",
                "\\n\\nerror('failed') | 3",
                "local x = 1\\nx.y.z = 1 | 2",
                "\\nlocal x = nil + 1 | 2",
                "local function f()\\n  error('failed')\\nend\\nf() | 2",
                "local function f()\\n  error('failed', 2)\\nend\\nf()\\nlocal x | 4",
                "\\nerror('failed', 0)\\nlocal x | 2",
                "\\nerror({})\\nlocal x | 2",
                "\\nerror()\\nlocal x | 2",
                "\\nassert(false, 'failed')\\nlocal x | 2",
                "\\nstring.rep()\\nlocal x | 2",
                "\\nlocal t = setmetatable({}, { __index = function(t, k)\\n  error(k) end })\\nlocal x = t.y | 3",
                "\\nstring.gsub('a', 'a', function()\\n  error('failed')\\nend) | 3",
                "\\ntable.sort({ 2, 1 }, function()\\n  error('failed')\\nend) | 3",
                "\\nloadstring('x.y = 1', '@main.lua')()\\nlocal x | 1",
            })
    void runtimeErrorsAreLocated(String script, int line) {
        engine.put(ScriptEngine.FILENAME, "main.lua");
        ScriptException e = failure(script.replace("\\n", "\n"));
        assertEquals("main.lua", e.getFileName(), e.getMessage());
        assertEquals(line, e.getLineNumber(), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.read({})",
                "io.read('l', 'x')",
                "io.write({})",
                "io.stdin.read()",
                "io.lines(nil, 'x')()",
                "io.output({})",
                "io.input('no such file')",
                "getfenv(99)",
                "java.buffer(direct, 'no such type')",
                "for _ in pairs(list) do list.x = 1 end",
                "for _ in ipairs(list) do list.x = 1 end",
            })
    void aMisuseOfTheLibraryIsTheScripts(String script) throws Exception {
        SimpleBindings other = new SimpleBindings();
        for (Bindings bindings : List.of(engine.getBindings(ScriptContext.ENGINE_SCOPE), other)) {
            bindings.put(ScriptEngine.FILENAME, "main.lua");
            bindings.put("list", List.of(1, 2));
            bindings.put("direct", ByteBuffer.allocateDirect(8));
            engine.getContext().setReader(new StringReader("line\nline\n"));
            for (int i = 0; i < 2; i++) { // Some of the library is loaded at its first use.
                ScriptException e =
                        assertThrows(ScriptException.class, () -> engine.eval("\n" + script + " return 1", bindings));
                assertEquals("main.lua", e.getFileName(), e.getMessage());
                assertEquals(2, e.getLineNumber(), e.getMessage());
                assertTrue(e.getMessage().startsWith("main.lua:2: "), e.getMessage());
            }
        }
    }

    @Test
    void aFailingStreamIsLocatedInTheScript() throws Exception {
        engine.put(ScriptEngine.FILENAME, "main.lua");
        Writer old = engine.getContext().getWriter();
        engine.getContext().setWriter(new FailingWriter());
        for (String script : List.of("io.write('x')", "io.stdout:write('x')", "print('x')")) {
            ScriptException e = failure("\n" + script + " return 1");
            assertInstanceOf(IOException.class, e.getCause());
            assertEquals("main.lua", e.getFileName(), e.getMessage());
            assertEquals(2, e.getLineNumber(), e.getMessage());
        }
        engine.getContext().setWriter(old);
    }

    private static final class FailingWriter extends Writer {
        @Override
        public void write(char[] text, int from, int length) throws IOException {
            throw new IOException("disk full");
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "return string.rep()",
                "return error({})",
                "return error('x')",
                "os.exit(3)",
                "return ('x'):rep(1e8)",
            })
    void whereNoLineIsKnownTheFileIsTold(String script) throws Exception {
        engine.put(ScriptEngine.FILENAME, "main.lua");
        engine.runtime().setMaxMemory(16 << 20);
        CompiledScript compiled = engine.compile(script);
        assertEquals("main.lua", failure(script).getFileName());
        engine.put(ScriptEngine.FILENAME, "other.lua");
        ScriptException e = assertThrows(ScriptException.class, compiled::eval);
        assertEquals("main.lua", e.getFileName());
        assertTrue(e.getLineNumber() == -1 || e.getLineNumber() == 1, e.getMessage());
    }

    @Test
    void aFilenameWithNulIsToldInFull() {
        engine.put(ScriptEngine.FILENAME, "a\0b.lua");
        for (String script : List.of("\nerror('failed')", "\nx = = 1", "\nerror({}) return 1")) {
            ScriptException e = failure(script);
            assertEquals("a\0b.lua", e.getFileName());
            assertEquals(2, e.getLineNumber());
        }
        assertTrue(failure("error('failed')").getMessage().contains("b.lua:1: failed"));
    }

    @Test
    void withoutAFilenameTheLineIsTold() {
        ScriptException e = failure("\n\nerror('failed')");
        assertEquals(3, e.getLineNumber());
        assertTrue(e.getMessage().contains("failed"), e.getMessage());
        assertNotNull(e.getFileName());
    }

    @Test
    void theMessageIsLuas() {
        assertTrue(failure("local t = nil; t.x = 1").getMessage().contains("attempt to index local 't' (a nil value)"));
        assertTrue(failure("nothing()").getMessage().contains("attempt to call global 'nothing' (a nil value)"));
        assertTrue(failure("return 1 + {}").getMessage().contains("attempt to perform arithmetic on a table value"));
        assertTrue(failure("return {} < {}").getMessage().contains("attempt to compare two table values"));
        assertTrue(failure("return #5").getMessage().contains("attempt to get length of a number value"));
        assertTrue(failure("string.rep()").getMessage().contains("bad argument #1 to 'rep'"));
        assertTrue(failure("error('größe \ud83d\ude00 \\0 end')").getMessage().contains("größe \ud83d\ude00 \0 end"));
    }

    @Test
    void syntaxErrors() {
        engine.put(ScriptEngine.FILENAME, "main.lua");
        for (String script : List.of(
                "\n\nfor",
                "\n\nx = 'unfinished",
                "\n\nx = [[unfinished",
                "\n\nx = '\\q'",
                "\n\nx = 0x",
                "\n\nx = 1e",
                "\n\nx = )",
                "\n\n::a:: ::a::",
                "\n\ngoto nowhere",
                "\n\nlocal function f(",
                "\n\n@",
                "\n\nx = 5 5")) {
            ScriptException e = failure(script);
            assertEquals("main.lua", e.getFileName(), script);
            assertEquals(3, e.getLineNumber(), script);
            LuaSyntaxException cause = assertInstanceOf(LuaSyntaxException.class, e.getCause());
            assertNotNull(cause.getMessage());
        }
    }

    @Test
    void aSyntaxErrorInLoadedTextIsTheScripts() throws Exception {
        List<?> results = (List<?>) engine.eval("load('x = = 1', '=text')");
        assertNull(results.get(0));
        assertEquals("text:1: unexpected symbol near '='", results.get(1));
    }

    @Test
    void bytecodeIsNotText() throws Exception {
        engine.eval("code = string.dump(function() return 1 end)");
        failure("\u001bLJ\u0002\u0000");
        String text = "local f, message = load(code) assert(f == nil) return message";
        assertTrue(engine.eval(text).toString().contains("bytecode"), "the mode is text by default");
    }

    @Test
    void luaFramesStandInTheStackTrace() {
        engine.put(ScriptEngine.FILENAME, "main.lua");
        ScriptException e =
                failure("local function inner()\n  error('x')\nend\nlocal function outer()\n  inner()\nend\nouter()");
        LuaException cause = (LuaException) e.getCause();
        List<Integer> lines = Stream.of(cause.getStackTrace())
                .filter(frame -> "main.lua".equals(frame.getFileName()))
                .map(StackTraceElement::getLineNumber)
                .toList();
        assertEquals(List.of(2, 5, 7), lines);
        assertEquals(
                lines,
                cause.luaStackTrace().stream()
                        .filter(frame -> "main.lua".equals(frame.getFileName()))
                        .map(StackTraceElement::getLineNumber)
                        .toList());
    }

    // -- Error values --------------------------------------------------------------------------------------------

    @Test
    void errorValuesOfEveryType() {
        assertEquals("text", valueOf("error('text', 0)"));
        assertEquals(42, valueOf("error(42, 0)"));
        assertEquals(1.5, valueOf("error(1.5, 0)"));
        assertEquals(true, valueOf("error(true)"));
        assertEquals(false, valueOf("error(false)"));
        assertNull(valueOf("error(nil)"));
        assertNull(valueOf("error()"));
        assertEquals(7, ((LuaTable) valueOf("error({ code = 7 })")).get("code"));
        assertInstanceOf(LuaFunction.class, valueOf("error(print)"));
        assertEquals(5L, valueOf("error(5LL)"));
        Object object = new Object();
        engine.put("object", object);
        assertSame(object, valueOf("error(object)"));
    }

    @Test
    void messagesOfErrorValues() {
        assertTrue(failure("error(42)").getMessage().contains("42"));
        assertTrue(failure("error(true)").getMessage().contains("true"));
        assertTrue(failure("error(nil)").getMessage().contains("nil"));
        assertTrue(failure("error({})").getMessage().contains("table: 0x"));
        assertTrue(failure("error(setmetatable({}, { __tostring = function() return 'my own words' end }))")
                .getMessage()
                .contains("my own words"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ __tostring = function() error('no words') end }",
                "{ __tostring = function() return 5 end }",
                "{ __tostring = function() return nil end }",
                "{ __tostring = 5 }",
                "{ __tostring = function(t) return tostring(t) .. '' end }",
                "{ __index = function() error('no field') end }",
                "{ __metatable = false }",
                "{ __name = 5 }",
            })
    void anErrorValueThatCannotBeShown(String metatable) {
        ScriptException e = failure("error(setmetatable({}, " + metatable + "))");
        assertNotNull(e.getMessage());
        assertInstanceOf(LuaTable.class, ((LuaException) e.getCause()).value());
    }

    // -- Java exceptions -----------------------------------------------------------------------------------------

    static Stream<String> waysThroughLua() {
        return Stream.of(
                "f()",
                "return f()",
                "local function g() f() end g()",
                "error(select(2, pcall(f)))",
                "error(select(2, pcall(f)), 0)",
                "error(select(2, xpcall(f, function(e) return e end)))",
                "coroutine.wrap(function(...) return f(...) end)()",
                "coroutine.wrap(function() f() end)()",
                "coroutine.wrap(function() coroutine.wrap(function() f() end)() end)()",
                "error(select(2, coroutine.resume(coroutine.create(function() f() end))))",
                "string.gsub('a', 'a', function() f() end)",
                "table.sort({ 2, 1 }, function() f() end)",
                "return setmetatable({}, { __index = function() f() end }).x",
                "return setmetatable({}, { __add = function() f() end }) + 1",
                "tostring(setmetatable({}, { __tostring = function() f() end }))",
                "for x in function() f() end do end",
                "loadstring('f()')()",
                "error(f_exception)");
    }

    @ParameterizedTest
    @MethodSource("waysThroughLua")
    void aJavaExceptionIsTheDirectCause(String script) {
        for (Exception thrown : List.of(
                new IOException("checked"), new IllegalStateException("unchecked"), new ScriptException("nested"))) {
            engine.put("f", throwing(thrown));
            engine.put("f_exception", thrown);
            ScriptException e = failure(script);
            assertSame(thrown, e.getCause(), script);
            assertTrue(e.getMessage().contains(thrown.getMessage()), e.getMessage());
        }
    }

    @ParameterizedTest
    @MethodSource("waysThroughLua")
    void anErrorPassesAsItself(String script) {
        for (Error thrown : List.of(new AssertionError("assertion"), new OutOfMemoryError("not really"))) {
            engine.put("f", throwing(thrown));
            engine.put("f_exception", thrown);
            assertSame(thrown, assertThrows(Error.class, () -> engine.eval(script)), script);
        }
    }

    @Test
    void pcallCatchesThrowables() throws Exception {
        for (Throwable thrown :
                List.of(new IOException("x"), new IllegalStateException("x"), new AssertionError("x"))) {
            engine.put("f", throwing(thrown));
            List<?> results = (List<?>) engine.eval("pcall(f)");
            assertEquals(false, results.get(0));
            assertSame(thrown, results.get(1));
        }
    }

    @Test
    void aJavaExceptionIsLocated() {
        engine.put(ScriptEngine.FILENAME, "main.lua");
        engine.put("f", throwing(new IOException("x")));
        ScriptException e = failure("local function g()\n  f()\nend\ng()");
        assertEquals("main.lua", e.getFileName());
        assertEquals(2, e.getLineNumber());
    }

    @Test
    void aLuaErrorStaysTheSameThroughJava() {
        engine.put("call", (java.util.function.Function<LuaFunction, Object>) LuaFunction::call);
        LuaTable value = (LuaTable) valueOf("error({ code = 7 })");
        engine.put("value", value);
        assertEquals(value, valueOf("call(function() error(value) end)"));
        assertEquals("text", valueOf("call(function() call(function() error('text', 0) end) end)"));
    }

    @Test
    void aNewErrorHidesTheException() {
        engine.put("f", throwing(new IOException("the reason")));
        ScriptException e = failure("local ok, reason = pcall(f) error('wrapped: ' .. tostring(reason))");
        assertInstanceOf(LuaException.class, e.getCause());
        assertTrue(e.getMessage().contains("wrapped: java.io.IOException: the reason"), e.getMessage());
    }

    /** An exception that cannot even say what it is. */
    private static final class Speechless extends IllegalStateException {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new UnsupportedOperationException("no message");
        }
    }

    @ParameterizedTest
    @MethodSource("waysThroughLua")
    void anExceptionThatCannotBeShownIsTheCauseToo(String script) {
        Speechless thrown = new Speechless();
        engine.put("f", throwing(thrown));
        engine.put("f_exception", thrown);
        if (script.contains("__tostring")) {
            return;
        }
        ScriptException e = failure(script);
        assertSame(thrown, e.getCause(), script);
        assertTrue(e.getMessage().contains("Speechless"), e.getMessage());
    }

    @Test
    void anExceptionWithoutAnyText() {
        Exception thrown = new IllegalStateException() {
            private static final long serialVersionUID = 1;

            @Override
            public String toString() {
                return null;
            }
        };
        engine.put("f", throwing(thrown));
        assertSame(thrown, failure("f()").getCause());
    }

    @Test
    void anErrorValueWhoseTextFails() {
        Object object = new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("no text");
            }
        };
        engine.put("object", object);
        assertSame(object, valueOf("error(object)"));
        assertSame(object, valueOf("coroutine.wrap(function() error(object) end)()"));
    }

    @Test
    void exceptionsOfMembersAreNotWrapped() {
        engine.put("list", List.of(1));
        assertInstanceOf(IndexOutOfBoundsException.class, failure("list:get(5)").getCause());
        engine.put("iterator", List.of().iterator());
        assertInstanceOf(
                java.util.NoSuchElementException.class,
                failure("iterator:next()").getCause());
    }

    // -- Error handlers ------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "xpcall(error, function() error('again') end)",
                "xpcall(error, function() local x = nil; x() end)",
                "xpcall(error, error)",
                "xpcall(error, nil)",
                "xpcall(error, 5)",
                "xpcall(error, function() return xpcall(error, error) end)",
                "xpcall(function() error({}) end, function(e) return e.x.y end)",
                "xpcall(function() local function f() return f() + 1 end f() end, function(e) error(e) end)",
                "xpcall(function() local function f() return f() + 1 end f() end, debug.traceback)",
                "xpcall(error, function() local function f() return f() + 1 end f() end)",
                "xpcall(function() error(nil) end, function(e) return e end)",
                "xpcall(error, coroutine.yield)",
            })
    void errorsInErrorHandlers(String script) throws Exception {
        for (int i = 0; i < 3; i++) {
            try {
                assertEquals(false, engine.eval("(" + script + ")"), script);
            } catch (ScriptException e) {
                assertNotNull(e.getMessage());
            }
            assertEquals(List.of(false, true), engine.eval("pcall(error, true)"));
        }
    }

    @Test
    void handlersSeeTheErrorAndItsPlace() throws Exception {
        assertEquals(
                Arrays.asList(false, "handled: x"),
                engine.eval("xpcall(function() error('x', 0) end, function(e) return 'handled: ' .. e end)"));
        String trace = (String) engine.eval("select(2, xpcall(function() error('x') end, debug.traceback))");
        assertTrue(trace.contains("stack traceback:"), trace);
        IOException thrown = new IOException("x");
        engine.put("f", throwing(thrown));
        assertEquals(Arrays.asList(false, thrown), engine.eval("xpcall(f, function(e) return e end)"));
    }

    @Test
    void failuresInOtherBindingsAreTheSame() {
        SimpleBindings bindings = new SimpleBindings();
        bindings.put(ScriptEngine.FILENAME, "main.lua");
        IOException thrown = new IOException("x");
        bindings.put("f", throwing(thrown));
        ScriptException e = assertThrows(ScriptException.class, () -> engine.eval("\nf()", bindings));
        assertSame(thrown, e.getCause());
        assertEquals("main.lua", e.getFileName());
        assertEquals(2, e.getLineNumber());
        ScriptException lua = assertThrows(ScriptException.class, () -> engine.eval("\n\nx.y = 1", bindings));
        assertEquals(3, lua.getLineNumber());
        assertFalse(bindings.containsKey("x"));
    }

    @Test
    void manyFailuresLeaveNothingBehind() throws Exception {
        engine.put("f", throwing(new IOException("x")));
        String[] scripts = {"error('x')", "error({})", "f()", "x = = 1", "local function f() return f() + 1 end f()"};
        for (int i = 0; i < 200; i++) {
            failure(scripts[i % scripts.length]);
        }
        engine.runtime().gc();
        long before = engine.runtime().memoryUsed();
        for (int i = 0; i < 2000; i++) {
            failure(scripts[i % scripts.length]);
        }
        System.gc();
        engine.eval("1");
        engine.runtime().gc();
        long grown = engine.runtime().memoryUsed() - before;
        assertTrue(grown < 100_000, "grown by " + grown);
    }
}
