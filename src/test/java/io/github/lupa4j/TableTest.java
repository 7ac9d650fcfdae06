package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tables as live maps. */
class TableTest {
    private final LuaRuntime lua = LuaRuntime.create();

    @AfterEach
    void close() {
        lua.close();
    }

    private LuaTable table(String expression) {
        return assertInstanceOf(LuaTable.class, lua.eval(expression));
    }

    // -- Map -----------------------------------------------------------------------------------------------------

    @Test
    void isLive() {
        LuaTable table = table("{ x = 1 }");
        lua.globals().put("t", table);
        assertEquals(1, table.get("x"));
        assertEquals(1, table.put("x", 2));
        assertEquals(2, lua.eval("t.x"));
        lua.execute("t.x = 3 t.y = 4");
        assertEquals(3, table.get("x"));
        assertEquals(Map.of("x", 3, "y", 4), new HashMap<>(table));
        assertEquals(4, table.remove("y"));
        assertNull(lua.eval("t.y"));
        assertNull(table.remove("y"));
    }

    @Test
    void sizes() {
        LuaTable table = lua.table();
        assertTrue(table.isEmpty());
        assertEquals(0, table.size());
        assertEquals(0, table.length());
        table.putAll(Map.of(1, "a", 2, "b", "x", "c"));
        assertEquals(3, table.size());
        assertEquals(2, table.length());
        assertFalse(table.isEmpty());
        assertTrue(table.containsKey("x"));
        assertFalse(table.containsKey("y"));
        assertTrue(table.containsValue("c"));
        assertFalse(table.containsValue("d"));
        table.put("x", null);
        assertEquals(2, table.size());
        assertFalse(table.containsKey("x"));
        table.clear();
        assertTrue(table.isEmpty());
    }

    @Test
    void keysCompareAsLuasDo() {
        LuaTable table = lua.table();
        table.put(1, "int");
        assertEquals("int", table.get(1L));
        assertEquals("int", table.get(1.0));
        assertEquals("int", table.get((byte) 1));
        assertNull(table.get("1"));
        assertNull(table.get(true));
        assertNull(table.get(1.5));
        table.put(1.0, "double");
        assertEquals(1, table.size());
        assertEquals("double", table.get(1));
        table.put("1", "text");
        table.put(true, "boolean");
        table.put(1.5, "fraction");
        table.put(-0.0, "zero");
        assertEquals("zero", table.get(0));
        assertEquals(5, table.size());
        assertEquals(Set.of(1, "1", true, 1.5, 0), new HashSet<>(table.keySet()));
    }

    @Test
    void badKeys() {
        LuaTable table = lua.table();
        assertNull(table.get(null));
        assertNull(table.get(Double.NaN));
        assertFalse(table.containsKey(null));
        assertThrows(NullPointerException.class, () -> table.put(null, 1));
        assertThrows(LuaException.class, () -> table.put(Double.NaN, 1));
        assertThrows(LuaException.class, () -> table.rawSet(Double.NaN, 1));
        assertTrue(table.isEmpty());
    }

    @Test
    void wholeOfTheMapInterface() {
        LuaTable table = table("{ a = 1 }");
        assertEquals(5, table.getOrDefault("b", 5));
        assertEquals(1, table.putIfAbsent("a", 2));
        assertNull(table.putIfAbsent("b", 2));
        assertEquals(3, table.computeIfAbsent("c", key -> 3));
        assertEquals(11, table.merge("a", 10, (one, other) -> (Integer) one + (Integer) other));
        table.replaceAll((key, value) -> (Integer) value * 2);
        assertEquals(Map.of("a", 22, "b", 4, "c", 6), new HashMap<>(table));
        assertTrue(table.keySet().remove("a"));
        assertTrue(table.values().remove(4));
        assertEquals(Map.of("c", 6), new HashMap<>(table));
        table.entrySet().clear();
        assertTrue(table.isEmpty());
    }

    @Test
    void iteration() {
        LuaTable table = table("{ 10, 20, 30, x = 40, y = 50 }");
        int sum = 0;
        for (Object value : table.values()) {
            sum += (Integer) value;
        }
        assertEquals(150, sum);
        assertEquals(Set.of(1, 2, 3, "x", "y"), new HashSet<>(table.keySet()));
        for (Map.Entry<Object, Object> entry : table.entrySet()) {
            entry.setValue((Integer) entry.getValue() + 1);
        }
        assertEquals(List.of(11, 41), lua.eval("(...)[1], (...).x", table));
        Iterator<Object> keys = table.keySet().iterator();
        for (int i = 0; i < 5; i++) {
            assertTrue(keys.hasNext());
            keys.next();
        }
        assertFalse(keys.hasNext());
        assertThrows(java.util.NoSuchElementException.class, keys::next);
        assertThrows(IllegalStateException.class, table.keySet().iterator()::remove);
    }

