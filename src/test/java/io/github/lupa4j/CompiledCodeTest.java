package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fails, or takes long, in code that the JIT compiler has made. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CompiledCodeTest {
    private final LuaRuntime lua = LuaRuntime.create();

    @AfterEach
    void close() {
        lua.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "local a = {} for i = 1, 300 do a[i] = i < 200 and { 1 } or { print } end"
                        + " for i = 1, 300 do if pcall(b.encode, a[i]) then n = n + 1 end end",
                "local a = {} for i = 1, 300 do a[i] = i < 200 and b.encode('a') or '\\20' end"
                        + " for i = 1, 300 do if pcall(b.decode, a[i]) then n = n + 1 end end",
                "local a = {} for i = 1, 300 do a[i] = i < 200 and { 1 } or { print } end local o = b.new()"
                        + " for i = 1, 300 do if pcall(o.encode, o, a[i]) then n = n + 1 end end",
                "local a = {} for i = 1, 300 do a[i] = b.new():set(i < 200 and b.encode('a') or '\\20') end"
                        + " for i = 1, 300 do if pcall(a[i].decode, a[i]) then n = n + 1 end end",
                "local a = {} for i = 1, 300 do a[i] = i < 200 and { 1 } or { {} } end"
                        + " for i = 1, 300 do if pcall(table.concat, a[i]) then n = n + 1 end end",
                "local a = {} for i = 1, 300 do a[i] = i < 200 and 'x' or {} end"
                        + " for i = 1, 300 do if pcall(string.rep, a[i], 3) then n = n + 1 end end",
                "local a = {} for i = 1, 300 do a[i] = i < 200 and 1 or {} end"
                        + " for i = 1, 300 do if pcall(string.format, '%d %5.1f', a[i], a[i]) then n = n + 1 end end",
            })
    void errorsStayInsidePcall(String script) {
        assertEquals(199, lua.execute("local b = require 'string.buffer' local n = 0 " + script + " return n"));
    }

    @Test
    void badDataDoesNotDamageTheStack() {
        for (int i = 0; i < 5; i++) {
            assertEquals(
                    "done",
                    lua.execute("local b = require 'string.buffer' for i = 1, 2000 do local t = {}"
                            + " for j = 1, math.random(40) do t[j] = string.char(math.random(0, 25)) end"
                            + " pcall(b.decode, table.concat(t)) end return 'done'"));
        }
    }

    @Test
    void plainSearchTakesNoLongerThanTheTextIsLong() {
        assertNull(lua.execute("return (('a'):rep(5e6):find(('a'):rep(2e6) .. 'b', 1, true))"));
        assertEquals(
                2_000_001,
                lua.execute("local s = ('a'):rep(2e6) .. 'b' .. ('a'):rep(2e6) local at"
                        + " for i = 1, 100 do at = s:find('b', 1, true) end return at"));
        assertEquals(1, lua.eval("(('abc'):find('', 1, true))"));
        assertNull(lua.eval("('abc'):find('abcd', 1, true)"));
    }

    // -- Tables that Java changes while a call of it is recorded ---------------------------------------------------

    private static List<BiConsumer<LuaTable, Object>> changes() {
        return List.of(
                (table, key) -> table.set(key, null),
                (table, key) -> table.put(key, true),
                (table, key) -> table.set(key, false),
                (table, key) -> table.remove(key),
                (table, key) -> table.clear(),
                (table, key) -> table.putAll(Map.of(key, 1.5)),
                (table, key) -> table.rawSet(key, null));
    }

    /** A change in any one call, taken back in the next one. */
    @Test
    void theyAreNotTakenToStayAsTheyAreThen() {
        for (int change = 0; change < changes().size(); change++) {
            for (int at = 40; at <= 130; at++) {
                try (LuaRuntime own = LuaRuntime.create()) {
                    LuaTable table = own.table();
                    table.set("y", "text");
                    int changed = at;
                    BiConsumer<LuaTable, Object> act = changes().get(change);
                    own.globals().put("f", (IntUnaryOperator) n -> {
                        if (n == changed) {
                            act.accept(table, "y");
                        } else if (n == changed + 1) {
                            table.set("y", "text");
                        }
                        return n;
                    });
                    Object wrong = own.execute(
                            "local f, t, n = f, ..., 0 for i = 1, 200 do local before = t.y f(i)"
                                    + " if t.y ~= 'text' then n = n + 1 end end return n",
                            table);
                    assertEquals(1, wrong, "change " + change + " in call " + at);
                }
            }
        }
    }
}
