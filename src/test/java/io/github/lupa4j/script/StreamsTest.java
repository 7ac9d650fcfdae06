package io.github.lupa4j.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaFunction;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.Writer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.script.Compilable;
import javax.script.ScriptContext;
import javax.script.ScriptException;
import javax.script.SimpleBindings;
import javax.script.SimpleScriptContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Standard input and output of scripts: the reader and the writers of the evaluation's context. */
class StreamsTest {
    private final LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    StreamsTest() {
        engine.getContext().setWriter(out);
        engine.getContext().setErrorWriter(err);
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private Object withInput(String input, String script) throws ScriptException {
        engine.getContext().setReader(new StringReader(input));
        return engine.eval(script);
    }

    // -- Writing -------------------------------------------------------------------------------------------------

    static Stream<Arguments> output() {
        return Stream.of(
                Arguments.of("print()", "\n"),
                Arguments.of("print('x')", "x\n"),
                Arguments.of("print(1, 2.5, nil, true, 'x')", "1\t2.5\tnil\ttrue\tx\n"),
                Arguments.of("print('ä', '日本', '😀')", "ä\t日本\t😀\n"),
                Arguments.of("print('a\\0b')", "a\0b\n"),
                Arguments.of("print(setmetatable({}, { __tostring = function() return 'custom' end }))", "custom\n"),
                Arguments.of("tostring = function(x) return '<' .. x .. '>' end print('a', 1)", "<a>\t<1>\n"),
                Arguments.of("print(2^53, 1e100, -0.0, 1/0)", "9.007199254741e+15\t1e+100\t-0\tinf\n"),
                Arguments.of("io.write('x', 1, 2.5)", "x12.5"),
                Arguments.of("io.write()", ""),
                Arguments.of("io.write('a'):write('b', 'c')", "abc"),
                Arguments.of("io.stdout:write('x', 1)", "x1"),
                Arguments.of("io.output():write('x')", "x"),
                Arguments.of("print(io.type(io.stdout), io.type(1))", "file\tnil\n"),
                Arguments.of("io.stdout:write('x') io.stdout:flush() io.flush()", "x"),
                Arguments.of("for i = 1, 1000 do io.write(i, ' ') end", numbers(1000)),
                Arguments.of("for c in ('日😀'):gmatch('.') do io.write(c) end", "日😀"),
                Arguments.of("print(('x'):rep(100000))", "x".repeat(100_000) + "\n"),
                Arguments.of("io.write(('ß'):rep(100000))", "ß".repeat(100_000)),
                Arguments.of("io.write('\\255x')", "\uFFFDx"));
    }

    private static String numbers(int last) {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= last; i++) {
            text.append(i).append(' ');
        }
        return text.toString();
    }

    @ParameterizedTest
    @MethodSource("output")
    void goesToTheWriter(String script, String expected) throws Exception {
        engine.eval(script);
        assertEquals(expected, out.toString());
        assertEquals("", err.toString());
    }

    @Test
    void errorsGoToTheErrorWriter() throws Exception {
        engine.eval("io.stderr:write('bad ', 1, ' ß') print('good')");
        assertEquals("bad 1 ß", err.toString());
        assertEquals("good\n", out.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.write({})",
                "io.write(nil)",
                "io.write(print)",
                "io.stdout.write('x')",
                "io.stderr.write()",
                "io.write(true)",
                "io.stdout.flush()"
            })
    void whatCannotBeWrittenIsAnError(String script) throws Exception {
        assertThrows(ScriptException.class, () -> engine.eval(script));
        engine.eval("io.write('fine')");
        assertEquals("fine", out.toString());
    }

    @Test
    void aTostringThatFailsFailsThePrint() {
        ScriptException e = assertThrows(
                ScriptException.class,
                () -> engine.eval("print('a', setmetatable({}, { __tostring = function() error('no text') end }))"));
        assertTrue(e.getMessage().contains("no text"), e.getMessage());
        assertThrows(
                ScriptException.class,
                () -> engine.eval("print(setmetatable({}, { __tostring = function() return {} end }))"));
    }

