package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runtimes and their options. */
class RuntimeTest {
    private final LuaRuntime lua = LuaRuntime.create();

    @AfterEach
    void close() {
        lua.close();
    }

    private static LuaRuntime.Builder builder() {
        return LuaRuntime.builder();
    }

    // -- Code ----------------------------------------------------------------------------------------------------

    @Test
    void codeWithArguments() {
        assertEquals(5, lua.eval("select('#', ...) + select(2, ...)", null, 3));
        assertEquals(Arrays.asList(1, null, "x"), lua.eval("..., nil, 'x'", 1));
        assertEquals(Arrays.asList(2, 1), lua.execute("local a, b = ... return b, a", 1, 2));
        LuaSource source = LuaSource.of("return debug.getinfo(1, 'S').source, ...", "@file.lua");
        assertEquals(List.of("@file.lua", 7), lua.execute(source, 7));
        assertEquals(9, lua.eval(LuaSource.of("... * 3", "=x"), 3));
        assertNull(lua.execute(""));
    }

    @Test
    void expressionsOnly() {
        assertThrows(LuaSyntaxException.class, () -> lua.eval("x = 1"));
        assertThrows(LuaSyntaxException.class, () -> lua.eval("return 1"));
        assertThrows(LuaSyntaxException.class, () -> lua.execute("1 + 1"));
    }

    @Test
    void binaryChunksFromJava() {
        LuaTable code = (LuaTable) lua.eval("{string.byte(string.dump(function(a) return a * 2 end), 1, -1)}");
        byte[] bytes = new byte[(int) code.length()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = ((Number) code.get(i + 1)).byteValue();
        }
        LuaSource binary = LuaSource.ofBytes(bytes, "=double", LuaSource.Mode.BINARY);
        assertEquals(42, lua.execute(binary, 21));
        assertThrows(
                LuaSyntaxException.class,
                () -> lua.execute(LuaSource.ofBytes(bytes, "=double", LuaSource.Mode.TEXT), 21));
        byte[] text = {'r', 'e', 't', 'u', 'r', 'n'};
        assertThrows(LuaSyntaxException.class, () -> lua.execute(LuaSource.ofBytes(text, "=t", LuaSource.Mode.BINARY)));
        try (LuaRuntime other = LuaRuntime.create()) {
            assertEquals(42, other.execute(binary, 21));
        }
    }

    @Test
    void requireFromJava() {
        assertSame(LuaTable.class, lua.require("string").getClass());
        assertEquals(lua.eval("string"), lua.require("string"));
        lua.execute(
                "package.preload['my.module'] = function(name) count = (count or 0) + 1 return { name = name } end");
        assertEquals("my.module", ((LuaTable) lua.require("my.module")).get("name"));
        assertEquals(lua.require("my.module"), lua.require("my.module"));
        assertEquals(1, lua.eval("count"));
        LuaException e = assertThrows(LuaException.class, () -> lua.require("no.such"));
        assertTrue(e.getMessage().contains("no.such"), e.getMessage());
        lua.execute("require = nil");
        assertEquals(lua.eval("string"), lua.require("string"));
        try (LuaRuntime bare = builder().libraries(LuaLibrary.BASE).build()) {
            assertThrows(IllegalStateException.class, () -> bare.require("string"));
        }
    }

    // -- Tables --------------------------------------------------------------------------------------------------

    @Test
    void tables() {
        assertEquals(List.of(3, "b", 3), lua.eval("#(...), (...)[2], (...)[3]", lua.table(1, "b", 3)));
        Object[] many = new Object[200_000];
        Arrays.setAll(many, i -> i % 3 == 0 ? "s" + i : i);
        LuaTable table = lua.table(many);
        assertEquals(200_000, table.length());
        assertEquals("s199998", table.get(199_999));
        assertEquals(199_999, table.get(200_000));
        double[] numbers = {1.5, -0.0, Double.NaN, Double.longBitsToDouble(0xFFFB_1234_5678_9ABCL), 1e300};
        LuaTable doubles = lua.table(numbers);
        assertEquals(
                List.of(5, 1.5, true, true),
                lua.eval("#(...), (...)[1], (...)[3] ~= (...)[3], 1/(...)[2] < 0", doubles));
        assertEquals(List.of("number", "number"), lua.eval("type((...)[4]), type((...)[5])", doubles));
        assertEquals(0, lua.table(new double[0]).length());
        double[] large = new double[100_001];
        Arrays.setAll(large, i -> i);
        assertEquals(100_000, lua.eval("(...)[100001]", lua.table(large)));
    }