    @Test
    void iterationToleratesRemovalThroughTheIterator() {
        LuaTable table =
                table("(function() local t = {} for i = 1, 1000 do t[i] = i t['k' .. i] = i end return t end)()");
        int seen = 0;
        Iterator<Map.Entry<Object, Object>> entries = table.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<Object, Object> entry = entries.next();
            seen++;
            if ((Integer) entry.getValue() % 2 == 0) {
                entries.remove();
            }
        }
        assertEquals(2000, seen);
        assertEquals(1000, table.size());
        assertTrue(table.values().stream().allMatch(value -> (Integer) value % 2 == 1));
        table.keySet().removeIf(key -> true);
        assertTrue(table.isEmpty());
    }

    @Test
    void changesDuringAnIterationDoNoHarm() {
        LuaTable table = table("(function() local t = {} for i = 1, 500 do t['k' .. i] = i end return t end)()");
        lua.globals().put("t", table);
        int seen = 0;
        try {
            for (Object key : table.keySet()) {
                lua.execute("t[(...)] = nil collectgarbage() t['new' .. (...)] = 1", key);
                if (++seen > 10_000) {
                    break;
                }
            }
        } catch (RuntimeException e) {
            assertTrue(String.valueOf(e.getMessage()).length() > 0);
        }
        assertTrue(seen > 0 && seen <= 10_000, "endless");
        assertEquals(2, lua.eval("1 + 1"));
    }

    @Test
    void largeTables() {
        LuaTable table =
                table("(function() local t = {} for i = 1, 100000 do t[i] = 'v' .. i end t.x = 1 return t end)()");
        assertEquals(100_001, table.size());
        assertEquals(100_000, table.length());
        int seen = 0;
        for (Map.Entry<Object, Object> entry : table.entrySet()) {
            if (entry.getKey() instanceof Integer i) {
                assertEquals("v" + i, entry.getValue());
                seen++;
            }
        }
        assertEquals(100_000, seen);
    }

    // -- Identity ------------------------------------------------------------------------------------------------

    @Test
    void equalsByIdentity() {
        LuaTable one = lua.table(1);
        LuaTable other = lua.table(1);
        assertEquals(one, one);
        assertNotEquals(one, other);
        assertNotEquals(one, Map.of(1, 1));
        lua.globals().put("t", one);
        assertEquals(one, lua.globals().get("t"));
        assertEquals(one.hashCode(), lua.globals().get("t").hashCode());
        one.put(1, 2);
        assertEquals(one.hashCode(), lua.globals().get("t").hashCode());
    }

    @Test
    void cycles() {
        LuaTable table = lua.table();
        table.put("self", table);
        table.put(table, table);
        assertEquals(table, table.get("self"));
        assertEquals(table, ((LuaTable) table.get("self")).get(table));
        assertTrue(table.toString().startsWith("table: "));
        assertTrue(table.containsValue(table));
        assertEquals(2, table.size());
        assertEquals(Arrays.asList(table, table), List.copyOf(table.values()));
    }

    // -- Metatables ----------------------------------------------------------------------------------------------

    @Test
    void getAndPutRespectMetamethods() {
        LuaTable table = table("setmetatable({ own = 1 }, { __index = function(t, k) return 'made ' .. tostring(k) end,"
                + " __newindex = function(t, k, v) rawset(t, k, v * 2) end })");
        assertEquals(1, table.get("own"));
        assertEquals("made x", table.get("x"));
        assertEquals("made 5", table.get(5));
        assertNull(table.rawGet("x"));
        table.put("y", 4);
        assertEquals(8, table.rawGet("y"));
        table.rawSet("z", 4);
        assertEquals(4, table.get("z"));
        assertEquals(3, table.size());
        assertNull(table.rawGet(null));
    }

    @Test
    void failingMetamethods() {
        LuaTable table = table("setmetatable({}, { __index = function(t, k) error('no ' .. k, 0) end,"
                + " __newindex = function(t, k) error({}) end, __len = function() error('no length', 0) end })");
        assertEquals(
                "no x", assertThrows(LuaException.class, () -> table.get("x")).getMessage());
        assertThrows(LuaException.class, () -> table.put("x", 1));
        assertThrows(LuaException.class, table::length);
        assertNull(table.rawGet("x"));
        assertTrue(table.isEmpty());
    }

    @Test
    void metatables() {
        LuaTable table = lua.table();
        assertNull(table.metatable());
        LuaTable meta = table("{ __index = { x = 1 }, __len = function() return 42 end, __metatable = 'locked' }");
        table.setMetatable(meta);
        assertEquals(meta, table.metatable());
        assertEquals(1, table.get("x"));
        assertEquals(42, table.length());
        assertEquals(0, table.size());
        table.setMetatable(null);
        assertNull(table.metatable());
        assertNull(table.get("x"));
    }

    @Test
    void callsFieldsAndMethods() throws Exception {
        LuaTable table =
                table("{ n = 1, add = function(a, b) return a + b end, get = function(self) return self.n end }");
        assertEquals(3, table.call("add", 1, 2));
        assertEquals(1, table.callMethod("get"));
        assertThrows(NoSuchMethodException.class, () -> table.call("n"));
        assertThrows(NoSuchMethodException.class, () -> table.callMethod("missing"));
        assertThrows(LuaException.class, () -> table.call("add", 1, null));
    }

    // -- Closing -------------------------------------------------------------------------------------------------

    @Test
    void aClosedHandleSaysSo() {
        lua.execute("t = { x = 1 }");
        LuaTable table = (LuaTable) lua.eval("t");
        table.close();
        table.close();
        RuntimeException e = assertThrows(RuntimeException.class, () -> table.get("x"));
        assertTrue(e.getMessage().contains("closed"), e.getMessage());
        assertEquals(1, ((LuaTable) lua.eval("t")).get("x"), "the table itself lives on");
    }
}