    @Test
    void javaObjectsPrintAsTheirToString() throws Exception {
        engine.put("o", List.of(1, "ß"));
        engine.eval("print(o) io.write(tostring(o))");
        assertEquals("[1, ß]\n[1, ß]", out.toString());
    }

    /** Counts flushes, and what was written before the last one. */
    private static final class Counting extends StringWriter {
        int flushes;
        String flushed = "";

        @Override
        public void flush() {
            flushes++;
            flushed = toString();
        }
    }

    @Test
    void isFlushedAtTheEndOfEveryEvaluation() throws Exception {
        Counting writer = new Counting();
        Counting errors = new Counting();
        engine.getContext().setWriter(writer);
        engine.getContext().setErrorWriter(errors);
        engine.eval("print('one') io.stderr:write('e')");
        assertEquals("one\n", writer.flushed);
        assertEquals("e", errors.flushed);
        assertThrows(ScriptException.class, () -> engine.eval("io.write('two') error('x')"));
        assertEquals("one\ntwo", writer.flushed);
        engine.eval("function f() io.write('three') end");
        engine.invokeFunction("f");
        assertEquals("one\ntwothree", writer.flushed);
        ((Compilable) engine).compile("io.write('four')").eval();
        assertEquals("one\ntwothreefour", writer.flushed);
        engine.eval("run = f");
        Runnable run = engine.getInterface(Runnable.class);
        assertNotNull(run);
        run.run();
        assertEquals("one\ntwothreefourthree", writer.flushed);
        engine.eval("io.write('five')", new SimpleBindings());
        assertTrue(writer.flushed.endsWith("five"), writer.flushed);
        int flushes = writer.flushes;
        engine.eval("1 + 1");
        assertEquals(flushes, writer.flushes);
    }

    @Test
    void belongsToTheContextOfTheEvaluation() throws Exception {
        SimpleScriptContext context = new SimpleScriptContext();
        StringWriter other = new StringWriter();
        context.setWriter(other);
        context.setBindings(engine.createBindings(), ScriptContext.ENGINE_SCOPE);
        engine.eval("function shout(x) print(x) end");
        context.setAttribute("shout", engine.get("shout"), ScriptContext.ENGINE_SCOPE);
        engine.eval("print('there') shout('later')", context);
        engine.eval("print('here')");
        assertEquals("there\nlater\n", other.toString());
        assertEquals("here\n", out.toString());
        StringWriter replaced = new StringWriter();
        engine.getContext().setWriter(replaced);
        engine.invokeFunction("shout", "new");
        assertEquals("new\n", replaced.toString());
    }

    @Test
    void anEvaluationInsideAnotherWritesToItsOwn() throws Exception {
        SimpleScriptContext inner = new SimpleScriptContext();
        StringWriter innerOut = new StringWriter();
        inner.setWriter(innerOut);
        inner.setBindings(engine.createBindings(), ScriptContext.ENGINE_SCOPE);
        engine.put("inner", (Function<String, Object>) script -> {
            try {
                return engine.eval(script, inner);
            } catch (ScriptException e) {
                throw new IllegalStateException(e);
            }
        });
        engine.eval(
                "io.write('a') inner('io.write(1)') io.write('b') pcall(inner, 'io.write(2) error()') io.write('c')");
        assertEquals("abc", out.toString());
        assertEquals("12", innerOut.toString());
    }

    // -- Reading -------------------------------------------------------------------------------------------------

