package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringWriter;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Strings of all charsets on their way. */
class EncodingTest {
    private static final Charset LATIN_9 = Charset.forName("ISO-8859-15");
    private static final String TEXT = "Käse für 5 €, naïve café — 東京 😀\0 end";

    private static LuaRuntime.Builder builder() {
        return LuaRuntime.builder();
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    // -- Charsets ------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "GB18030"})
    void unicodeBothWays(String charset) {
        try (LuaRuntime lua = builder()
                .charset(Charset.forName(charset))
                .sourceCharset(StandardCharsets.US_ASCII)
                .build()) {
            assertEquals(TEXT, lua.eval("...", TEXT));
            assertEquals(TEXT.getBytes(Charset.forName(charset)).length, lua.eval("#...", TEXT));
            assertEquals(TEXT.repeat(300), lua.eval("...", TEXT.repeat(300)));
            LuaTable table = lua.table();
            table.put(TEXT, "x");
            table.put("kurz ä", "y");
            assertEquals("x", table.get(TEXT));
            assertEquals(Map.of(TEXT, "x", "kurz ä", "y"), new HashMap<>(table));
        }
    }

    @Test
    void latin9() {
        try (LuaRuntime lua = builder().charset(LATIN_9).build()) {
            assertEquals(List.of(1, 0xA4), lua.eval("#..., ('€'):byte()", "€"));
            assertEquals("ÿ€", lua.eval("'\\255\\164'"));
            assertEquals("größer", lua.eval("'größer'"));
            assertEquals("?", lua.eval("...", "東"), "replaced");
            LuaException e = assertThrows(LuaException.class, () -> lua.eval("error('größer €', 0)"));
            assertEquals("größer €", e.getMessage());
            StringWriter out = new StringWriter();
            lua.setStreams(java.io.Reader::nullReader, () -> out, () -> out);
            lua.execute("print('5 €')");
            assertEquals("5 €\n", out.toString());
        }
    }

    @Test
    void sourceInAnotherCharsetThanStrings() {
        try (LuaRuntime lua = builder().sourceCharset(LATIN_9).build()) {
            assertEquals(List.of(1, 0xA4), lua.eval("#'€', ('€'):byte()"));
            assertEquals(3, lua.eval("#...", "€"));
            assertEquals("\uFFFD", lua.eval("'€'"));
        }
        try (LuaRuntime lua =
                builder().charset(LATIN_9).sourceCharset(StandardCharsets.UTF_8).build()) {
            assertEquals(3, lua.eval("#'€'"));
            assertEquals("â\u0082Ź".length(), lua.eval("#'€'"));
            assertEquals(1, lua.eval("#...", "€"));
        }
    }

    /** Values that have come to Java with a string that cannot are given back, each once. */
    @Test
    void entriesThatCannotBeReadLoseNothing() throws Exception {
        try (LuaRuntime lua = builder().malformed(CodingErrorAction.REPORT).build()) {
            LuaTable table = (LuaTable)
                    lua.execute("local t = {} for i = 1, 300 do t[{}] = {} end t['\\255'] = {} t.x = '\\255' return t");
            for (int round = 0; round < 50; round++) {
                assertThrows(IllegalArgumentException.class, () -> table.forEach((key, value) -> {}));
            }
            io.github.lupa4j.testing.Garbage.heapUsed(); // collects
            lua.gc();
            List<Object> tables = new java.util.ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                tables.add(lua.eval("{ ... }", i));
            }
            for (int i = 0; i < tables.size(); i++) {
                assertEquals(i, ((LuaTable) tables.get(i)).get(1));
            }
        }
    }

