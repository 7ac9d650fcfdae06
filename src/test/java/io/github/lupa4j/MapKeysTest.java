package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.lupa4j.testing.Traces;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Maps in loops: their keys, which come before members, and their methods. */
class MapKeysTest {
    private final ThreeWays ways = new ThreeWays(MapKeysTest::fill);
    private final LuaRuntime lua = ways.lua;

    /** Uses the runtime now and then, and fails at some keys. */
    public static final class Lively extends AbstractMap<String, Object> {
        private final LuaRuntime lua;
        private final Map<String, Object> entries = new LinkedHashMap<>();
        private final List<String> seen = new ArrayList<>();
        public int field = 7;

        Lively(LuaRuntime lua) {
            this.lua = lua;
        }

        private void use(String what, Object key) {
            seen.add(what + key);
            if (seen.size() % 11 == 0) {
                lua.eval("back()");
            }
            if ("bad".equals(key)) {
                throw new IllegalStateException("a bad key");
            }
        }

        @Override
        public boolean containsKey(Object key) {
            use("contains ", key);
            return entries.containsKey(key);
        }

        @Override
        public Object get(Object key) {
            use("get ", key);
            return entries.get(key);
        }

        @Override
        public Object put(String key, Object value) {
            use("put ", key);
            return entries.put(key, value);
        }

        @Override
        public Object remove(Object key) {
            use("remove ", key);
            return entries.remove(key);
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            return entries.entrySet();
        }

        public String twice(String text) {
            return text + text;
        }

        public int getCount() {
            return entries.size();
        }

        public boolean isLively() {
            return true;
        }

        String history() {
            return seen.size() + " " + seen.hashCode();
        }
    }

    private static void fill(LuaRuntime lua) {
        Map<String, Object> map = new HashMap<>();
        map.put("number", 1);
        map.put("text", "some text");
        map.put("truth", true);
        map.put("nothing", null);
        map.put("list", List.of(1, 2, 3));
        map.put("self", map);
        map.put("several", LuaResults.of(1, 2));
        map.put("table", lua.table(1, 2));
        map.put("large", Long.MAX_VALUE);
        lua.globals().put("m", map);
        lua.globals().put("other", new HashMap<>(Map.of("number", 10, "text", 20)));
        lua.globals().put("numbers", new TreeMap<>(Map.of(1, "one", 2, "two")));
        lua.globals().put("lively", new Lively(lua));
        int[] comparisons = {0};
        Map<String, Object> sorted = new TreeMap<>((a, b) -> {
            if (++comparisons[0] % 11 == 0) {
                lua.eval("back()");
            }
            return a.compareTo(b);
        });
        sorted.put("number", 5);
        sorted.put("text", "some text");
        lua.globals().put("sorted", sorted);
        lua.execute("function back() return #tostring(m.number) end");
    }

