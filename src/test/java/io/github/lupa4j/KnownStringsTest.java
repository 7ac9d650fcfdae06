package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Strings that cross again and again, and cross as what both sides know them by. */
class KnownStringsTest {
    private static void repeat(Runnable call) {
        for (int i = 0; i < 1000; i++) {
            call.run();
        }
    }

    @Test
    void theyAreTheSameObjectEachTime() {
        try (LuaRuntime lua = LuaRuntime.create()) {
            LuaFunction give = lua.compile("return 'given by a script'");
            repeat(() -> assertEquals("given by a script", give.call()));
            assertSame(give.call(), give.call());
            String text = "a Java string";
            LuaFunction identity = lua.compile("return ...");
            repeat(() -> assertEquals(text, identity.call(text)));
            assertSame(text, identity.call(text));
        }
    }

    /** Many more than there is room for, so that they take each other's places while others are on their way. */
    @ParameterizedTest
    @ValueSource(ints = {10, 100, 130, 1000})
    void manyOfThemKeepApart(int number) {
        try (LuaRuntime lua = LuaRuntime.create()) {
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < number; i++) {
                texts.add((i % 3 == 0 ? "text ä " : i % 3 == 1 ? "the same beginning " : "") + i);
            }
            LuaTable all = lua.tableFrom(texts);
            JavaFunction check = arguments -> {
                for (int i = 0; i < arguments.length; i += 2) {
                    assertEquals(texts.get((int) arguments[i] - 1), arguments[i + 1]);
                }
                return arguments[arguments.length - 1];
            };
            LuaFunction get = lua.compile("local all, i, j, k = ... return i, all[i], j, all[j], k, all[k]");
            LuaFunction send = lua.compile("local all, check, random = ... math.randomseed(random) local n = #all"
                    + " for step = 1, 200 do local i, j, k = math.random(n), math.random(n), math.random(n)"
                    + " if check(i, all[i], j, all[j], k, all[k]) ~= all[k] then error('not the same') end end");
            LuaFunction take = lua.compile("local all, i, text = ... return all[i] == text");
            Random random = new Random(number);
            for (int round = 0; round < 2000; round++) {
                int i = random.nextInt(number);
                int j = random.nextInt(number);
                int k = random.nextInt(number);
                assertEquals(
                        List.of(i + 1, texts.get(i), j + 1, texts.get(j), k + 1, texts.get(k)),
                        get.call(all, i + 1, j + 1, k + 1));
                assertEquals(true, take.call(all, j + 1, texts.get(j)));
                if (round % 20 == 0) {
                    send.call(all, check, round);
                    lua.gc();
                }
            }
            assertEquals(texts, all.asList());
        }
    }

    /** What Lua has is not what Java gave. */
    @Test
    void whatCannotBeWrittenDoesNotComeBack() {
        try (LuaRuntime lua = LuaRuntime.create()) {
            LuaFunction identity = lua.compile("return ...");
            LuaFunction mark = lua.compile("return '?'");
            repeat(() -> assertEquals("?", identity.call("\uD800")));
            repeat(() -> assertEquals("?", mark.call()));
            assertEquals("?", identity.call("\uD800"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "ISO-8859-1", "UTF-16LE", "Shift_JIS", "ISO-2022-JP", "IBM037"})
    void theyAreTextInEveryCharset(String name) {
        Charset charset = Charset.forName(name);
        try (LuaRuntime lua = LuaRuntime.builder().charset(charset).build()) {
            LuaFunction identity = lua.compile("return ...");
            for (String text : List.of("plain", "ä", "日本", "\\~", "a?b")) {
                String expected = new String(text.getBytes(charset), charset);
                repeat(() -> assertEquals(expected, identity.call(text)));
            }
        }
    }

    @Test
    void bytesAreBytes() {
        try (LuaRuntime lua = LuaRuntime.builder().rawStrings(true).build()) {
            LuaFunction identity = lua.compile("return ...");
            repeat(() -> assertArrayEquals("text".getBytes(StandardCharsets.UTF_8), (byte[]) identity.call("text")));
        }
        try (LuaRuntime lua = LuaRuntime.create()) {
            lua.execute("bytes = java.tobytes");
            LuaFunction bytes = (LuaFunction) lua.globals().get("bytes");
            repeat(() -> assertEquals("[116, 101]", Arrays.toString((byte[]) bytes.call("te"))));
            repeat(() -> assertEquals("te", lua.eval("...", "te")));
            repeat(() -> assertEquals("[116, 101]", Arrays.toString((byte[]) bytes.call("te"))));
        }
    }

    @Test
    void errorsAndKeysMayBeKnown() {
        try (LuaRuntime lua = LuaRuntime.create()) {
            LuaFunction fail = lua.compile("error('a known message', 0)");
            LuaTable table = lua.table();
            repeat(() -> {
                try {
                    fail.call();
                } catch (LuaException e) {
                    assertEquals("a known message", e.getMessage());
                }
                assertEquals("a known message", lua.eval("...", "a known message"));
                table.put("a known message", "a known message");
                assertEquals("{a known message=a known message}", table.toMap().toString());
            });
        }
    }
}