    static Stream<Arguments> input() {
        return Stream.of(
                Arguments.of("one\ntwo\n", "io.read()", "one"),
                Arguments.of("one\ntwo\n", "io.read('*l', '*l')", List.of("one", "two")),
                Arguments.of("one\ntwo", "io.read('*l', '*l', '*l')", Arrays.asList("one", "two", null)),
                Arguments.of("one\ntwo\n", "io.read('*L')", "one\n"),
                Arguments.of("one\ntwo\n", "io.read('*a')", "one\ntwo\n"),
                Arguments.of("", "io.read('*a')", ""),
                Arguments.of("", "io.read('*l')", null),
                Arguments.of("", "io.read(0)", null),
                Arguments.of("x", "io.read(0)", ""),
                Arguments.of("\n\n", "io.read('*l', '*l', '*l')", Arrays.asList("", "", null)),
                Arguments.of("a\r\nb", "io.read('*l', '*l')", List.of("a\r", "b")),
                Arguments.of("abcdef", "io.read(2, 3, 5)", List.of("ab", "cde", "f")),
                Arguments.of("12 -3.5 0x10 1e3", "io.read('*n', '*n', '*n', '*n')", List.of(12, -3.5, 16, 1000)),
                Arguments.of("12 rest\n", "io.read('*n', '*l')", List.of(12, " rest")),
                Arguments.of("none", "io.read('*n')", null),
                Arguments.of("  \n 7", "io.read('*n')", 7),
                Arguments.of("ä日😀\n", "io.read()", "ä日😀"),
                Arguments.of("a\0b\n", "io.read()", "a\0b"),
                Arguments.of("one\ntwo", "io.stdin:read('*l')", "one"),
                Arguments.of("one\ntwo", "io.input():read('*a')", "one\ntwo"),
                Arguments.of(
                        "1\n2\n3",
                        "local t = {} for l in io.lines() do t[#t + 1] = l end return table.concat(t, '+')",
                        "1+2+3"),
                Arguments.of(
                        "1\n2",
                        "local t = '' for l in io.stdin:lines() do t = t .. '<' .. l .. '>' end return t",
                        "<1><2>"),
                Arguments.of("", "for l in io.lines() do return 'a line' end return 'none'", "none"));
    }

    @ParameterizedTest
    @MethodSource("input")
    void comesFromTheReader(String input, String script, Object expected) throws Exception {
        assertEquals(expected, withInput(input, script.startsWith("io") ? "return " + script : script));
    }