    @AfterEach
    void close() {
        ways.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s = s + m.number",
                "s = s + #m.text",
                "s = s + m.self.self.number",
                "s = s + (m.truth and 1 or 2)",
                "local a, b, c = 1, 2, 3 b = m.truth s = s + a + c + (b and 1 or 2)",
                "s = s + (m.missing == nil and 1 or 2)",
                "s = s + #m[i % 2 == 0 and 'text' or 'text']",
                "m.number = i",
                "m['key ' .. i % 10] = 'text'",
                "m.number = m.number + 1",
                "m.nothing = nil",
                "s = s + m:size()",
                "s = s + m:get('number')",
                "m:put('number', i)",
                "s = s + m.list:size() + m.list[1]",
                "s = s + other.number"
            })
    void loopsAreCompiled(String body) {
        lua.execute("local n = m:size() + m.list:size() + m:get('number') m:put('number', 1)");
        String loop = "local m, other, s = m, other, 0 for i = 1, 500 do " + body + " end";
        lua.execute(loop);
        Traces.assertCompiled(lua, loop);
    }

    private static String outcome(LuaRuntime lua, String script) {
        fill(lua);
        String outcome = ThreeWays.outcome(lua, script);
        Lively lively = (Lively) lua.globals().get("lively");
        Map<?, ?> map = new TreeMap<>((Map<?, ?>) lua.globals().get("m"));
        map.keySet().removeAll(List.of("self", "table", "several"));
        return (outcome + " " + map + " " + lively.history() + lively.entries).replaceAll("0x\\w+", "0x");
    }

    private void assertSameOutcome(String script) {
        ways.assertSameOutcome(script, runtime -> outcome(runtime, script));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "local s = 0 for i = 1, 300 do s = s + m.number end return s",
                "local s = '' for i = 1, 300 do s = s .. tostring(m[({ 'number', 'text', 'truth', 'nothing', 'large' })[i % 5 + 1]]) end return s",
                "local s = '' for i = 1, 300 do s = s .. tostring(m.missing) .. tostring(m.nothing) end return s",
                "local s = 0 for i = 1, 300 do m.truth = i % 3 == 0 if m.truth then s = s + i else s = s - 1 end end return s",
                "local s = '' for i = 1, 300 do local a, b, c = i, 2, 3 m.truth = i % 5 < 2 b = m.truth s = s .. a .. tostring(b) .. c end return s",
                "local s = '' for i = 1, 300 do local a, b, c = i, 2, 3 m.truth = i < 200 a = m.truth and m.truth s = s .. tostring(a) .. b .. c end return s",
                "local t = {} for i = 1, 300 do m.truth = i % 7 == 0 t[i] = { i, m.truth, not m.truth } end"
                        + " local s = 0 for i = 1, 300 do s = s + t[i][1] * (t[i][2] and 1 or 2) + (t[i][3] and 7 or 11) end return s",
                "local s = 0 for i = 1, 300 do s = s + (i < 200 and m or other).number end return s",
                "local s = '' for i = 1, 300 do s = s .. (i % 2 == 0 and m or other).text end return s",
                "for i = 1, 300 do m.count = (m.count or 0) + 1 end return m.count",
                "for i = 1, 300 do m.x = i % 3 ~= 0 and i or nil m['k' .. i % 7] = m.x end return tostring(m.x)",
                "for i = 1, 300 do m.x = i == 250 and {} or i end return type(m.x)",
                "for i = 1, 300 do m.x = i == 250 and print or i end return type(m.x)",
                "local s = 0 for i = 1, 300 do if i == 200 then m.size = function() return 1000 end end s = s + m:size() end return s",
                "local s = 0 for i = 1, 300 do if i == 200 then m.size = 5 end s = s + m:size() end return s",
                "local s = 0 for i = 1, 300 do s = s + m:size() if i == 200 then m:put('size', back) end end return s",
                "local s = 0 for i = 1, 300 do if i == 100 then m.get = back elseif i == 200 then m.get = nil end s = s + #tostring(m:get('number')) end return s",
                "local s = 0 for i = 1, 300 do local f = m.size s = s + f() end return s",
                "local s = 0 for i = 1, 300 do local f = m.get s = s + f(m, 'number') end return s",
                "local s = '' for i = 1, 300 do s = s .. tostring(m.empty) .. tostring(m.class) end return s",
                "local s = 0 for i = 1, 300 do s = s + #m.list + select('#', m.several) + #m.table end return s",
                "local s = 0 for i = 1, 300 do s = s + sorted.number + #sorted.text + sorted:size() end return s",
                "m:put('get', nil) local function f(x) return x:get('a') end local n = 0"
                        + " for i = 1, 2000 do if not pcall(f, m) then n = n + 1 end pcall(f, other) end return n",
                "local s = '' for i = 1, 300 do sorted.number = i s = s .. tostring(sorted.missing) .. tostring(sorted.empty) end return s",
                "local s = 0 for i = 1, 300 do sorted['k' .. i % 5] = i s = s + (sorted['k' .. i % 7] or 1) + sorted:size() end return s",
                "local s = 0 for i = 1, 300 do sorted[i % 9 == 0 and 'size' or 'x'] = i % 2 == 0 and i or nil"
                        + " s = s + select(2, pcall(function() return #tostring(sorted:size()) end)) .. '' end return s",
                "local s = '' for i = 1, 300 do s = s .. tostring(numbers.x) .. tostring(numbers[i % 3]) .. numbers:size() end return s",
                "for i = 1, 300 do local ok, e = pcall(function() numbers.x = i end) if i % 50 == 0 then print(ok) end end",
                "local s = 0 for i = 1, 300 do local ok, e = pcall(function() return m:nosuch() end) s = s + #e end return s",
                "local s = 0 for i = 1, 300 do local ok, e = pcall(function() return m.missing.x end) s = s + #e end return s",
                "for i = 1, 300 do lively.a = i local x = lively.a + lively:getCount() end return lively.a",
                "local s = 0 for i = 1, 300 do lively['k' .. i % 5] = i s = s + (lively['k' .. i % 7] or 1) end return s",
                "local s = '' for i = 1, 300 do s = s .. lively:twice('x') .. tostring(lively.count) .. tostring(lively.lively) .. lively.field end return s",
                "local s = 0 for i = 1, 300 do local ok, e = pcall(function() return lively[i % 9 == 0 and 'bad' or 'good'] end) s = s + #tostring(e) end return s",
                "local s = 0 for i = 1, 300 do local ok, e = pcall(function() lively[i % 9 == 0 and 'bad' or 'good'] = i end) s = s + #tostring(e) end return s",
                "for i = 1, 300 do if i > 290 then lively.bad = i else lively.good = i end end",
                "local s = 0 for i = 1, 300 do if i > 290 then s = s + lively.bad else lively.good = i s = s + lively.good end end",
                "local s = 0 for i = 1, 300 do s = s + #('ä' .. i) m['ä' .. i % 5] = 'ü' s = s + #(m['ä' .. i % 6] or '') end return s",
                "for i = 1, 300 do m['\\255'] = '\\254' .. i end return #tostring(m['\\255'])",
                "local co = coroutine.wrap(function() for i = 1, 1000 do m.n = i coroutine.yield(m.n + m:size()) end end)"
                        + " local s = 0 for i = 1, 300 do s = s + co() end return s",
                "local t = setmetatable({}, { __index = m }) local s = 0 for i = 1, 300 do s = s + t.number end return s",
                "local mt = debug.getmetatable(m) local s = 0 for i = 1, 300 do s = s + mt.__index(m, 'number') mt.__newindex(m, 'n', i) end return s + m.n"
            })
    void theyGiveTheSameHoweverTheyAreUsed(String script) {
        assertSameOutcome(script);
    }

    static List<Integer> seeds() {
        List<Integer> seeds = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            seeds.add(i);
        }
        return seeds;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomUses(int seed) {
        Random random = new Random(seed);
        String[] names = {"number", "text", "size", "missing", "nothing", "list", "get", "empty", "large"};
        String[] maps = {"m", "other", "lively", "sorted", "m.self", "(i % 3 == 0 and m or other)"};
        String[] values = {"i", "'text ' .. i % 3", "nil", "m.number", "i % 2 == 0", "{}", "back", "list", "i / 2"};
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < 3 + random.nextInt(6); i++) {
            String map = maps[random.nextInt(maps.length)];
            String name = names[random.nextInt(names.length)];
            String guard = random.nextBoolean() ? "if i % " + (2 + random.nextInt(60)) + " == 0 then " : "do ";
            body.append(guard)
                    .append(
                            switch (random.nextInt(5)) {
                                case 0 -> map + "." + name + " = " + values[random.nextInt(values.length)];
                                case 1 -> "note(" + map + "." + name + ")";
                                case 2 -> "note(select(2, pcall(function() return " + map + ":size() end)))";
                                case 3 ->
                                    "note(select(2, pcall(function() return " + map + ":get('" + name + "') end)))";
                                default -> map + "['k' .. i % 4] = " + map + "." + name;
                            })
                    .append(" end ");
        }
        assertSameOutcome(
                "local h, m, other, lively = 0, m, other, lively local function note(x) x = type(x) == 'string' and x or "
                        + "(type(x) == 'number' or type(x) == 'boolean') and tostring(x) or type(x)"
                        + " for c in x:gmatch('.') do h = (h * 31 + c:byte()) % 1000003 end end for i = 1, 400 do "
                        + body
                        + "end return h");
    }

    @Test
    void eachLookIsOne() {
        Lively lively = (Lively) lua.globals().get("lively");
        lua.execute("lively.x = 1 local s = 0 for i = 1, 1000 do s = s + lively.x end");
        assertEquals(1000, lively.seen.stream().filter("get x"::equals).count());
    }
}
