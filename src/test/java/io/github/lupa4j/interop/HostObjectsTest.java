package io.github.lupa4j.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Items, operators and walks of Java objects. */
class HostObjectsTest {
    @Test
    void mapsHaveItemsFirst() {
        Map<Object, Object> map = new HashMap<>(Map.of("a", 1, "size", "entry", 1L, "long", 2.5, "double", 3, "int"));
        try (LuaWith lua = LuaWith.objects("map", map)) {
            assertEquals(1, lua.eval("map.a"));
            assertEquals("entry", lua.eval("map.size"));
            assertNull(lua.eval("map.nothing"));
            assertNull(lua.eval("map[true]"));
            assertEquals("long", lua.eval("map[1]"));
            assertEquals("double", lua.eval("map[2.5]"));
            assertEquals("int", lua.eval("map[3]"));
            assertEquals(false, lua.eval("map:isEmpty()"));
            assertEquals(5, lua.eval("#map"));
            lua.run("map.b = 2; map[1] = 'changed'; map[4] = 'new'; map.a = nil; map.none = nil; map[5.5] = 'half'");
            assertEquals(
                    Map.of("b", 2, "size", "entry", 1L, "changed", 2.5, "double", 3, "int", 4, "new", 5.5, "half"),
                    map);
            assertTrue(lua.error("map[nil] = 1").contains("cannot be indexed with nil"));
            lua.run("map.get = 'hidden'");
            assertEquals("hidden", lua.eval("map.get"));
        }
    }

    @Test
    void sortedMapsOfOtherKeysHaveNone() {
        try (LuaWith lua = LuaWith.objects("map", new TreeMap<>(Map.of("a", 1)))) {
            assertNull(lua.eval("map[5]"));
            assertEquals(1, lua.eval("map.a"));
        }
    }

    @Test
    void listsAndArraysBeginAtOne() {
        List<Object> list = new ArrayList<>(List.of("a", "b"));
        int[] ints = {1, 2, 3};
        try (LuaWith lua = LuaWith.objects("list", list, "ints", ints, "strings", new String[] {"x"})) {
            assertEquals("a", lua.eval("list[1]"));
            assertNull(lua.eval("list[3]"));
            assertNull(lua.eval("list[1e18]"));
            assertEquals(2, lua.eval("#list"));
            lua.run("list[#list + 1] = 'c'; list[1] = nil");
            assertEquals(Arrays.asList(null, "b", "c"), list);
            for (String bad : List.of("0", "-1", "1.5", "0/0")) {
                assertTrue(lua.error("return list[" + bad + "]").contains("the first one is 1"), bad);
                assertTrue(lua.error("list[" + bad + "] = 1").contains("the first one is 1"), bad);
            }
            assertTrue(lua.error("list[5] = 1").contains("of 3 items"));
            assertEquals(2, lua.eval("ints[2]"));
            assertEquals(3, lua.eval("#ints"));
            assertEquals(3, lua.eval("ints.length"));
            lua.run("ints[1] = 10");
            assertArrayEquals(new int[] {10, 2, 3}, ints);
            assertTrue(lua.error("ints[4] = 1").contains("of 3 items"));
            assertTrue(lua.error("ints[1] = 1.5").contains("number 1.5"));
            assertTrue(lua.error("strings[1] = 1").contains("number 1"));
            assertTrue(lua.error("return list[true]").contains("boolean true"));
        }
    }

    @Test
    void walks() {
        Map<Object, Object> map = new LinkedHashMap<>();
        map.put("a", 1);
        map.put("b", null);
        map.put(null, 2);
        try (LuaWith lua = LuaWith.objects(
                "map", map, "list", Arrays.asList("x", null, "y"), "ints", new int[] {5, 6}, "set", Set.of("s"))) {
            assertEquals(
                    "a=1,b=null,null=2,",
                    lua.lua.execute("local s = '' for k, v in pairs(map) do s = s .. tostring(k) .. '=' .. tostring(v)"
                            + " .. ',' end return s"));
            String walk = "local s = '' for i, v in %s do s = s .. i .. tostring(v) end return s";
            assertEquals("1x2nil3y", lua.lua.execute(String.format(walk, "ipairs(list)")));
            assertEquals("1x2nil3y", lua.lua.execute(String.format(walk, "pairs(list)")));
            assertEquals("1526", lua.lua.execute(String.format(walk, "ipairs(ints)")));
            assertEquals("1s", lua.lua.execute(String.format(walk, "ipairs(set)")));
            assertTrue(lua.error("for i in pairs(io.stdout.x) do end").contains("nil"));
        }
    }