    @Test
    void goesOnWhereTheLastEvaluationStopped() throws Exception {
        assertEquals(12, withInput("12 34\nnext\nlast", "io.read('*n')"));
        assertEquals(34, engine.eval("io.read('*n')"));
        assertEquals("", engine.eval("io.read()"));
        assertEquals("next", engine.eval("io.read()", new SimpleBindings()));
        assertEquals("last", engine.eval("io.read('*a')"));
        assertEquals("fresh", withInput("fresh", "io.read()"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"io.read('*x')", "io.read('x')", "io.read({})", "io.stdin.read()", "io.stdin.lines()"})
    void badFormatsAreErrors(String script) throws Exception {
        engine.getContext().setReader(new StringReader("input"));
        ScriptException e = assertThrows(ScriptException.class, () -> engine.eval(script));
        assertTrue(e.getMessage().contains("bad argument #1 to '"), e.getMessage());
        assertEquals("fresh", withInput("fresh", "io.read()"));
    }

    @Test
    void aReaderThatWaitsIsReadNoFurtherThanNeeded() throws Exception {
        engine.getContext().setReader(new Reader() {
            private final String text = "line\n";
            private int at;

            @Override
            public int read(char[] buffer, int offset, int length) throws IOException {
                if (at == text.length()) {
                    throw new IOException("read too far");
                }
                buffer[offset] = text.charAt(at++);
                return 1;
            }

            @Override
            public void close() {}
        });
        assertEquals("line", engine.eval("io.read()"));
    }

    // -- Failures --------------------------------------------------------------------------------------------------

    private static final IOException FULL = new IOException("the disk is full");

    private static Writer failing(boolean onFlush) {
        return new Writer() {
            @Override
            public void write(char[] buffer, int offset, int length) throws IOException {
                if (!onFlush) {
                    throw FULL;
                }
            }

            @Override
            public void flush() throws IOException {
                if (onFlush) {
                    throw FULL;
                }
            }

            @Override
            public void close() {}
        };
    }

    @Test
    void aFailingWriterIsTheCause() throws Exception {
        for (boolean onFlush : new boolean[] {false, true}) {
            engine.getContext().setWriter(failing(onFlush));
            for (String script : List.of("print('x')", "io.write('x')", "io.stdout:write('x')")) {
                ScriptException e = assertThrows(ScriptException.class, () -> engine.eval(script));
                assertSame(FULL, e.getCause(), script);
            }
        }
        engine.getContext().setWriter(failing(false));
        assertEquals(false, engine.eval("(pcall(print, 'x'))"));
        engine.getContext().setWriter(out);
        engine.eval("print('fine')");
        assertTrue(out.toString().endsWith("fine\n"), out.toString());
    }

    @Test
    void aFailingReaderIsTheCause() throws Exception {
        IOException gone = new IOException("the line is dead");
        engine.getContext().setReader(new Reader() {
            @Override
            public int read(char[] buffer, int offset, int length) throws IOException {
                throw gone;
            }

            @Override
            public void close() {}
        });
        for (String script : List.of("io.read()", "io.read('*a')", "io.read('*n')", "for l in io.lines() do end")) {
            assertSame(
                    gone,
                    assertThrows(ScriptException.class, () -> engine.eval(script))
                            .getCause(),
                    script);
        }
        assertEquals("fine", withInput("fine", "io.read()"));
    }

    @Test
    void runtimeExceptionsOfWritersComeThrough() throws Exception {
        IllegalStateException closed = new IllegalStateException("closed");
        engine.getContext().setWriter(new StringWriter() {
            @Override
            public void write(String text) {
                throw closed;
            }
        });
        assertSame(
                closed,
                assertThrows(ScriptException.class, () -> engine.eval("print('x')"))
                        .getCause());
        engine.getContext().setWriter(out);
        engine.eval("print('fine')");
    }

    @Test
    void aWriterMayUseTheEngine() throws Exception {
        engine.eval("function twice(x) return x .. x end");
        engine.getContext().setWriter(new StringWriter() {
            @Override
            public void write(String text) {
                try {
                    out.write(String.valueOf(engine.invokeFunction("twice", text)));
                } catch (ScriptException | NoSuchMethodException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        engine.eval("io.write('ab') io.write('c')");
        assertEquals("ababcc", out.toString());
    }

    @Test
    void closedStreamsDoNoHarm() throws Exception {
        for (String script : List.of("io.stdout:close()", "io.close()", "io.stdin:close()", "io.stderr:close()")) {
            try {
                engine.eval(script);
            } catch (ScriptException e) {
                assertNotNull(e.getMessage());
            }
        }
        assertEquals(2, engine.eval("1 + 1"));
        try (LuaScriptEngine other = new LuaScriptEngineFactory().getScriptEngine()) {
            other.getContext().setWriter(out);
            other.eval("print('others write')");
            assertTrue(out.toString().contains("others write"));
        }
    }

    @Test
    void functionsOfLuaWriteWhereTheyAreCalled() throws Exception {
        LuaFunction print = (LuaFunction) engine.eval("print");
        print.call("from Java");
        engine.eval("1");
        assertEquals("from Java\n", out.toString());
    }

    @Test
    void charactersOfTwoUnitsAreNotTorn() throws Exception {
        String text = "x" + "\uD83D\uDE00".repeat(50) + "y";
        for (int size : new int[] {1, 2, 3, 7}) {
            engine.getContext().setReader(new StringReader(text));
            out.getBuffer().setLength(0);
            engine.eval("while true do local b = io.read(" + size + ") if not b then break end io.write(b) end");
            assertEquals(text, out.toString());
        }
    }
}
