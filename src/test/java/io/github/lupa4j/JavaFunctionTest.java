package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.lupa4j.testing.Traces;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Functions that take their arguments as they come, in loops. */
class JavaFunctionTest {
    private final ThreeWays ways = new ThreeWays(JavaFunctionTest::fill);
    private final LuaRuntime lua = ways.lua;

    private static void fill(LuaRuntime lua) {
        JavaFunction add = arguments -> ((Number) arguments[0]).intValue() + 1;
        JavaFunction half = arguments -> ((Number) arguments[0]).doubleValue() / 2;
        JavaFunction show = arguments -> {
            StringBuilder text = new StringBuilder();
            for (Object argument : arguments) {
                String type = argument == null
                        ? "null"
                        : argument.getClass().getSimpleName().split("\\$")[0];
                text.append(argument instanceof LuaValue ? type : argument + " " + type)
                        .append(';');
            }
            return text.toString();
        };
        JavaFunction give = arguments -> switch (((Number) arguments[0]).intValue()) {
            case 0 -> 1;
            case 1 -> 2.5;
            case 2 -> "text";
            case 3 -> "fresh " + System.nanoTime() % 10;
            case 4 -> true;
            case 5 -> null;
            case 6 -> List.of(1, 2);
            case 7 -> lua.table(1, 2);
            case 8 -> LuaResults.of();
            case 9 -> LuaResults.of(1, "two", 3);
            case 10 -> Long.MAX_VALUE;
            case 11 -> 'c';
            case 12 -> new byte[] {65};
            case 13 -> throw new IllegalStateException("thirteen");
            default -> throw new java.io.IOException("more");
        };
        JavaFunction back = arguments -> lua.eval("back(" + arguments[0] + ")");
        lua.globals().put("plain", add);
        lua.globals().put("add", lua.function(add));
        lua.globals().put("half", half);
        lua.globals().put("show", show);
        lua.globals().put("give", give);
        lua.globals().put("back_", back);
        lua.globals().put("list", List.of("a"));
        lua.execute("function back(n) return n * 2 end");
    }

    @AfterEach
    void close() {
        ways.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain(i)",
                "add(i)",
                "half(i) + half(i + 0.5)",
                "#show(i, 'text', nil, true, list)",
                "#give(2)",
                "#give(3)",
                "give(6):size()",
                "#tostring(give(5))",
                "(give(4) and 1 or 2)"
            })
    void loopsAreCompiledWithTheirCalls(String call) {
        lua.execute("local n = list:size() + give(6):size()");
        Traces.assertCompiled(lua, "local s = 0 for i = 1, 500 do s = s + " + call + " end");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain(i)",
                "add(i + 0.5)",
                "half(i)",
                "show(i)",
                "show(i / 2, i .. '', i % 3 == 0)",
                "show()",
                "show(nil, nil)",
                "show(i % 2 == 0 and i or 'odd')",
                "show({}, print, coroutine.create(print))",
                "show('\\255\\0')",
                "show(('x'):rep(10000)):len()",
                "show(list, java.null, java.lang.String)",
                "show(2^53, 0/0, -0, 1/0, 2^31)",
                "show(java.cast('int', 3))",
                "show(1LL)",
                "plain('x')",
                "plain()",
                "plain({})",
                "select('#', give(i % 10))",
                "tostring(give(i % 6)):sub(1, 4)",
                "tostring(give(i % 14)):sub(1, 4)",
                "tostring(give(13))",
                "tostring(give(14))",
                "tostring(select(2, pcall(give, i % 20))):sub(1, 4)",
                "give(i == 250 and 13 or i % 3)",
                "back_(i)",
                "i % 7 == 0 and back_(i) or plain(i)",
                "java.cast('int', i)",
                "java.new(java.lang.StringBuilder, 'x'):append(i):toString()",
                "java.instanceof(list, java.util.List)",
                "java.type(list)",
                "#java.totable(list)",
                "java.method(list, 'get', 'int')(0)",
                "#java.tobytes(list:get(0))",
                "list.get(0)"
            })
    void theirCallsGiveTheSameHoweverTheyAreMade(String call) {
        ways.assertSameOutcome("local n, seen = 0, {} for i = 1, 300 do local r = " + call
                + " if type(r) == 'userdata' then r = 'userdata' end n = n + 1 seen[n] = tostring(r):gsub('0x%x+', '')"
                + " end return n .. table.concat(seen, ' ')");
    }

    @Test
    void theArrayBelongsToTheFunction() {
        Object[][] kept = new Object[300][];
        JavaFunction keep = arguments -> {
            kept[(int) arguments[0] - 1] = arguments;
            return null;
        };
        lua.globals().put("keep", keep);
        lua.execute("for i = 1, 300 do keep(i, 'text ' .. i) end");
        for (int i = 1; i <= 300; i++) {
            assertEquals(List.of(i, "text " + i), Arrays.asList(kept[i - 1]));
        }
    }
}
