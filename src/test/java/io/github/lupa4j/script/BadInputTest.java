package io.github.lupa4j.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaException;
import io.github.lupa4j.LuaSyntaxException;
import io.github.lupa4j.LuaTable;
import io.github.lupa4j.testing.Stacks;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.script.ScriptException;
import javax.script.SimpleBindings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts that are huge, deep or nonsense: a clear exception or the right result, and an engine that works. */
class BadInputTest {
    private final LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine();

    @AfterEach
    void worksAfterwards() throws Exception {
        assertEquals("2x", engine.eval("(function(...) return ... .. 'x' end)(1 + 1)"));
        engine.close();
    }

    // -- Huge ----------------------------------------------------------------------------------------------------

    @Test
    void scriptsOfTenMegabytes() throws Exception {
        StringBuilder script = new StringBuilder("local n = 0\n");
        while (script.length() < 10 << 20) {
            script.append("n = n + 1 -- a line with ß and 😀\n");
        }
        int lines = (int) script.chars().filter(c -> c == '\n').count() - 1;
        assertEquals(lines, engine.eval(script + "return n"));
        assertEquals(lines, engine.eval(new StringReader(script + "return n"), new SimpleBindings()));
        ScriptException e = assertThrows(ScriptException.class, () -> engine.eval(script + "error('at the end')"));
        assertEquals(lines + 2, e.getLineNumber());
        e = assertThrows(ScriptException.class, () -> engine.eval(script + "syntax error"));
        assertInstanceOf(LuaSyntaxException.class, e.getCause());
    }

    @Test
    void oneHugeStringOrComment() throws Exception {
        int size = 10 << 20;
        assertEquals(size, engine.eval("return #'" + "x".repeat(size) + "'"));
        assertEquals(size, engine.eval("return #[==[" + "y".repeat(size) + "]==]"));
        assertEquals(1, engine.eval("--[[" + "z".repeat(size) + "]] return 1"));
        assertNull(engine.eval(" ".repeat(size)));
        assertNull(engine.eval("\n".repeat(size)));
    }

