package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
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

    // -- Lists ---------------------------------------------------------------------------------------------------

    @Test
    void asALiveList() {
        LuaTable table = table("{ 'a', 'b', 'c', key = 'x' }");
        List<Object> list = table.asList();
        assertEquals(List.of("a", "b", "c"), list);
        assertEquals(3, list.size());
        lua.execute("table.insert(..., 'd')", table);
        assertEquals("d", list.get(3));
        assertEquals("b", list.set(1, "B"));
        assertEquals("B", table.get(2));
        list.add("e");
        list.add(0, "first");
        list.add(3, "middle");
        assertEquals(List.of("first", "a", "B", "middle", "c", "d", "e"), list);
        assertEquals("B", list.remove(2));
        assertTrue(list.remove("e"));
        assertFalse(list.remove("no"));
        assertEquals(List.of("first", "a", "middle", "c", "d"), list);
        list.subList(1, 3).clear();
        assertEquals(List.of("first", "c", "d"), list);
        list.sort(java.util.Comparator.comparing(Object::toString).reversed());
        assertEquals(List.of("first", "d", "c"), list);
        list.removeIf("d"::equals);
        assertEquals("first c", lua.eval("table.concat(..., ' ')", table));
        assertEquals("x", table.get("key"));
        Iterator<Object> items = list.iterator();
        items.next();
        items.remove();
        assertEquals(List.of("c"), list);
        list.set(0, null);
        assertTrue(list.isEmpty());
        list.addAll(List.of(1, 2, 3));
        assertEquals(2, list.indexOf(3));
        list.clear();
        assertEquals(0, table.length());
    }

    @Test
    void badUsesOfTheList() {
        List<Object> list = table("{ 1, 2 }").asList();
        assertThrows(IndexOutOfBoundsException.class, () -> list.get(2));
        assertThrows(IndexOutOfBoundsException.class, () -> list.get(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> list.set(2, "x"));
        assertThrows(IndexOutOfBoundsException.class, () -> list.add(3, "x"));
        assertThrows(IndexOutOfBoundsException.class, () -> list.remove(2));
        assertThrows(NullPointerException.class, () -> list.add(null));
        assertEquals(List.of(1, 2), list);
    }

    @Test
    void longListsCrossInPieces() {
        List<Object> list = table("{}").asList();
        List<Object> expected = new java.util.ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            Object item = i % 3 == 0 ? "text " + i + "-".repeat(i % 100) : (Object) i;
            list.add(item);
            expected.add(item);
        }
        assertEquals(expected, list);
        assertEquals(expected, Arrays.asList(list.toArray()));
        list.remove(0);
        list.add(2500, "inserted");
        expected.remove(0);
        expected.add(2500, "inserted");
        assertEquals(expected, Arrays.asList(list.toArray(new Object[0])));
        assertNull(list.toArray(new Object[6000])[5000]);
        assertThrows(ArrayStoreException.class, () -> list.toArray(new Integer[0]));
    }

    @Test
    void listsOfTablesWithMetamethods() {
        LuaTable table = table("setmetatable({}, { __index = function(t, i) return i <= 3 and i * 10 or nil end,"
                + " __len = function() return 3 end })");
        assertEquals(List.of(10, 20, 30), table.asList());
        assertEquals(List.of(10, 20, 30), Arrays.asList(table.asList().toArray()));
        assertEquals(List.of(), table.toList(), "copies are raw");
    }

    // -- Copies --------------------------------------------------------------------------------------------------

    @Test
    void deepCopies() {
        LuaTable table = table("{ 1, 'two', { x = { 3 } }, {}, n = 4, f = print }");
        Map<Object, Object> map = table.toMap();
        assertEquals(Set.of(1, 2, 3, 4, "n", "f"), map.keySet());
        assertEquals(Map.of("x", List.of(3)), map.get(3));
        assertEquals(List.of(), map.get(4));
        assertEquals(lua.eval("print"), map.get("f"));
        table.put("n", 5);
        assertEquals(4, map.get("n"));
        map.put("new", 1);
        assertNull(table.get("new"));
        assertEquals(List.of(1, "two", Map.of("x", List.of(3)), List.of()), table.toList());
    }

    @Test
    void copiesOfCycles() {
        LuaTable table =
                table("(function() local t = { name = 'root' } t.self = t t.list = { t, { t } } return t end)()");
        Map<Object, Object> map = table.toMap();
        assertSame(map, map.get("self"));
        assertSame(map, ((List<?>) map.get("list")).get(0));
        assertSame(map, ((List<?>) ((List<?>) map.get("list")).get(1)).get(0));
        List<Object> list =
                table("(function() local t = {} t[1] = t return t end)()").toList();
        assertSame(list, list.get(0));
        Map<?, ?> shared = table("(function() local s = { 1 } return { a = s, b = s } end)()")
                .toMap();
        assertSame(shared.get("a"), shared.get("b"));
        Object deep = table("(function() local t = {} for i = 1, 100000 do t = { t } end return t end)()")
                .toList();
        int depth = 0;
        for (Object at = deep; at instanceof List<?> inner && !inner.isEmpty(); at = inner.get(0)) {
            depth++;
        }
        assertEquals(100_000, depth);
    }

    @Test
    void numbersInBulk() {
        double[] numbers = new double[10_000];
        Arrays.setAll(numbers, i -> i / 7.0);
        assertArrayEquals(numbers, lua.table(numbers).toDoubles());
        assertArrayEquals(
                new double[] {1, -0.0, Double.NaN},
                table("{ 1, -0.0, 0/0, key = 5 }").toDoubles());
        assertArrayEquals(new double[0], table("{}").toDoubles());
        assertArrayEquals(
                new double[] {5, 6},
                table("(function() local t = {} t[2] = 6 t[1] = 5 return t end)()")
                        .toDoubles());
        ClassCastException e = assertThrows(
                ClassCastException.class, () -> table("{ 1, 'x', 3 }").toDoubles());
        assertTrue(e.getMessage().contains("item 2"), e.getMessage());
        assertThrows(ClassCastException.class, () -> table("{ '1' }").toDoubles());
    }

    // -- Java types ----------------------------------------------------------------------------------------------

    @Test
    void typedValues() {
        LuaTable table =
                table("{ i = 5, l = 2^40, d = 1.5, s = 'text', b = true, t = { 1 }, f = print, u = 'SECONDS' }");
        assertEquals(5, table.getInt("i"));
        assertEquals(1L << 40, table.getLong("l"));
        assertEquals(1.5, table.getDouble("d"));
        assertEquals(5.0, table.getDouble("i"));
        assertTrue(table.getBoolean("b"));
        assertEquals("text", table.getString("s"));
        assertEquals(1, table.getTable("t").getInt(1));
        assertEquals(lua.eval("print"), table.getFunction("f"));
        assertNull(table.getString("none"));
        assertNull(table.getTable("none"));
        assertEquals(java.util.concurrent.TimeUnit.SECONDS, table.get("u", java.util.concurrent.TimeUnit.class));
        assertThrows(ClassCastException.class, () -> table.getInt("none"));
        assertThrows(ClassCastException.class, () -> table.getInt("l"));
        assertThrows(ClassCastException.class, () -> table.getInt("d"));
        assertThrows(ClassCastException.class, () -> table.getInt("s"));
        assertThrows(ClassCastException.class, () -> table.getTable("i"));
        assertThrows(ClassCastException.class, () -> table.getBoolean("i"));
    }

    record Point(double x, double y) {}

    record Shape(
            String name, List<Point> points, Map<String, Point> named, int[] sizes, Point[] all, Set<Integer> set) {}

    @Test
    void recordsOfTables() {
        assertEquals(new Point(1, 2.5), table("{ x = 1, y = 2.5, z = 3 }").as(Point.class));
        assertEquals(new Point(3, 4), table("{ 3, 4 }").as(Point.class));
        Shape shape = table(
                        "{ name = 's', points = {{ x = 1, y = 2 }, { 3, 4 }}, named = { a = { 5, 6 } }, sizes = { 7, 8 },"
                                + " all = {{ 9, 10 }}, set = { 1, 2, 2 } }")
                .as(Shape.class);
        assertEquals(List.of(new Point(1, 2), new Point(3, 4)), shape.points());
        assertEquals(Map.of("a", new Point(5, 6)), shape.named());
        assertArrayEquals(new int[] {7, 8}, shape.sizes());
        assertArrayEquals(new Point[] {new Point(9, 10)}, shape.all());
        assertEquals(Set.of(1, 2), shape.set());
        LuaTable back = lua.tableFromDeep(shape);
        assertEquals(10, lua.eval("(...).all[1].y", back));
        assertEquals(shape.points(), back.as(Shape.class).points());
    }

    /** A bean. */
    public static class Person {
        private String name = "nobody";
        private List<Person> friends = List.of();
        /** A public field. */
        public int age = -1;

        /** A setter. */
        public void setName(String name) {
            this.name = name;
        }

        /** A setter of a generic type. */
        public void setFriends(List<Person> friends) {
            this.friends = friends;
        }
    }

    @Test
    void beansOfTables() {
        Person person = table("{ name = 'Ada', age = 36, friends = {{ name = 'Bob' }}, other = true }")
                .as(Person.class);
        assertEquals("Ada", person.name);
        assertEquals(36, person.age);
        assertEquals("Bob", person.friends.get(0).name);
        assertEquals(-1, person.friends.get(0).age);
    }

    @Test
    void collectionsOfTables() {
        LuaTable table = table("{ 3, 4 }");
        assertArrayEquals(new int[] {3, 4}, table.as(int[].class));
        assertArrayEquals(new double[] {3, 4}, table.as(double[].class));
        assertArrayEquals(new String[] {"a"}, table("{ 'a' }").as(String[].class));
        assertEquals(List.of(3, 4), table.as(List.class));
        assertEquals(Set.of(3, 4), table.as(Set.class));
        assertSame(table, table.as(Map.class));
        assertSame(table, table.as(LuaTable.class));
    }

    @Test
    void whatTablesCannotBecome() {
        assertThrows(ClassCastException.class, () -> table("{ x = 1 }").as(Point.class));
        ClassCastException e = assertThrows(
                ClassCastException.class, () -> table("{ x = 'a', y = 2 }").as(Point.class));
        assertTrue(e.getMessage().contains("Point.x"), e.getMessage());
        assertThrows(ClassCastException.class, () -> table("{}").as(Integer.class));
        assertThrows(ClassCastException.class, () -> table("{}").as(String.class));
        assertThrows(ClassCastException.class, () -> table("{ 1.5 }").as(int[].class));
        assertThrows(ClassCastException.class, () -> table(
                        "(function() local t = { name = 'x' } t.friends = { t } return t end)()")
                .as(Person.class));
    }

    @Test
    void aChangeThatAWalkCannotBearIsReported() {
        LuaTable table = table("(function() local t = {} for i = 1, 2000 do t['k' .. i] = i end return t end)()");
        Iterator<Object> keys = table.keySet().iterator();
        for (int i = 0; i < 10; i++) {
            keys.next();
        }
        table.clear();
        lua.execute("local t = ... collectgarbage() for i = 1, 5000 do t['n' .. i] = i end", table);
        assertThrows(java.util.ConcurrentModificationException.class, () -> keys.forEachRemaining(key -> {}));
        assertEquals(5000, table.size());
    }

    @Test
    void walkingAMillionEntriesLeavesNoReferenceBehind() throws InterruptedException {
        LuaTable table = table(
                "(function() local t = {} for i = 1, 1000000 do t[i] = i % 10 == 0 and {} or 'v' .. i % 100 end return t end)()");
        long memory = lua.memoryUsed();
        for (Object value : table.values()) {
            if (value instanceof LuaTable inner) {
                inner.close();
            }
        }
        lua.gc();
        assertTrue(lua.memoryUsed() - memory < 2_000_000, lua.memoryUsed() - memory + " bytes more");
        int dropped = 0;
        for (Object value : table.values()) {
            dropped += value instanceof LuaTable ? 1 : 0;
        }
        assertEquals(100_000, dropped);
        table.clear();
        assertTrue(io.github.lupa4j.testing.Garbage.collectUntil(() -> {
            lua.gc();
            return lua.memoryUsed() < memory;
        }));
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

    // -- Keys that do not come back from Java as themselves ------------------------------------------------------

    @Test
    void keysThatAreCdata() {
        LuaTable table = (LuaTable) lua.execute("local t = {10, 20} t[1LL] = 'x' return t");
        assertEquals(Map.of(1, 10, 2, 20, 1L, "x"), table.toMap());
        assertTrue(table.containsValue("x"));
        LuaTable large = lua.tableFrom(Map.of(Long.MAX_VALUE, 1, Long.MIN_VALUE, 2));
        assertEquals(Map.of(Long.MAX_VALUE, 1, Long.MIN_VALUE, 2), large.toMap());
        assertThrows(
                UnsupportedOperationException.class,
                () -> large.entrySet().iterator().next().setValue(5));
        large.keySet().removeIf(key -> key.equals(Long.MAX_VALUE));
        assertEquals(Map.of(Long.MIN_VALUE, 2), large.toMap());
        large.clear();
        assertEquals(0, large.size());
    }

    @Test
    void keysThatAreNoText() {
        String script =
                "local t = {} for i = 128, 255 do for j = 128, 255 do t[string.char(i, j)] = i end end return t";
        LuaTable table = (LuaTable) lua.execute(script);
        assertEquals(128 * 128, table.size());
        table.values().removeIf(value -> ((Integer) value) % 2 == 0);
        assertEquals(64 * 128, table.size());
        table.values().removeIf(value -> true);
        assertEquals(0, table.size());
        LuaTable again = (LuaTable) lua.execute(script);
        again.clear();
        assertTrue(again.isEmpty());
    }

    @Test
    void theLastKeyIsRemovedAfterALookAhead() {
        for (int size : List.of(1, 255, 256, 257, 600)) {
            LuaTable table = lua.table();
            for (int i = 0; i < size; i++) {
                table.put("k" + i, i);
            }
            Iterator<Object> each = table.keySet().iterator();
            while (each.hasNext()) {
                each.next();
                each.hasNext();
                each.remove();
            }
            assertEquals(0, table.size());
        }
    }

    // -- Numbers are equal as in Lua -----------------------------------------------------------------------------

    @Test
    void viewsCompareAsLuaDoes() {
        LuaTable table = (LuaTable) lua.eval("{1, 2, 3}");
        assertTrue(table.entrySet().contains(Map.entry(2L, 2.0)));
        assertTrue(table.keySet().remove(3.0));
        assertTrue(table.keySet().removeAll(List.of(2L)));
        assertTrue(table.entrySet().remove(Map.entry(1.0, 1L)));
        assertTrue(table.isEmpty());
        table.put("v", 2L);
        assertTrue(table.containsValue(2L));
        assertTrue(table.values().contains(2.0));
        assertFalse(table.values().contains(2.5));
        assertEquals(1, lua.table(1, 2, 2).asList().indexOf(2L));
        assertEquals(2, lua.table(1, 2, 2).asList().lastIndexOf(2.0));
        assertNull(table.remove(Double.NaN));
    }

    @Test
    void aListCanBeAddedToItself() {
        LuaTable table = (LuaTable) lua.eval("{1, 2}");
        table.asList().addAll(table.asList());
        assertEquals(List.of(1, 2, 1, 2), table.toList());
        table.asList().addAll(1, table.asList());
        assertEquals(List.of(1, 1, 2, 1, 2, 2, 1, 2), table.toList());
    }

    @Test
    void lengthsThatAreNone() {
        LuaTable table = (LuaTable) lua.eval("setmetatable({}, {__len = function() return -1 end})");
        assertEquals(0, table.asList().size());
        assertFalse(table.asList().iterator().hasNext());
    }

    // -- What the views find ---------------------------------------------------------------------------------------

    @Test
    void viewsRemoveWhatTheyFind() {
        LuaTable t = (LuaTable) lua.eval("{5, 6, 7, 8, x = 9}");
        assertTrue(t.values().contains(9L) && t.values().remove(9L));
        assertTrue(t.asList().contains(5L) && t.asList().remove((Object) 5L));
        assertEquals(List.of(6, 7, 8), t.asList());
        assertTrue(t.remove(3, 8.0));
        assertFalse(t.remove(2, 8L));
        assertTrue(t.replace(2, 7L, "seven"));
        assertFalse(t.replace(2, 7L, "eight"));
        assertEquals(List.of(6, "seven"), t.asList());
        assertTrue(t.keySet().retainAll(java.util.Set.of(1L)));
        assertEquals(Map.of(1, 6), t);
        assertFalse(t.values().retainAll(List.of(6L)));
        assertTrue(t.values().removeAll(List.of(6L)));
        assertTrue(t.isEmpty());
    }

    @Test
    void listsRemoveAndRetainAsLuaCompares() {
        List<Object> list = ((LuaTable) lua.eval("{1, 2, 3, 2, 1}")).asList();
        assertTrue(list.removeAll(List.of(2L)));
        assertEquals(List.of(1, 3, 1), list);
        assertTrue(list.retainAll(List.of(1.0)));
        assertEquals(List.of(1, 1), list);
        assertFalse(list.remove((Object) "1"));
    }

    @Test
    void rawStringsAreFoundByTheirBytes() {
        try (LuaRuntime raw = LuaRuntime.builder().rawStrings(true).build()) {
            byte[] abc = "abc".getBytes(java.nio.charset.StandardCharsets.UTF_8);
            LuaTable t = raw.table("abc");
            assertTrue(t.containsValue(abc) && t.containsValue("abc"));
            assertTrue(t.values().contains(abc) && t.asList().contains(abc));
            assertFalse(t.containsValue("abd"));
            assertTrue(t.asList().remove((Object) abc.clone()));
            assertTrue(t.isEmpty());
        }
    }

    /** What a script says of its length must not decide how much memory Java takes. */
    @Test
    void typesAreMadeOfWhatIsThere() {
        LuaTable t = (LuaTable) lua.eval("setmetatable({1, 2}, { __len = function() return 1e9 end })");
        assertArrayEquals(new int[] {1, 2}, t.as(int[].class));
        assertEquals(List.of(1, 2), t.as(List.class));
        assertEquals(java.util.Arrays.asList(1, null, 3), ((LuaTable) lua.eval("{1, nil, 3}")).as(List.class));
        LuaTable far = (LuaTable) lua.eval("{[1] = 1, [1e6] = 2}");
        assertThrows(ClassCastException.class, () -> far.as(List.class));
    }

    @Test
    void nullsAreRefused() {
        assertThrows(NullPointerException.class, () -> lua.table((double[]) null));
        assertThrows(NullPointerException.class, () -> lua.require(null));
        assertThrows(NullPointerException.class, () -> LuaSource.of(null, "x"));
        assertThrows(NullPointerException.class, () -> LuaSource.of("1", null));
        assertThrows(NullPointerException.class, () -> LuaSource.ofBytes(new byte[0], "x", null));
        assertThrows(NullPointerException.class, () -> lua.setStreams(null, null, null));
    }
}