    @Test
    void holesInTables() {
        LuaTable table = lua.table(1, null, 3);
        assertEquals(3, table.get(3));
        assertNull(table.get(2));
        assertEquals(2, table.size());
    }

    record Point(int x, int y) {}

    @Test
    void tableFrom() {
        Map<Object, Object> map = new LinkedHashMap<>();
        map.put("a", 1);
        map.put(10, "ten");
        LuaTable table = lua.tableFrom(map, List.of("x", "y"), Map.of("a", 2), new int[] {7, 8}, new Point(3, 4));
        assertEquals(
                List.of(2, "ten", "x", "y", 7, 8),
                lua.eval("t.a, t[10], t[1], t[2], t[3], t[4]".replace("t", "(...)"), table));
        assertEquals(List.of(3, 4), List.of(table.get("x"), table.get("y")));
        assertEquals(Map.of("a", 2, 1, "x"), new HashMap<>(lua.tableFrom(lua.tableFrom(Map.of("a", 2)), List.of("x"))));
        assertEquals(3, lua.tableFrom(Arrays.asList(1, null, 3)).get(3));
        assertEquals(2, lua.tableFrom(Arrays.asList(1, null, 3)).size());
        assertEquals(0, lua.tableFrom().size());
        assertEquals("c", lua.tableFrom(Set.of("c")).get(1));
        Map<?, ?> inner = Map.of("k", "v");
        assertSame(inner, lua.tableFrom(List.of(inner)).get(1), "shallow");
    }

    @Test
    void tableFromWhatIsNone() {
        for (Object bad : new Object[] {"text", 5, new Object(), null, lua.eval("print")}) {
            assertThrows(IllegalArgumentException.class, () -> lua.tableFrom(Map.of(), bad), String.valueOf(bad));
            assertThrows(IllegalArgumentException.class, () -> lua.tableFromDeep(bad), String.valueOf(bad));
        }
        Map<Object, Object> nullKey = Collections.singletonMap(null, 1);
        assertThrows(IllegalArgumentException.class, () -> lua.tableFrom(nullKey));
        assertEquals(0, lua.eval("0"));
    }

    @Test
    void tableFromDeep() {
        Map<Object, Object> root = new LinkedHashMap<>();
        List<Object> list = new ArrayList<>(List.of(1, List.of("in"), new Point(1, 2), new int[][] {{5}, {6}}));
        root.put("list", list);
        root.put("again", list);
        root.put("self", root);
        list.add(root);
        LuaTable own = lua.table("kept");
        root.put("own", own);
        LuaTable table = lua.tableFromDeep(root);
        lua.globals().put("t", table);
        assertEquals(true, lua.eval("t.self == t and t.again == t.list and t.list[5] == t"));
        assertEquals(List.of("in", 2, 6), lua.eval("t.list[2][1], t.list[3].y, t.list[4][2][1]"));
        assertEquals(own, table.get("own"));
        assertFalse(table.containsKey("x"));
        Object nested = "bottom";
        for (int i = 0; i < 50_000; i++) {
            nested = List.of(nested);
        }
        LuaTable deep = lua.tableFromDeep(nested);
        assertEquals(
                List.of(50_000, "bottom"),
                lua.execute(
                        "local t, n = ..., 0 while type(t) == 'table' do t = t[1] n = n + 1 end return n, t", deep));
    }

