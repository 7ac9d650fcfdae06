package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.testing.Garbage;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Strings across the border: every character, every length, and what no charset can express. */
class StringsTest {
    private final LuaRuntime lua = LuaRuntime.create();
    private final LuaFunction identity = (LuaFunction) lua.eval("function(...) return ... end");

    @AfterEach
    void close() {
        lua.close();
    }

    static List<String> texts() {
        return List.of(
                "",
                "x",
                "\0",
                "a\0b\0",
                "\0\0\0\0\0\0\0\0\0",
                "ascii only",
                "äöüß",
                "ﬁ Ω ж",
                "日本語",
                "😀",
                "a😀b𝔘\0𐍈",
                "\u007f\u0080\u07ff\u0800\uffff",
                "\uD800\uDC00\uDBFF\uDFFF",
                "line\r\nline\n\r\t\u000b",
                "\ufeffBOM",
                "e\u0301");
    }

    @ParameterizedTest
    @MethodSource("texts")
    void everyTextComesBack(String text) {
        assertEquals(text, identity.call(text));
        assertEquals(List.of(text, 1, text), identity.call(text, 1, text));
        assertEquals(text.getBytes(StandardCharsets.UTF_8).length, lua.eval("#...", text));
        LuaTable table = lua.table(text);
        table.put(text, text);
        assertEquals(text, table.get(1));
        assertEquals(text, table.get(text));
        assertTrue(table.containsKey(text));
        assertEquals(text, lua.function(arguments -> arguments[0]).call(text));
        StringBuilder quoted = new StringBuilder("\"");
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            quoted.append(String.format("\\%03d", b & 255));
        }
        assertEquals(text, lua.eval(quoted.append('"').toString()));
        if (!text.contains("\r")) {
            assertEquals(text, lua.eval("[==[\n" + text + "]==]"));
        }
    }

    @Test
    void everyLengthComesBack() {
        for (String piece : List.of("x", "ß", "日", "😀")) {
            for (int length = 0; length < 2700; length += length < 70 ? 1 : 61) {
                String text = piece.repeat(length);
                assertEquals(text, identity.call(text));
                assertEquals(List.of(text, text + "!", length), identity.call(text, text + "!", length));
            }
        }
    }

    @Test
    void everyCodePointComesBack() {
        for (int page = 0; page < 0x110000; page += 0x1000) {
            StringBuilder text = new StringBuilder();
            for (int c = page; c < page + 0x1000; c++) {
                if (c < 0xD800 || c > 0xDFFF) {
                    text.appendCodePoint(c);
                }
            }
            assertEquals(text.toString(), identity.call(text.toString()));
        }
    }

    @Test
    void manyLongOnesAtOnce() {
        Object[] given = new Object[200];
        for (int i = 0; i < given.length; i++) {
            given[i] = ("part " + i + " ").repeat(i * 10);
        }
        assertEquals(List.of(given), identity.call(given));
    }

    @Test
    void hugeOnesComeBack() {
        int size = 100 << 20;
        byte[] bytes = new byte[size];
        new Random(1).nextBytes(bytes);
        for (int i = 0; i < size; i++) {
            bytes[i] &= 0x7f;
        }
        String text = new String(bytes, StandardCharsets.US_ASCII);
        lua.globals().put("huge", text);
        assertEquals(size, lua.eval("#huge"));
        assertEquals((int) bytes[size - 1], lua.eval("huge:byte(-1)"));
        assertEquals(text, lua.globals().get("huge"));
        lua.globals().remove("huge");
        lua.gc();
        assertEquals(size, ((String) lua.eval("('y'):rep(" + size + ")")).length());
    }

    @Test
    void otherSequencesStayObjects() {
        for (Object object : new Object[] {new StringBuilder("x"), new char[] {'x'}, new byte[] {'x'}}) {
            assertSame(object, identity.call(object));
            assertEquals("userdata", lua.eval("type((...))", object));
        }
        byte[] bytes = {1, -1, 0};
        assertArrayEquals(new byte[] {1, -1, 0}, (byte[]) identity.call((Object) bytes));
        assertEquals(3, lua.eval("#...", (Object) bytes));
    }

    // -- What no charset can express -------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"\uD800", "\uDC00", "a\uD800b", "\uDC00\uD800", "😀\uD83D"})
    void aLoneSurrogateIsReplacedOrReported(String text) {
        assertEquals(
                text.replaceAll("(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])", "?"),
                identity.call(text));
        try (LuaRuntime strict =
                LuaRuntime.builder().malformed(CodingErrorAction.REPORT).build()) {
            LuaFunction same = (LuaFunction) strict.eval("function(...) return ... end");
            LuaTable table = strict.table();
            assertThrows(IllegalArgumentException.class, () -> same.call(text));
            assertThrows(IllegalArgumentException.class, () -> same.call(1, text));
            assertThrows(IllegalArgumentException.class, () -> table.put(text, 1));
            assertThrows(IllegalArgumentException.class, () -> table.put("x", text));
            assertThrows(IllegalArgumentException.class, () -> strict.table(text));
            assertThrows(IllegalArgumentException.class, () -> strict.function(arguments -> text)
                    .call());
            assertEquals(0, table.size());
            assertEquals("fine 😀", same.call("fine 😀"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\255",
                "a\\200",
                "\\192\\128",
                "\\237\\160\\128",
                "\\244\\144\\128\\128",
                "\\240\\159\\152",
                "\\128b",
            })
    void anUndecodableByteIsReplacedOrReported(String escaped) {
        String text = (String) lua.eval("'" + escaped + "'");
        assertTrue(text.contains("\uFFFD"), text);
        try (LuaRuntime strict =
                LuaRuntime.builder().malformed(CodingErrorAction.REPORT).build()) {
            assertThrows(IllegalArgumentException.class, () -> strict.eval("'" + escaped + "'"));
            assertThrows(IllegalArgumentException.class, () -> strict.execute("return 1, '" + escaped + "'"));
            LuaTable table = (LuaTable) strict.eval("{ '" + escaped + "', ['" + escaped + "'] = 1 }");
            assertThrows(IllegalArgumentException.class, () -> table.get(1));
            assertThrows(IllegalArgumentException.class, () -> table.keySet().toArray());
            LuaFunction f = strict.function(arguments -> arguments[0]);
            assertThrows(RuntimeException.class, () -> strict.execute("return (...)('" + escaped + "')", f));
            assertEquals(false, strict.eval("(pcall((...), '" + escaped + "'))", f));
            LuaException e = assertThrows(
                    LuaException.class, () -> strict.execute("error('" + escaped + "')"), "an error has a message");
            assertTrue(e.getMessage() != null);
            assertEquals("fine 😀", strict.eval("'fine 😀'"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ISO-8859-1", "windows-1252", "Shift_JIS", "US-ASCII"})
    void otherCharsets(String name) {
        Charset charset = Charset.forName(name);
        try (LuaRuntime other = LuaRuntime.builder().charset(charset).build()) {
            LuaFunction same = (LuaFunction) other.globals().get("tostring");
            String text = name.equals("US-ASCII") ? "abc" : name.equals("Shift_JIS") ? "日本" : "äöü";
            assertEquals(text, same.call(text));
            assertEquals(
                    text.getBytes(charset).length, ((LuaFunction) other.eval("function(s) return #s end")).call(text));
        }
    }

    @Test
    void anUndecodableErrorIsStillThatError() {
        try (LuaRuntime strict = LuaRuntime.builder()
                .charset(StandardCharsets.US_ASCII)
                .malformed(CodingErrorAction.REPORT)
                .build()) {
            LuaFunction call = strict.function(arguments -> ((LuaFunction) arguments[0]).call());
            for (String script : List.of(
                    "error('a\\255', 0)",
                    "(...)(function() error('a\\255', 0) end)",
                    "local ok, e = pcall(..., function() error('a\\255', 0) end) assert(not ok) error('a' .. tostring(e), 0)",
                    "coroutine.wrap(function() error('a\\255', 0) end)()")) {
                LuaException e = assertThrows(LuaException.class, () -> strict.execute(script, call), script);
                assertTrue(e.getMessage().contains("a"), e.getMessage());
                assertEquals(1, strict.eval("1"));
            }
        }
    }

    @Test
    void handlesNextToAnUndecodableStringAreGivenBack() throws Exception {
        try (LuaRuntime strict =
                LuaRuntime.builder().malformed(CodingErrorAction.REPORT).build()) {
            LuaFunction results = strict.compile("local t = { ('x'):rep(100000) .. ... } return '\\255', t");
            for (int i = 0; i < 2000; i++) {
                int n = i;
                assertThrows(IllegalArgumentException.class, () -> results.call(n));
                if (i % 200 == 0) {
                    System.gc();
                }
            }
            assertTrue(
                    Garbage.collectUntil(() -> {
                        strict.gc();
                        return strict.memoryUsed() < 10 << 20;
                    }),
                    () -> strict.memoryUsed() + " bytes");
        }
    }
}
