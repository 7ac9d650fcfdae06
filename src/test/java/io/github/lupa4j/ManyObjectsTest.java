package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.testing.Traces;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loops over many objects of a class: their methods and properties, items of lists, and loops over collections. */
class ManyObjectsTest {
    private final ThreeWays ways = new ThreeWays(ManyObjectsTest::fill);
    private final LuaRuntime lua = ways.lua;

    /** What scripts have many of. */
    public static final class Item {
        private final LuaRuntime lua;
        private final int number;
        private int reads;

        Item(LuaRuntime lua, int number) {
            this.lua = lua;
            this.number = number;
        }

        public int add(int n) {
            return number + n;
        }

        public int getNumber() {
            reads++;
            return number;
        }

        public String getName() {
            return number % 30 == 29 ? null : "item " + number;
        }

        public boolean isOdd() {
            return number % 2 != 0;
        }

        public Item getSelf() {
            return this;
        }

        public int getReads() {
            return reads;
        }

        /** Uses the state now and then. */
        public int getBack() {
            return number % 7 == 0 ? ((Number) lua.eval("back()")).intValue() : number;
        }

        public Object give(int n) {
            return switch (n) {
                case 0 -> n;
                case 1 -> "text";
                case 2 -> 2.5;
                case 3 -> true;
                case 4 -> null;
                case 5 -> List.of(1, 2);
                case 6 -> this;
                case 7 -> lua.table(1, 2, 3);
                case 8 -> Long.MAX_VALUE;
                case 9 -> 'c';
                case 10 -> new int[] {1};
                case 11 -> throw new IllegalStateException("eleven");
                default -> new Item(lua, n);
            };
        }
    }

    /** What scripts make many of. */
    public static final class Point {
        private final double x;
        private final int y;

        public Point(double x, int y) {
            if (y == 250) {
                throw new IllegalArgumentException("no such y");
            }
            this.x = x;
            this.y = y;
        }

        public double getX() {
            return x;
        }

        public int getY() {
            return y;
        }
    }