    @Test
    void largeMapsCrossWhole() {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < 20_000; i++) {
            map.put("key" + i + "x".repeat(i % 40), i % 7 == 0 ? "y".repeat(i % 3000) : (Object) i);
        }
        LuaTable table = lua.tableFrom(map);
        assertEquals(map.size(), table.size());
        map.forEach((key, value) -> assertEquals(value, table.get(key)));
        assertEquals(map, new HashMap<>(table));
    }

    @Test
    void contentsOfAnotherRuntimeAreCopied() {
        try (LuaRuntime other = LuaRuntime.create()) {
            LuaTable theirs = (LuaTable) other.eval("{ a = 1, { b = 2 } }");
            assertThrows(IllegalArgumentException.class, () -> lua.tableFrom(theirs));
            LuaTable copy = lua.tableFromDeep(theirs);
            assertEquals(List.of(1, 2), lua.eval("(...).a, (...)[1].b", copy));
            assertNotEquals(theirs, copy);
        }
    }

    // -- Options -------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(LuaLibrary.class)
    void oneLibraryAtATime(LuaLibrary library) {
        Map<LuaLibrary, String> samples = Map.ofEntries(
                Map.entry(LuaLibrary.BASE, "pairs"),
                Map.entry(LuaLibrary.PACKAGE, "require"),
                Map.entry(LuaLibrary.COROUTINE, "coroutine"),
                Map.entry(LuaLibrary.STRING, "string"),
                Map.entry(LuaLibrary.TABLE, "table"),
                Map.entry(LuaLibrary.MATH, "math"),
                Map.entry(LuaLibrary.BIT, "bit"),
                Map.entry(LuaLibrary.IO, "io"),
                Map.entry(LuaLibrary.OS, "os"),
                Map.entry(LuaLibrary.DEBUG, "debug"),
                Map.entry(LuaLibrary.JIT, "jit"));
        try (LuaRuntime only = builder().libraries(library).build()) {
            samples.forEach((each, name) -> assertEquals(each == library, only.eval(name) != null, name));
            if (library == LuaLibrary.STRING) {
                assertEquals("A", only.eval("('a'):upper()"));
            } else {
                assertThrows(LuaException.class, () -> only.eval("('a'):upper()"));
            }
        }
        try (LuaRuntime without = builder()
                .libraries(LuaLibrary.BASE, LuaLibrary.PACKAGE, library)
                .build()) {
            assertEquals(library == LuaLibrary.FFI, without.eval("(pcall(require, 'ffi'))"));
            assertEquals(Long.MAX_VALUE, without.eval("9223372036854775807LL"));
            assertEquals(library == LuaLibrary.FFI, without.eval("(pcall(require, 'ffi'))"), "after 64-bit integers");
            assertEquals(library == LuaLibrary.FFI, without.eval("package.loaded.ffi ~= nil"));
            boolean io = library == LuaLibrary.IO;
            assertEquals(io, without.eval("(pcall(require, 'io'))"));
        }
    }

    @Test
    void noLibrariesAtAll() {
        try (LuaRuntime bare = builder().libraries().build()) {
            assertEquals(7, bare.eval("1 + 2 * 3"));
            assertEquals(
                    List.of(),
                    bare.globals().keySet().stream()
                            .filter(name -> !Set.of("_G", "_VERSION").contains(name))
                            .toList());
        }
    }

    @Test
    void compilerOff() {
        assertEquals(true, lua.eval("(jit.status())"));
        try (LuaRuntime interpreted = builder().jit(false).build()) {
            assertEquals(false, interpreted.eval("(jit.status())"));
            interpreted.execute("local n = 0 for i = 1, 1e5 do n = n + i end");
            assertEquals(0, interpreted.state.traceCount());
        }
        lua.execute("local n = 0 for i = 1, 1e5 do n = n + i end");
        assertTrue(lua.state.traceCount() > 0);
    }

    // -- Streams -------------------------------------------------------------------------------------------------

    @Test
    void readersAndWriters() {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        try (LuaRuntime piped = builder()
                .stdin(new StringReader("erste Zeile ü\n42 rest"))
                .stdout(out)
                .stderr(err)
                .build()) {
            assertEquals(List.of("erste Zeile ü", 42), piped.eval("io.read('*l', '*n')"));
            piped.execute("print('grün', 1) io.write('x') io.stderr:write('err')");
            assertEquals("grün\t1\nx", out.toString());
            assertEquals("err", err.toString());
        }
    }

    @Test
    void byteStreamsLoseNothing() {
        byte[] all = new byte[256];
        for (int i = 0; i < 256; i++) {
            all[i] = (byte) i;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LuaRuntime piped =
                builder().stdin(new ByteArrayInputStream(all)).stdout(out).build()) {
            assertEquals(256, piped.execute("local s = io.read('*a') io.write(s) return #s"));
        }
        assertArrayEquals(all, out.toByteArray());
    }

    /** Remembers whether it was flushed, and fails when told to. */
    private static final class Sink extends Writer {
        private final StringBuilder text = new StringBuilder();
        private int flushes;
        private boolean fails;
        private boolean closed;

        @Override
        public void write(char[] characters, int from, int length) {
            text.append(characters, from, length);
        }

        @Override
        public void flush() throws IOException {
            flushes++;
            if (fails) {
                throw new IOException("disk full");
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Test
    void outputIsFlushedAtTheEndOfEachEvaluation() {
        Sink sink = new Sink();
        try (LuaRuntime piped = builder().stdout(sink).build()) {
            piped.execute("print(1) print(2)");
            assertEquals(1, sink.flushes);
            ((LuaFunction) piped.eval("print")).call("x");
            assertEquals(2, sink.flushes);
            piped.eval("1 + 1");
            assertEquals(2, sink.flushes);
            assertThrows(LuaException.class, () -> piped.execute("print(3) error('x')"));
            assertEquals(3, sink.flushes);
            assertEquals("1\n2\nx\n3\n", sink.text.toString());
            sink.fails = true;
            UncheckedIOException e = assertThrows(UncheckedIOException.class, () -> piped.execute("print(4)"));
            assertEquals("disk full", e.getCause().getMessage());
            LuaException failed = assertThrows(LuaException.class, () -> piped.execute("print(5) error('x')"));
            assertSame(UncheckedIOException.class, failed.getSuppressed()[0].getClass());
            sink.fails = false;
            assertEquals(2, piped.eval("1 + 1"));
        }
        assertFalse(sink.closed);
    }

    @Test
    void aStreamCanBeSharedByRuntimes() {
        StringWriter out = new StringWriter();
        LuaRuntime.Builder options = builder()
                .stdin(new ByteArrayInputStream("a\nb\n".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .stdout(out);
        try (LuaRuntime one = options.build();
                LuaRuntime two = options.build()) {
            assertEquals("a", one.eval("io.read()"));
            assertEquals("b", two.eval("io.read()"));
            one.execute("print(1)");
            two.execute("print(2)");
        }
        assertEquals("1\n2\n", out.toString());
    }

    // -- Limits --------------------------------------------------------------------------------------------------

    @Test
    void instructionsAreLimited() {
        try (LuaRuntime limited = builder().instructionLimit(1_000_000).build()) {
            LuaTimeoutException e = assertThrows(LuaTimeoutException.class, () -> limited.execute("while true do end"));
            assertTrue(e.getMessage().contains("1000000"), e.getMessage());
            assertEquals(100_000, limited.execute("local n = 0 for i = 1, 100000 do n = n + 1 end return n"));
            assertThrows(
                    LuaTimeoutException.class,
                    () -> limited.execute("while true do pcall(function() while true do end end) end"));
            assertThrows(
                    LuaTimeoutException.class,
                    () -> limited.execute("coroutine.wrap(function() while true do end end)()"));
            assertThrows(LuaTimeoutException.class, () -> limited.execute("jit.on() while true do end"));
            assertThrows(
                    LuaTimeoutException.class, () -> limited.execute("jit.on() local function f() return f() end f()"));
            LuaException refused = assertThrows(
                    LuaException.class,
                    () -> limited.execute("debug.sethook(function() end, '', 1) while true do end"));
            assertFalse(refused instanceof LuaTimeoutException);
            for (int i = 0; i < 20; i++) {
                limited.execute("for i = 1, 100000 do end"); // each with a budget of its own
            }
        }
    }

    @Test
    void instructionsAreCountedExactly() {
        try (LuaRuntime limited = builder().instructionLimit(500).build()) {
            LuaFunction loop = limited.compile("for i = 1, (...) do end");
            int most = 0;
            for (int n = 1; n < 1000; n++) {
                try {
                    loop.call(n);
                    most = n;
                } catch (LuaTimeoutException e) {
                    break;
                }
            }
            int limit = most;
            assertTrue(limit > 400 && limit < 500, "ran " + limit + " rounds");
            for (int i = 0; i < 10; i++) {
                loop.call(limit);
                assertThrows(LuaTimeoutException.class, () -> loop.call(limit + 1));
            }
        }
    }

    @Test
    void aStoppedScriptOfManyInstructionsCannotHideIt() {
        try (LuaRuntime limited = builder().instructionLimit(10_000).build()) {
            limited.globals().put("swallow", limited.function(arguments -> {
                try {
                    return ((LuaFunction) arguments[0]).call();
                } catch (LuaTimeoutException e) {
                    return "swallowed";
                }
            }));
            assertThrows(
                    LuaTimeoutException.class,
                    () -> limited.execute("return swallow(function() while true do end end)"));
        }
    }

    @Test
    void timeIsLimitedAlsoWhileInstructionsAreCounted() {
        try (LuaRuntime limited = builder()
                .timeLimit(Duration.ofMillis(50))
                .instructionLimit(Long.MAX_VALUE)
                .build()) {
            assertThrows(LuaTimeoutException.class, () -> limited.execute("while true do end"));
            assertEquals(3, limited.eval("1 + 2"));
        }
    }

    @Test
    void optionsServeSeveralRuntimes() {
        LuaRuntime.Builder options = builder().memoryLimit(8 << 20).instructionLimit(1000);
        try (LuaRuntime one = options.build();
                LuaRuntime two = options.build()) {
            one.execute("x = 1");
            assertNull(two.eval("x"));
            assertEquals(8 << 20, two.maxMemory());
        }
    }

    @Test
    void globalsStayOpen() {
        lua.globals().close();
        assertEquals(1, lua.eval("1"));
        assertTrue(lua.globals().get("print") instanceof LuaFunction);
    }
}
