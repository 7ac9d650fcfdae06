package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sources of chunks. */
class SourceTest {
    private final LuaRuntime lua = LuaRuntime.create();

    @AfterEach
    void close() {
        lua.close();
    }

    @Test
    void names() {
        assertEquals("file.lua:1: x", message(LuaSource.of("error('x')", "@file.lua")));
        assertEquals("label:1: x", message(LuaSource.of("error('x')", "=label")));
        assertEquals("[string \"some text\"]:1: x", message(LuaSource.of("error('x')", "some text")));
        assertEquals(
                "[string \"error('x')\"]:1: x",
                assertThrows(LuaException.class, () -> lua.execute("error('x')"))
                        .getMessage());
        LuaSource source = LuaSource.of("return 1", "@a");
        assertEquals("@a", source.name());
        assertEquals(LuaSource.Mode.TEXT, source.mode());
    }

    private String message(LuaSource source) {
        return String.valueOf(
                assertThrows(LuaException.class, () -> lua.execute(source)).getMessage());
    }

    @Test
    void bytes() {
        byte[] code = "return 'ä', ...".getBytes(StandardCharsets.UTF_8);
        LuaSource source = LuaSource.ofBytes(code, "=bytes", LuaSource.Mode.TEXT);
        code[0] = 'x';
        assertEquals(java.util.List.of("ä", 1), lua.execute(source, 1), "the array was copied");
        try (LuaRuntime latin =
                LuaRuntime.builder().charset(StandardCharsets.ISO_8859_1).build()) {
            assertEquals(
                    2,
                    ((String) latin.execute(LuaSource.ofBytes(
                                    "return 'ä'".getBytes(StandardCharsets.UTF_8), "=b", LuaSource.Mode.TEXT)))
                            .length());
        }
        assertEquals(0, lua.execute(LuaSource.ofBytes(new byte[0], "=empty", LuaSource.Mode.TEXT)) == null ? 0 : 1);
    }

    @Test
    void largeOnes() {
        String code = "local t = 0\n" + "t = t + 1\n".repeat(300_000) + "return t";
        assertEquals(300_000, lua.execute(LuaSource.of(code, "=large")));
        String text = "x".repeat(3_000_000);
        assertEquals(text, lua.execute("return '" + text + "'"));
    }

    @Test
    void nulsAndBrokenBytecode() {
        assertEquals("a\0b", lua.execute("return 'a\0b'"));
        byte[] broken = lua.compile("return 1").dump().toString().getBytes(StandardCharsets.UTF_8);
        assertThrows(
                LuaSyntaxException.class,
                () -> lua.execute(LuaSource.ofBytes(broken, "=broken", LuaSource.Mode.BINARY)));
        LuaException e =
                assertThrows(LuaException.class, () -> lua.execute("assert(loadstring(string.dump(function() end)))"));
        assertTrue(e.getMessage().contains("bytecode"), e.getMessage());
        try (LuaRuntime trusting = LuaRuntime.builder().bytecode(true).build()) {
            assertEquals(3, trusting.execute("return loadstring(string.dump(function() return 3 end))()"));
        }
    }
}