    @Test
    void hugeTablesAndManyConstants() throws Exception {
        StringBuilder table = new StringBuilder("return #{");
        for (int i = 0; i < 300_000; i++) {
            table.append(i).append(',');
        }
        assertEquals(300_000, engine.eval(table + "}"));
        StringBuilder locals = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            locals.append("local x").append(i).append(" = ").append(i).append('\n');
        }
        ScriptException e = assertThrows(ScriptException.class, () -> engine.eval(locals.toString()));
        assertInstanceOf(LuaSyntaxException.class, e.getCause());
        assertEquals(201, e.getLineNumber());
        StringBuilder strings = new StringBuilder("local t = {}\n");
        for (int i = 0; i < 70_000; i++) {
            strings.append("t.k").append(i).append(" = 'v").append(i).append("'\n");
        }
        e = assertThrows(ScriptException.class, () -> engine.eval(strings + "return t"));
        assertInstanceOf(LuaSyntaxException.class, e.getCause());
    }

    // -- Deep ----------------------------------------------------------------------------------------------------

    static Stream<String> deep() {
        int n = 100_000;
        return Stream.of(
                "return " + "(".repeat(n) + "1" + ")".repeat(n),
                "return " + "(".repeat(n),
                "return " + "{".repeat(n) + "}".repeat(n),
                "return " + "{".repeat(n),
                "function() ".repeat(n),
                "return " + "function() return ".repeat(n) + "1" + " end".repeat(n),
                "do ".repeat(n) + "end ".repeat(n),
                "if true then ".repeat(n) + "end ".repeat(n),
                "while true do ".repeat(n) + "end ".repeat(n),
                "repeat ".repeat(n) + "until true ".repeat(n),
                "for i = 1, 1 do ".repeat(n) + "end ".repeat(n),
                "return " + "not ".repeat(n) + "1",
                "return " + "- ".repeat(n) + "1",
                "return " + "#".repeat(n) + "''",
                "return " + "1 .. ".repeat(n) + "1",
                "return " + "2 ^ ".repeat(n) + "1",
                "return " + "f(".repeat(n) + ")".repeat(n),
                "return " + "t[".repeat(n) + "]".repeat(n),
                "return t" + "['x']".repeat(n),
                "return t" + ".x".repeat(n),
                "return f" + "()".repeat(n),
                "x = " + "1 + ".repeat(n) + "1",
                "a" + ", a".repeat(n) + " = 1",
                "if x then " + "elseif x then ".repeat(2000) + "end");
    }

    @ParameterizedTest
    @MethodSource("deep")
    void deepNestingIsNoCrash(String script) throws Exception {
        for (long kilobytes : new long[] {512, 8192}) {
            Stacks.on(kilobytes * Stacks.KB, () -> {
                try {
                    engine.eval(script);
                } catch (ScriptException e) {
                    assertInstanceOf(LuaException.class, e.getCause());
                    assertNotNull(e.getMessage());
                }
                return assertEqualsTwo(engine.eval("1 + 1"));
            });
        }
    }

    private static boolean assertEqualsTwo(Object value) {
        assertEquals(2, value);
        return true;
    }

    @Test
    void usefulNestingWorks() throws Exception {
        assertEquals(1, engine.eval("return " + "(".repeat(150) + "1" + ")".repeat(150)));
        assertEquals(7, engine.eval("do ".repeat(150) + "x = 7 " + "end ".repeat(150) + "return x"));
    }

    // -- Nonsense --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "return",
                "(",
                ")",
                "end",
                "\0",
                "'",
                "\"",
                "[[",
                "--[[",
                "\\",
                "@",
                "$x",
                "1x",
                "0x",
                "1e",
                "x =",
                "= x",
                "local",
                "function",
                "goto",
                "goto nowhere",
                "break",
                "::a:: ::a::",
                "\uFEFF",
                "\uFFFE",
                "😀",
                "ß = 1 return ß",
                "'\\q'",
                "'\\300'",
                "'\\x'",
                "'\\u{110000000}'",
                "for",
                "for i",
                "for i = 1",
                "a.b:c",
                "a.1",
                "..",
                "...",
                "return ...",
                "return return",
                ";",
                ";;",
                "x",
                "x y",
                "local function",
                "#!",
                "#!/bin/lua",
                "# comment",
                "return 0x7fffffffffffffffLL",
                "\u001bLJ",
                "\u001bLua"
            })
    void nonsenseIsAnExceptionOrAResult(String script) throws Exception {
        for (int i = 0; i < 2; i++) {
            try {
                engine.eval(script);
            } catch (ScriptException e) {
                assertInstanceOf(LuaException.class, e.getCause());
                assertTrue(e.getLineNumber() == 1 || e.getLineNumber() == -1, () -> "line of " + e);
            }
        }
    }

    @Test
    void randomTextIsAnExceptionOrAResult() {
        Random random = new Random(20250101);
        String[] words = {
            "local",
            "x",
            "=",
            "1",
            "function",
            "(",
            ")",
            "end",
            "if",
            "then",
            "return",
            "'s'",
            "{",
            "}",
            ",",
            ".",
            "..",
            "nil",
            "for",
            "do",
            "in",
            "pairs",
            "t",
            "[",
            "]",
            ":",
            "::",
            "goto",
            "not",
            "-",
            "#",
            "and",
            "\n",
            "...",
            ";"
        };
        for (int i = 0; i < 5000; i++) {
            StringBuilder script = new StringBuilder();
            int length = random.nextInt(20);
            for (int k = 0; k < length; k++) {
                script.append(words[random.nextInt(words.length)]).append(' ');
            }
            try {
                engine.eval(script.toString());
            } catch (ScriptException e) {
                assertInstanceOf(LuaException.class, e.getCause());
            }
        }
        engine.put("x", null);
    }

    // -- Errors ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "error()",
                "error(nil)",
                "error(false)",
                "error({})",
                "error(print)",
                "error(coroutine.create(print))",
                "error(newproxy(true))",
                "error(setmetatable({}, { __tostring = function() error('again') end }))",
                "error(setmetatable({}, { __tostring = function() return {} end }))",
                "error(setmetatable({}, { __tostring = error, __concat = error, __index = error }))",
                "error(require('ffi').new('int[2]'))",
                "error('')",
                "error('\\0')",
                "error(('x'):rep(1e7))",
                "error('%s %d')",
                "coroutine.wrap(function() error() end)()",
                "xpcall(error, error) error()",
                "error(select(2, xpcall(error, function() error('in the handler') end)))",
                "error(select(2, xpcall(error, function() return nil end)))",
                "error(select(2, pcall(error, nil)))",
                "local t = {} t.t = t error(t)",
                "error(_G)",
                "assert(false, {})",
                "assert(nil)",
                "local t = setmetatable({}, {}) getmetatable(t).__index = t return t.x",
            })
    void errorsOfEveryKind(String script) {
        ScriptException e = assertThrows(ScriptException.class, () -> engine.eval(script));
        assertNotNull(e.getMessage());
        assertInstanceOf(LuaException.class, e.getCause());
        assertNotNull(e.toString());
        e = assertThrows(ScriptException.class, () -> engine.eval(script, new SimpleBindings()));
        assertNotNull(e.getMessage());
    }

    @Test
    void cyclesInTables() throws Exception {
        LuaTable table = (LuaTable) engine.eval("local t = { x = 1 } t.t = t t[t] = t return t");
        assertEquals(table, table.get("t"));
        assertEquals(table, table.get(table));
        assertEquals(3, table.size());
        assertNotNull(table.toString());
        assertEquals(table.hashCode(), ((LuaTable) table.get("t")).hashCode());
        SimpleBindings bindings = new SimpleBindings();
        bindings.put("self", bindings);
        assertSame(bindings, engine.eval("return self", bindings));
        assertEquals(true, engine.eval("return self.self == self", bindings));
    }

    // -- Readers ---------------------------------------------------------------------------------------------------

    @Test
    void failingReadersOfScripts() {
        for (Throwable failure : List.of(
                new IOException("the disk is gone"),
                new IllegalStateException("closed"),
                new AssertionError("broken"))) {
            Reader reader = new Reader() {
                @Override
                public int read(char[] buffer, int offset, int length) throws IOException {
                    if (failure instanceof IOException e) {
                        throw e;
                    } else if (failure instanceof RuntimeException e) {
                        throw e;
                    }
                    throw (Error) failure;
                }

                @Override
                public void close() {}
            };
            Throwable thrown = assertThrows(Throwable.class, () -> engine.eval(reader));
            assertTrue(thrown == failure || thrown.getCause() == failure, thrown::toString);
            thrown = assertThrows(Throwable.class, () -> engine.compile(reader));
            assertTrue(thrown == failure || thrown.getCause() == failure, thrown::toString);
        }
    }
}