    private static void fill(LuaRuntime runtime) {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            items.add(new Item(runtime, i));
        }
        runtime.globals().put("list", items);
        runtime.globals().put("array", items.toArray());
        runtime.globals().put("set", new LinkedHashSet<>(items));
        runtime.globals().put("numbers", new ArrayList<>(List.of(5, 6, 7, 8, 9)));
        runtime.globals().put("texts", new ArrayList<>(List.of("a", "b", "c")));
        runtime.globals().put("other", Set.of());
        runtime.globals().put("Point", Point.class);
        runtime.execute("items = {} for i = 1, #list do items[i] = list[i] end one = items[8]"
                + " function back() return 3 end");
    }

    @AfterEach
    void close() {
        ways.close();
    }

    // -- Compiled code -------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "items[i % 100 + 1]:add(i)",
                "items[i % 2 + 1]:add(i) + items[i % 3 + 1]:add(i)",
                "items[i % 100 + 1].number",
                "#items[i % 20 + 1].name",
                "(items[2 * (i % 50) + 2].odd and 1 or 2)",
                "items[i % 100 + 1].self.self:add(1)",
                "items[i % 100 + 1]:give(6):add(1)",
                "list[i % 100 + 1]:add(1)",
                "list:get(i % 100):add(1)",
                "array[i % 100 + 1]:add(1)",
                "numbers[i % 5 + 1]",
                "numbers:get(i % 5)",
                "#texts[i % 3 + 1]",
                "Point(i, 2).x",
                "Point(i, 2).y + Point(3, i % 9).y"
            })
    void loopsOverThemAreCompiled(String expression) {
        lua.execute("local n = list:size() + numbers:size() + texts:size()"); // Members by names are known before.
        String loop =
                "local items, list, array, numbers, texts, Point, s = items, list, array, numbers, texts, Point, 0"
                        + " for i = 1, 500 do s = s + " + expression + " end";
        String links = Traces.linksOf(lua, loop);
        assertTrue(links.endsWith("loop") && !links.contains("stitch"), links);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "for i, item in ipairs(list) do s = s + item:add(i) end",
                "for i, item in ipairs(array) do s = s + one:add(i) end",
                "for item in java.iter(set) do s = s + item.number end",
                "for i, n in ipairs(numbers) do s = s + one:add(n) end"
            })
    void loopsOverCollectionsAreCompiledThatCallJava(String loop) {
        lua.execute("for i = 1, 300 do numbers:add(i) end");
        Traces.assertCompiled(
                lua, "local list, array, set, numbers, one, s = list, array, set, numbers, one, 0 " + loop);
    }

    /** A method that may give anything gives the same kind at one place again and again. */
    @Test
    void eachPlaceInTheCodeHasItsOwnKind() {
        String begin = "local numbers, texts, list, s = numbers, texts, list, 0 for i = 1, 500 do s = s + ";
        for (String get : List.of("numbers:get(i % 5)", "#texts:get(i % 3)", "list:get(i % 100):add(1)")) {
            lua.execute(begin + get + " end");
        }
        String links = Traces.linksOf(
                lua,
                begin
                        + "numbers:get(i % 5) + #texts:get(i % 3) + list:get(i % 100):add(1) + one:give(0) + #one:give(1) end");
        assertTrue(links.endsWith("loop") && !links.contains("stitch"), links);
    }

    // -- The same as by asking -----------------------------------------------------------------------------------

    private void assertSameOutcome(String script) {
        ways.assertSameOutcome(
                script,
                runtime -> ThreeWays.outcome(runtime, script) + " "
                        + runtime.eval("one.reads .. ' ' .. #list .. ' ' .. #numbers .. ' ' .. #texts"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "local s = 0 for k = 1, 5 do for i, item in ipairs(items) do s = s + item:add(i) + item.number end end return s",
                "local s = '' for k = 1, 5 do for i, item in ipairs(items) do s = s .. tostring(item.name):sub(-2) end end return s",
                "local s = 0 for k = 1, 5 do for i, item in ipairs(items) do if item.odd then s = s + i else s = s - 1 end end end return s",
                "local s = 0 for k = 1, 5 do for i, item in ipairs(items) do s = s + item.back + item:add(1) end end return s",
                "function back() return one:add(5) + one.number end local s = 0"
                        + " for k = 1, 5 do for i, item in ipairs(list) do s = s + item.back end end return s",
                "local s = 0 for k = 1, 5 do for i, item in ipairs(list) do s = s + item:add(i)"
                        + " if i == 50 and k < 3 then list:remove(10) end end end return s",
                "local s = 0 for k = 1, 9 do for i, n in ipairs(numbers) do s = s + n + one:add(n)"
                        + " if i < 5 then numbers[i + 1] = n + k end end end return s",
                "local s = 0 for k = 1, 9 do for i, n in ipairs(numbers) do s = s + one:add(n)"
                        + " if #numbers < 20 then numbers:add(i) end end end return s",
                "local s = '' for k = 1, 30 do for i, t in ipairs(texts) do s = s .. t .. one:add(i)"
                        + " if k % 3 == i then texts[i] = t .. k % 10 end end end return s",
                "local s = 0 for k = 1, 9 do for item in java.iter(set) do s = s + item:add(1) if item.number == 5 then break end end end return s",
                "local s = 0 for k = 1, 3 do for item in java.iter(set) do s = s + item:add(1)"
                        + " if k == 3 then set:remove(item) end end end return s",
                "local s = 0 for i = 1, 300 do local n = numbers[i % 7 + 1] s = s + (n or 100) end return s",
                "local s = 0 for i = 1, 300 do s = s + numbers[i % 5 + 0.5] end return s",
                "local s = 0 for i = 1, 300 do s = s + numbers[i - 250] end return s",
                "local s = 0 for i = 1, 300 do s = s + list[i == 200 and 'size' or i % 9 + 1]:add(1) end return s",
                "local s = '' for i = 1, 300 do local ok, v = pcall(one.give, one, i % 11)"
                        + " s = s .. (type(v) == 'userdata' and 'u' or type(v) == 'table' and #v or tostring(v)):sub(1, 4) end return s",
                "local s = '' for i = 1, 300 do local v = one:give(math.floor(i / 30)) s = s .. type(v):sub(1, 1) end return s",
                "local s = '' for i = 1, 400 do local v = one:give(i < 200 and 0 or i < 300 and 1 or i % 10) s = s .. type(v):sub(1, 1) end return s",
                "local s = '' for i = 1, 300 do local ok, e = pcall(function() return one:give(11) end) s = s .. tostring(e):sub(-6) end return s",
                "local s = '' for i = 1, 300 do s = s .. one:give(11) end return s",
                "local s = 0 for i = 1, 300 do s = s + one:give(i + 12).number end return s",
                "local s = 0 for i = 1, 300 do s = s + Point(i, i % 7).y end return s",
                "local s = 0 for i = 1, 300 do s = s + Point(i, i).x end return s",
                "local s = 0 for i = 1, 300 do s = s + Point(i, i == 200 and '7' or 1).y end return s",
                "local s = 0 for i = 1, 300 do s = s + Point(i, 1, i == 200 and 7 or nil).y end return s",
                "local s = '' for i = 1, 300 do s = s .. select(2, pcall(Point, i, i % 2 == 0 and 250 or {})):sub(-5) end return s",
                "local t = setmetatable({}, { __index = function(_, k) return items[k]:add(1) end }) local s = 0"
                        + " for i = 1, 300 do s = s + t[i % 100 + 1] end return s"
            })
    void isTheSameAsByAsking(String script) {
        assertSameOutcome(script);
    }

    // -- Methods -------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "local f, a, b, o = 1, 2, 3, one b = o f = o.add return f(1)",
                "local f, a, b, o = 1, 2, 3, one b = o f = o.add b = items[1] return f(1), b",
                "local f = one.add return f(1)",
                "local f, g = one.add, items[9].add return f(1)",
                "local o = one local t = { o, o.add } return t[2](1)",
                "return select(2, one, one.add)(1)",
                "local o = one return (o.add)(1)",
                "local o = one o.add(1) return o.add(o, 1)",
                "local o = one return o:add(#{ o, o.add, o:add(2) } - 2)",
                "local o = one return o:add(o:add(1) > 5 and o:add(2) - 8 or 3)",
                "local function f(...) return one:add(...) end return f(1)",
                "local o = one do local x = o end local y = o.add return y(1)",
                "local o, r = one for i = 1, 300 do local f, a, b b = o f = o.add r = f(1) end return r",
                "local o, r = one for i = 1, 300 do r = o:add((select(1, 1, o.add))) end return r",
                "return loadstring(string.dump(function(o) local f, a, b b = o f = o.add return f(1) + o:add(0) end, true))(one) - 7"
            })
    void whatIsCalledAtOnceAndWhatIsKept(String script) {
        try (LuaRuntime binary = LuaRuntime.builder().bytecode(true).build()) {
            for (LuaRuntime runtime : List.of(lua, ways.asking, ways.eager, binary)) {
                runtime.globals().put("one", new Item(runtime, 7));
                runtime.globals()
                        .put("items", runtime.table(new Item(runtime, 0), 1, 2, 3, 4, 5, 6, 7, new Item(runtime, 8)));
                if (runtime == binary || !script.contains("dump")) {
                    Object result = runtime.execute(script);
                    assertEquals(8, result instanceof List<?> several ? several.get(0) : result, script);
                }
            }
        }
    }

    /** The compiler writes over the last instruction of functions that return in compiled code. */
    @Test
    void whatIsKeptInFunctionsThatAreCompiled() {
        for (LuaRuntime runtime : List.of(lua, ways.eager)) {
            assertEquals(
                    List.of(60_300, 7),
                    runtime.execute(
                            "local o, f = one local function down(n) if n == 0 then return 0 end local g, a, b"
                                    + " b = o g = o.add f = g return 1 + down(n - 1) end"
                                    + " local s = 0 for i = 1, 300 do s = s + down(i % 2 == 0 and 201 or 201) end return s, f(0)"));
        }
    }

    @Test
    void aFunctionOfAClassNeedsAnObjectOfIt() {
        for (LuaRuntime runtime : List.of(lua, ways.eager)) {
            // Hooks see the function, which scripts cannot get otherwise.
            runtime.execute(
                    "local seen = {} debug.sethook(function() seen[#seen + 1] = debug.getinfo(2, 'f').func end, 'c')"
                            + " local n = one:add(1) debug.sethook() for _, g in ipairs(seen) do"
                            + " local _, e = pcall(g) if tostring(e):find('without an object') then f = g end end");
            for (String call : List.of("f()", "f(1, 2)", "f({})", "f(other, 1)", "f(newproxy(true))", "f(nil, 1)")) {
                LuaException e =
                        assertThrows(LuaException.class, () -> runtime.execute("for i = 1, 200 do " + call + " end"));
                assertTrue(e.getMessage().contains("without an object"), e.getMessage());
            }
            assertEquals(10, runtime.execute("return f(items[10], 1)"));
            assertEquals(8, runtime.execute("return items[8]:add(1)"));
        }
    }

    @Test
    void objectsThatAreGivenAreDropped() {
        for (LuaRuntime runtime : List.of(lua, ways.eager)) {
            assertEquals(
                    20_000 * 2,
                    runtime.execute("local s = 0 for i = 1, 20000 do s = s + one:give(i % 50 + 12):add(2)"
                            + " - one:give(i % 50 + 12).number end return s"));
            runtime.gc();
            assertTrue(runtime.state.heldObjects() < 200, runtime.state.heldObjects() + " objects");
        }
    }

    @Test
    void aLoopOfNewObjectsDoesNotFillTheHeap() {
        lua.globals().put("makes", (java.util.function.IntFunction<Object>) n -> new byte[1 << 20]);
        assertEquals(
                3000, lua.execute("local n = 0 for i = 1, 3000 do if makes:apply(i) then n = n + 1 end end return n"));
    }

    @Test
    void namesOfMapsAreNoMembersFirst() {
        lua.globals().put("map", new java.util.HashMap<>(Map.of("a", 1)));
        assertEquals(
                List.of(300, "value"),
                lua.execute(
                        "local n = 0 for i = 1, 300 do n = n + map:get('a') end map.get = 'value' return n, map.get"));
    }
}