    /** Such are for data: strings come back, and errors can be read. */
    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "IBM037", "IBM1047"})
    void charsetsWithoutAscii(String name) {
        Charset charset = Charset.forName(name);
        assertThrows(IllegalArgumentException.class, () -> builder().sourceCharset(charset));
        try (LuaRuntime lua = builder().charset(charset).build()) {
            for (String text : List.of("a", "word", "two words", "x".repeat(31), "~|{}", "")) {
                byte[] bytes = text.getBytes(charset);
                for (int round = 0; round < 3; round++) {
                    assertEquals(List.of(text, bytes.length), lua.eval("(...), #...", text));
                }
            }
            LuaException e = assertThrows(
                    LuaException.class, () -> lua.execute(LuaSource.of("local x = 1\nerror('wrong')", "@file.lua")));
            assertEquals("file.lua:2: wrong", e.getMessage());
            assertEquals(2, e.luaStackTrace().get(e.luaStackTrace().size() - 1).getLineNumber());
        }
        assertThrows(IllegalArgumentException.class, () -> builder().charset(Charset.forName("ISO-2022-CN")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ISO-2022-JP", "Shift_JIS", "GB18030", "windows-1252", "US-ASCII", "ISO-8859-15"})
    void charsetsWithAscii(String name) {
        Charset charset = Charset.forName(name);
        try (LuaRuntime lua =
                builder().charset(charset).sourceCharset(StandardCharsets.UTF_8).build()) {
            for (String text : List.of("a", "word", "two words", "x".repeat(31), "~|{}", "", "\u001b(J")) {
                byte[] bytes = text.getBytes(charset);
                for (int round = 0; round < 3; round++) {
                    assertEquals(List.of(new String(bytes, charset), bytes.length), lua.eval("(...), #...", text));
                }
            }
            assertEquals(3, lua.eval("java.lang.Math.max(3, 2)"));
            LuaException e = assertThrows(LuaException.class, () -> lua.execute("error('x', 0)"));
            assertEquals("x", e.getMessage());
        }
    }

    @Test
    void chunkNamesAndFramesInOtherCharsets() {
        for (Charset charset : List.of(StandardCharsets.UTF_8, LATIN_9)) {
            try (LuaRuntime lua = builder().charset(charset).build()) {
                LuaException e = assertThrows(
                        LuaException.class, () -> lua.execute(LuaSource.of("local x = 1\nerror('ü')", "@grüße.lua")));
                assertEquals("grüße.lua:2: ü", e.getMessage());
                assertEquals(
                        "grüße.lua",
                        e.luaStackTrace().get(e.luaStackTrace().size() - 1).getFileName());
            }
        }
    }

    // -- Malformed strings ---------------------------------------------------------------------------------------

    @Test
    void reportedOrReplaced() {
        try (LuaRuntime lua = builder().malformed(CodingErrorAction.REPORT).build()) {
            assertThrows(IllegalArgumentException.class, () -> lua.eval("...", "a\uD800"));
            assertThrows(IllegalArgumentException.class, () -> lua.eval("'\\255'"));
            assertThrows(IllegalArgumentException.class, () -> lua.eval("('\\255'):rep(10000)"));
            assertThrows(IllegalArgumentException.class, () -> lua.eval("'\uDC00'"));
            assertEquals(1, lua.eval("#'\\255'"), "Lua itself may have it");
            LuaException e = assertThrows(LuaException.class, () -> lua.execute("error('bad \\255 byte', 0)"));
            assertEquals("bad \uFFFD byte", e.getMessage());
            assertEquals(TEXT, lua.eval("...", TEXT));
        }
        try (LuaRuntime lua = builder()
                .charset(StandardCharsets.US_ASCII)
                .malformed(CodingErrorAction.REPORT)
                .build()) {
            assertThrows(IllegalArgumentException.class, () -> lua.eval("...", "ä"));
            assertThrows(IllegalArgumentException.class, () -> lua.execute("return 'ä'"));
        }
        try (LuaRuntime lua = LuaRuntime.create()) {
            assertEquals("a?", lua.eval("...", "a\uD800"));
            assertEquals("\uFFFD", lua.eval("'\\255'"));
        }
    }

    // -- Raw strings -----------------------------------------------------------------------------------------------

    @Test
    void rawStringsLoseNothing() {
        try (LuaRuntime lua = builder().rawStrings(true).build()) {
            Random random = new Random(7);
            for (int length : new int[] {0, 1, 7, 8, 16, 255, 256, 3000, 100_000}) {
                byte[] all = new byte[length];
                random.nextBytes(all);
                assertArrayEquals(all, (byte[]) lua.eval("...", (Object) all));
                assertEquals(length, lua.eval("#...", (Object) all));
            }
            assertArrayEquals(bytes(0, 255, 'x'), (byte[]) lua.eval("'\\0\\255x'"));
        }
    }

    @Test
    void rawStringsWithJavaStrings() {
        try (LuaRuntime lua = builder().rawStrings(true).charset(LATIN_9).build()) {
            assertArrayEquals("ä€".getBytes(StandardCharsets.UTF_8), (byte[]) lua.eval("...", "ä€"));
            assertArrayEquals("ä€".getBytes(StandardCharsets.UTF_8), (byte[]) lua.eval("'ä€'"));
            LuaTable table = (LuaTable) lua.eval("{ name = 'x', ['ü'] = 2 }");
            assertArrayEquals(bytes('x'), (byte[]) table.get("name"));
            assertEquals(2, table.get("ü"));
            assertEquals(2, table.get("ü".getBytes(StandardCharsets.UTF_8)));
            assertTrue(table.containsKey("name"));
            assertNull(table.get("other"));
            table.put(bytes(200), "raw");
            assertArrayEquals(bytes('r', 'a', 'w'), (byte[]) table.get(bytes(200)));
            assertEquals(3, table.size());
            for (Object key : table.keySet()) {
                assertInstanceOf(byte[].class, key);
            }
        }
    }

    @Test
    void rawErrorsNamesAndMembers() {
        try (LuaRuntime lua = builder().rawStrings(true).build()) {
            LuaException e = assertThrows(LuaException.class, () -> lua.execute("error('größer', 0)"));
            assertEquals("größer", e.getMessage());
            assertArrayEquals("größer".getBytes(StandardCharsets.UTF_8), (byte[]) e.value());
            assertTrue(lua.eval("print").toString().startsWith("function: "));
            assertTrue(lua.implementation().startsWith("LuaJIT"), lua.implementation());
            Map<String, Object> map = new HashMap<>(Map.of("clé", 5));
            assertEquals(List.of(5, 1), lua.eval("(...)['clé'], (...):size()", map));
            lua.execute("local m = ... m.new = 3", map);
            assertEquals(Map.of("clé", 5, "new", 3), map);
            assertArrayEquals("x[1]".getBytes(StandardCharsets.UTF_8), (byte[]) lua.eval("'x' .. ...", List.of(1)));
            StringWriter out = new StringWriter();
            java.io.Reader in = new java.io.StringReader("Zeile ä");
            lua.setStreams(() -> in, () -> out, () -> out);
            lua.execute("print(io.read('*l'))");
            assertEquals("Zeile ä\n", out.toString());
            assertThrows(LuaSyntaxException.class, () -> lua.eval("1 +"));
        }
    }

    @Test
    void whatIsNoTextReachesBytesUnderReport() {
        try (LuaRuntime lua =
                LuaRuntime.builder().malformed(CodingErrorAction.REPORT).build()) {
            lua.execute("out = java.io.ByteArrayOutputStream() out:write('\\200\\201') out.write('\\255')");
            assertEquals(3, lua.eval("out:size()"));
            lua.execute("C = java.import 'io.github.lupa4j.spec.Characters' c = C() c.data = '\\200'");
            assertEquals("[-56]", lua.eval("c:shownData()"));
            assertEquals("[-56]", lua.eval("C('\\200'):shownContent()"));
            for (String code : List.of(
                    "C.textOrBytes('\\200')",
                    "C.both('\\200', 'a')",
                    "java.lang.StringBuilder('\\200')",
                    "java.new('java.lang.StringBuilder', '\\200')")) {
                RuntimeException e = assertThrows(RuntimeException.class, () -> lua.eval(code), code);
                assertTrue(String.valueOf(e.getMessage()).contains("not valid UTF-8"), e.getMessage());
            }
        }
    }

    @Test
    void whatIsNoTextReachesBytesInOtherCharsets() {
        try (LuaRuntime lua =
                LuaRuntime.builder().charset(StandardCharsets.US_ASCII).build()) {
            lua.execute("out = java.io.ByteArrayOutputStream() out:write('a\\200')");
            assertArrayEquals(new byte[] {'a', -56}, (byte[]) lua.eval("out:toByteArray()"));
        }
    }
}
