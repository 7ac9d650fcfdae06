package io.github.lupa4j.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaTable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What values of Lua become where a type is asked for. */
class ConverterTest {
    private final LuaWith lua = LuaWith.objects();

    @AfterEach
    void close() {
        lua.close();
    }

    private @Nullable Object convert(String expression, Class<?> type) {
        return lua.lua.convert(lua.eval(expression), type);
    }

    private void fails(String expression, Class<?> type) {
        Object value = lua.eval(expression);
        assertThrows(ClassCastException.class, () -> lua.lua.convert(value, type), expression + " to " + type);
    }

    @Test
    void numbersKeepTheirValue() {
        assertEquals(5, convert("5", int.class));
        assertEquals(5L, convert("5", long.class));
        assertEquals((short) 5, convert("5", Short.class));
        assertEquals((byte) -128, convert("-128", byte.class));
        assertEquals(5.0, convert("5", double.class));
        assertEquals(5.5f, convert("5.5", float.class));
        assertEquals(5.5, convert("5.5", Number.class));
        assertEquals(5, convert("5", Object.class));
        assertEquals(0, convert("-0.0", int.class));
        assertEquals(1L << 60, convert("2^60", long.class));
        assertEquals(5, convert("5LL", int.class));
        assertEquals(-1.0 / 0, convert("-1/0", double.class));
        assertEquals((float) (1.0 / 0), convert("1/0", float.class));
        assertEquals(BigInteger.valueOf(5), convert("5", BigInteger.class));
        assertEquals(BigInteger.TWO.pow(70), convert("2^70", BigInteger.class));
        assertEquals(new BigDecimal("0.1"), convert("0.1", BigDecimal.class));
    }

    @Test
    void numbersThatDoNotFitAreRefused() {
        fails("1.5", int.class);
        fails("1.5", long.class);
        fails("1.5", BigInteger.class);
        fails("2^31", int.class);
        fails("-2^31 - 1", Integer.class);
        fails("128", byte.class);
        fails("40000", short.class);
        fails("2^63", long.class);
        fails("0/0", int.class);
        fails("1/0", long.class);
        fails("0/0", BigDecimal.class);
        fails("1e39", float.class);
        fails("5", char.class);
        fails("5", String.class);
        fails("5", boolean.class);
        fails("'5'", int.class);
    }

    @Test
    void nilIsNullAndNoPrimitive() {
        assertNull(convert("nil", String.class));
        assertNull(convert("nil", Integer.class));
        fails("nil", int.class);
        fails("nil", boolean.class);
    }

    @Test
    void stringsBecomeWhatIsAsked() {
        assertEquals('x', convert("'x'", char.class));
        assertEquals('\u00e4', convert("'\u00e4'", Character.class));
        assertSame(TimeUnit.DAYS, convert("'DAYS'", TimeUnit.class));
        assertSame(String.class, convert("'java.lang.String'", Class.class));
        assertSame(Map.Entry.class, convert("'java.util.Map.Entry'", Class.class));
        assertSame(int[].class, convert("'int[]'", Class.class));
        assertArrayEquals(new byte[] {'a', 0, 'b'}, (byte[]) convert("'a\\0b'", byte[].class));
        assertEquals("x", convert("'x'", CharSequence.class));
        fails("'xy'", char.class);
        fails("''", char.class);
        fails("'WEEKS'", TimeUnit.class);
        fails("'no.such.Thing'", Class.class);
    }

    @Test
    void sequencesBecomeCollectionsAndArrays() {
        assertEquals(List.of(1, 2), convert("{1, 2}", List.class));
        assertEquals(List.of(1, 2), convert("{1, 2}", Collection.class));
        assertInstanceOf(ArrayList.class, convert("{1, 2}", Iterable.class));
        assertEquals(Set.of("a", "b"), convert("{'a', 'b', 'a'}", Set.class));
        assertEquals(Set.of("a", "b"), convert("{a = true, b = true}", Set.class));
        assertEquals(1, ((Deque<?>) convert("{1, 2}", Deque.class)).getFirst());
        assertArrayEquals(new int[] {1, 2}, (int[]) convert("{1, 2}", int[].class));
        assertArrayEquals(new double[] {1, 2.5}, (double[]) convert("{1, 2.5}", double[].class));
        assertArrayEquals(new String[] {"a"}, (String[]) convert("{'a'}", String[].class));
        assertArrayEquals(new int[][] {{1}, {2, 3}}, (int[][]) convert("{{1}, {2, 3}}", int[][].class));
        assertArrayEquals(new Object[0], (Object[]) convert("{}", Object[].class));
        assertArrayEquals(new Object[] {1, null, 3}, (Object[]) convert("{1, nil, 3}", Object[].class));
        fails("{1, 2.5}", int[].class);
        fails("{a = 1}", int[].class);
        fails("{[1000000] = 1}", Object[].class);
        fails("{1}", String.class);
    }

    @Test
    void tablesBecomeMaps() {
        LuaTable table = assertInstanceOf(LuaTable.class, lua.eval("{a = 1}"));
        assertSame(table, lua.lua.convert(table, Map.class));
        assertSame(table, lua.lua.convert(table, Object.class));
        assertSame(table, lua.lua.convert(table, LuaTable.class));
        assertEquals(Map.of("a", 1), lua.lua.convert(table, HashMap.class));
        assertEquals("b", ((SortedMap<?, ?>) convert("{c = 1, b = 2}", SortedMap.class)).firstKey());
    }

    @SuppressWarnings("unused")
    public static class Generic {
        public String longs(List<Long> list) {
            long sum = 0;
            for (Long item : list) {
                sum += item;
            }
            return "sum " + sum;
        }

        public String days(Map<TimeUnit, ? extends List<Double>> map) {
            return map.get(TimeUnit.DAYS).get(0).toString();
        }
    }

    @Test
    void itemsAreConvertedToTheDeclaredType() {
        lua.lua.globals().put("g", new Generic());
        assertEquals("sum 3", lua.eval("g:longs({1, 2})"));
        assertEquals("7.0", lua.eval("g:days({DAYS = {7}})"));
        assertEquals(true, lua.error("g:longs({1, 2.5})").contains("longs"));
    }

    @Test
    void functionsBecomeFunctionalInterfaces() throws Exception {
        Callable<?> callable = assertInstanceOf(Callable.class, convert("function() return 5 end", Callable.class));
        assertEquals(5, callable.call());
        @SuppressWarnings("unchecked")
        Comparator<Object> comparator =
                (Comparator<Object>) convert("function(a, b) return b - a end", Comparator.class);
        List<Object> list = new ArrayList<>(List.of(1, 3, 2));
        list.sort(comparator.thenComparing(x -> 0));
        assertEquals(List.of(3, 2, 1), list);
        LuaFunction function = assertInstanceOf(LuaFunction.class, lua.eval("print"));
        assertSame(function, lua.lua.convert(function, Object.class));
        fails("print", List.class);
        AutoCloseable closeable = (AutoCloseable) convert("function() closed = true end", AutoCloseable.class);
        closeable.close();
        assertEquals(true, lua.eval("closed"));
    }
}