    @Test
    void listsMayChangeDuringAWalk() {
        List<Object> list = new ArrayList<>(List.of(1, 2, 3));
        try (LuaWith lua = LuaWith.objects("list", list)) {
            lua.run("n = 0 for i, v in ipairs(list) do n = n + 1; if n < 50 then list:add(v) end end");
            assertEquals(52, lua.eval("n"));
            lua.run("for i, v in ipairs(list) do list:remove(#list - 1) end");
            assertEquals(26, list.size());
        }
    }

    @Test
    void operators() {
        try (LuaWith lua = LuaWith.objects(
                "a", new BigInteger("100000000000000000000"),
                "b", new BigInteger("7"),
                "d", new BigDecimal("0.1"),
                "x", new StringBuilder("x"),
                "y", new StringBuilder("y"))) {
            lua.lua.globals().put("b7", new BigInteger("7"));
            assertEquals(new BigInteger("100000000000000000007"), lua.eval("a + b"));
            assertEquals(new BigInteger("99999999999999999999"), lua.eval("a - 1"));
            assertEquals(new BigInteger("200000000000000000000"), lua.eval("2 * a"));
            assertEquals(new BigInteger("2"), lua.eval("a % b"));
            assertEquals(new BigInteger("5"), lua.eval("-a % b"));
            assertEquals(new BigInteger("49"), lua.eval("b ^ 2"));
            assertEquals(new BigDecimal("3.5"), lua.eval("b / 2"));
            assertEquals(new BigDecimal("0.3"), lua.eval("d + 0.2"));
            assertEquals(0.5, ((Number) lua.eval("(b - 5) ^ -1")).doubleValue());
            assertEquals(true, lua.eval("b == b7 and a ~= b and b < a and b <= 7 and not (a < 5)"));
            assertEquals(true, lua.eval("d < 0.2 and d > 0.05 and d <= 0.1"));
            assertEquals("7x", lua.eval("b .. x"));
            assertEquals("x1", lua.eval("x .. 1"));
            assertEquals(true, lua.eval("x < y"));
            assertEquals("7", lua.eval("tostring(b)"));
            assertEquals(Double.POSITIVE_INFINITY, lua.eval("b + 1/0"));
            assertTrue(lua.error("return a + x").contains("arithmetic on java.lang.StringBuilder"));
            assertTrue(lua.error("return a .. nil").contains("nil value"));
            assertTrue(lua.error("return x < a").contains("cannot compare"));
            assertEquals(
                    true, lua.eval("tostring(select(2, pcall(function() return b / 0 end))):find('by zero') ~= nil"));
        }
    }

    @Test
    void oneObjectIsOneUserdata() {
        Object object = new Object();
        try (LuaWith lua = LuaWith.objects("a", object, "b", object, "list", new ArrayList<>(List.of(object)))) {
            assertEquals(true, lua.eval("rawequal(a, b) and rawequal(a, list[1]) and ({[a] = true})[list:get(0)]"));
            assertSame(object, lua.eval("a"));
        }
    }

    private static final class Failing {
        @Override
        public boolean equals(Object other) {
            throw new IllegalStateException("equals failed");
        }

        @Override
        public int hashCode() {
            throw new IllegalStateException("hashCode failed");
        }

        @Override
        public String toString() {
            throw new IllegalStateException("toString failed");
        }
    }

    @Test
    void objectsThatThrow() {
        try (LuaWith lua =
                LuaWith.objects("a", new Failing(), "b", new Failing(), "map", new HashMap<>(Map.of(1, 2)))) {
            for (String bad : List.of("a == b", "tostring(a)", "a .. ''", "map[a]")) {
                String code = "select(2, pcall(function() return " + bad + " end)):getMessage()";
                assertTrue(String.valueOf(lua.eval(code)).endsWith(" failed"), bad);
            }
        }
    }

    @Test
    void aClassThatFailsToInitialise() {
        class Broken {
            static final int VALUE = Integer.parseInt("no number");
        }
        try (LuaWith lua = LuaWith.objects("C", Broken.class)) {
            assertTrue(lua.error("return C()").contains("no public constructor"));
            assertTrue(lua.error("return C.VALUE").contains("no public member 'VALUE'"));
        }
        assertTrue(Integer.class.isInstance(1));
    }

    @SuppressWarnings("unused")
    public static class BrokenPublic {
        public static final Object VALUE = Integer.parseInt("no number");
    }

    @Test
    void aPublicClassThatFailsToInitialise() {
        try (LuaWith lua = LuaWith.objects("C", BrokenPublic.class)) {
            String message = "the class " + BrokenPublic.class.getName()
                    + " cannot be used, its initialiser failed: java.lang.NumberFormatException: ";
            for (String code : List.of("C.VALUE", "C.VALUE", "C()")) {
                RuntimeException e = assertThrows(IllegalStateException.class, () -> lua.eval(code));
                assertTrue(String.valueOf(e.getMessage()).startsWith(message), e.getMessage());
            }
        }
    }
}
