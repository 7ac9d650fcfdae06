package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that cross the border, both ways and by every way that there is. Strings have a test of their own. */
class ValuesTest {
    private static final long TWO_53 = 1L << 53;

    private final LuaRuntime lua = LuaRuntime.create();
    private final LuaFunction identity = (LuaFunction) lua.eval("function(...) return ... end");

    @AfterEach
    void close() {
        lua.close();
    }

    /** Sends a value through arguments, results, fields, items, callbacks and coroutines; it must come back the same. */
    private Object roundTrip(Object value) {
        Object result = identity.call(value);
        List<Object> ways = new ArrayList<>();
        ways.add(identity.call(value, 1) instanceof List<?> two ? two.get(0) : "one result");
        ways.add(identity.call(1, 2, 3, 4, value) instanceof List<?> five ? five.get(4) : "one result");
        LuaTable table = lua.table(value);
        table.put("field", value);
        table.rawSet("raw", value);
        ways.add(table.get(1));
        ways.add(table.get("field"));
        ways.add(table.rawGet("raw"));
        ways.add(new HashMap<>(table).get("field"));
        lua.globals().put("value", value);
        ways.add(lua.eval("value"));
        ways.add(lua.eval("(...)", value));
        ways.add(lua.execute("return ...", value));
        ways.add(lua.function(arguments -> arguments[0]).call(value));
        Object[] seen = new Object[1];
        lua.function(arguments -> seen[0] = arguments[0]).call(value);
        ways.add(seen[0]);
        ways.add(((LuaCoroutine) lua.eval("coroutine.create(function(...) return ... end)")).resume(value));
        ways.add(lua.eval("select(2, pcall(error, (...), 0))", value));
        for (int i = 0; i < ways.size(); i++) {
            if (value == null && i == 1) {
                continue;
            }
            assertEquals(result, ways.get(i), "way " + i);
        }
        return result;
    }

    // -- Numbers -------------------------------------------------------------------------------------------------

    static Stream<Arguments> numbersOfLua() {
        return Stream.of(
                Arguments.of("0", 0),
                Arguments.of("1", 1),
                Arguments.of("-1", -1),
                Arguments.of("1.0", 1),
                Arguments.of("127", 127),
                Arguments.of("65536", 65536),
                Arguments.of("2^31 - 1", Integer.MAX_VALUE),
                Arguments.of("2^31", 1L << 31),
                Arguments.of("-2^31", Integer.MIN_VALUE),
                Arguments.of("-2^31 - 1", -(1L << 31) - 1),
                Arguments.of("2^32", 1L << 32),
                Arguments.of("2^53 - 1", TWO_53 - 1),
                Arguments.of("2^53", TWO_53),
                Arguments.of("-2^53", -TWO_53),
                Arguments.of("2^53 + 2", TWO_53 + 2.0),
                Arguments.of("-2^53 - 2", -TWO_53 - 2.0),
                Arguments.of("2^63", 0x1p63),
                Arguments.of("2^64", 0x1p64),
                Arguments.of("1e300", 1e300),
                Arguments.of("0.1", 0.1),
                Arguments.of("-0.5", -0.5),
                Arguments.of("2^31 - 0.5", 2147483647.5),
                Arguments.of("-0.0", -0.0),
                Arguments.of("0 * -1", -0.0),
                Arguments.of("0/0", Double.NaN),
                Arguments.of("-(0/0)", Double.NaN),
                Arguments.of("1/0", Double.POSITIVE_INFINITY),
                Arguments.of("-1/0", Double.NEGATIVE_INFINITY),
                Arguments.of("5e-324", Double.MIN_VALUE),
                Arguments.of("0x7fffffff", Integer.MAX_VALUE));
    }

    @ParameterizedTest
    @MethodSource("numbersOfLua")
    void aNumberIsTheNarrowestThatLosesNothing(String expression, Number expected) {
        assertEquals(expected, lua.eval("(function(x) return x end)(" + expression + ")"));
        Object several = lua.execute("local x = " + expression + " return x, 'and', x");
        assertEquals(List.of(expected, "and", expected), several);
        LuaTable table = (LuaTable) lua.eval("{ " + expression + ", x = " + expression + " }");
        assertEquals(expected, table.get(1));
        assertEquals(expected, table.get("x"));
        assertEquals(expected, roundTrip(expected));
    }

    static Stream<Arguments> numbersOfJava() {
        return Stream.of(
                Arguments.of((byte) -128, -128),
                Arguments.of((byte) 127, 127),
                Arguments.of((short) -32768, -32768),
                Arguments.of(7, 7),
                Arguments.of(7L, 7),
                Arguments.of(Integer.MIN_VALUE, Integer.MIN_VALUE),
                Arguments.of(1L << 31, 1L << 31),
                Arguments.of(TWO_53, TWO_53),
                Arguments.of(-TWO_53, -TWO_53),
                Arguments.of(1.5f, 1.5),
                Arguments.of(0.1f, (double) 0.1f),
                Arguments.of(-0.0f, -0.0),
                Arguments.of(3.0f, 3),
                Arguments.of(3.0, 3),
                Arguments.of(Float.NaN, Double.NaN),
                Arguments.of(Double.longBitsToDouble(0xFFFFFFFFFFFFFFFFL), Double.NaN),
                Arguments.of(Double.longBitsToDouble(0xFFF9000000000001L), Double.NaN),
                Arguments.of(Double.longBitsToDouble(0x7FFFFFFFFFFFFFFFL), Double.NaN),
                Arguments.of(Float.POSITIVE_INFINITY, Double.POSITIVE_INFINITY),
                Arguments.of(Double.MAX_VALUE, Double.MAX_VALUE));
    }

    @ParameterizedTest
    @MethodSource("numbersOfJava")
    void aNumberOfJavaIsANumber(Number given, Number back) {
        assertEquals("number", lua.eval("type((...))", given));
        assertEquals(back, roundTrip(given));
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                (1L << 53) + 1,
                -(1L << 53) - 1,
                (1L << 53) + 2,
                1L << 60,
                Long.MAX_VALUE,
                Long.MIN_VALUE,
                Long.MAX_VALUE - 1,
                0x123456789ABCDEFL * 16
            })
    void aLongThatNoNumberHoldsIsAnInt64(long value) {
        assertEquals("cdata", lua.eval("type((...))", value));
        assertEquals("int64_t", lua.eval("tostring(require('ffi').typeof((...))):match('%w+_t')", value));
        assertEquals(value + "LL", lua.eval("tostring((...))", value));
        assertEquals(value, roundTrip(value));
        assertEquals(value - 1 + "LL", lua.eval("tostring((...) - 1)", value));
        Object less = lua.eval("(...) - 1", value);
        assertEquals(value - 1, less);
    }

    @Test
    void int64OfLua() {
        assertEquals(5L, lua.eval("5LL"));
        assertEquals(-1L, lua.eval("-1LL"));
        assertEquals(Long.MIN_VALUE, lua.eval("-0x8000000000000000LL"));
        assertEquals(Long.MAX_VALUE, lua.eval("0x7fffffffffffffffLL"));
        assertEquals(5L, lua.eval("5ULL"));
        assertEquals(Long.MAX_VALUE, lua.eval("0x7fffffffffffffffULL"));
        assertEquals(BigInteger.ONE.shiftLeft(63), lua.eval("0x8000000000000000ULL"));
        assertEquals(BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE), lua.eval("-1ULL"));
        assertEquals(
                List.of(1L, BigInteger.ONE.shiftLeft(63), "x"), lua.execute("return 1LL, 0x8000000000000000ULL, 'x'"));
    }

    @Test
    void otherCdataGoesBackUnchanged() {
        for (String cdata : new String[] {
            "require('ffi').new('int[4]')",
            "require('ffi').new('struct { int x; }')",
            "1i",
            "require('ffi').typeof('int')",
            "require('ffi').new('int32_t', 5)",
            "require('ffi').cast('void *', 0)"
        }) {
            LuaValue value = assertInstanceOf(LuaValue.class, lua.eval(cdata), cdata);
            assertEquals(LuaType.CDATA, LuaRuntime.typeOf(value));
            assertEquals("cdata", lua.eval("type((...))", value));
            assertEquals(value, roundTrip(value));
        }
    }

    @Test
    void bigNumbersStayObjects() {
        for (Number big : new Number[] {BigInteger.TWO, new BigDecimal("1.10"), BigInteger.TWO.pow(100)}) {
            assertSame(big, roundTrip(big));
            assertEquals("userdata", lua.eval("type((...))", big));
            assertEquals(big.toString(), lua.eval("tostring((...))", big));
        }
        assertEquals(BigInteger.TWO.pow(101), lua.eval("(...) + (...)", BigInteger.TWO.pow(100)));
        assertEquals(BigInteger.TWO.pow(200), lua.eval("(...) * (...)", BigInteger.TWO.pow(100)));
        assertEquals(BigInteger.valueOf(3), lua.eval("(...) + 1", BigInteger.TWO));
        assertEquals(BigInteger.valueOf(-2), lua.eval("-(...)", BigInteger.TWO));
        assertEquals(new BigDecimal("2.20"), lua.eval("(...) + (...)", new BigDecimal("1.10")));
        assertEquals(true, lua.eval("(...) < (...) + 1", BigInteger.TWO));
    }

    // -- Nil, booleans, characters ---------------------------------------------------------------------------------

    @Test
    void nilAndBooleans() {
        assertNull(roundTrip(null));
        assertEquals(true, roundTrip(true));
        assertEquals(false, roundTrip(false));
        assertEquals("nil", lua.eval("type((...))", (Object) null));
        assertEquals(List.of("boolean", true, false), lua.eval("type((...)), (...) == true, (...) == false", true));
        assertEquals(Arrays.asList(null, null, null), identity.call(null, null, null));
        assertEquals(3, lua.eval("select('#', ...)", null, null, null));
    }

    @Test
    void aCharacterIsAStringOfOne() {
        assertEquals("x", roundTrip('x'));
        assertEquals("ß", roundTrip('ß'));
        assertEquals("€", roundTrip('€'));
        assertEquals("\0", roundTrip('\0'));
        assertEquals(List.of("string", 2), lua.eval("type((...)), #(...)", 'ß'));
    }

    // -- Results -------------------------------------------------------------------------------------------------

    @Test
    void noneOneOrSeveralResults() {
        assertNull(lua.execute("return"));
        assertNull(lua.execute("return nil"));
        assertEquals(1, lua.execute("return 1"));
        List<?> several = (List<?>) lua.execute("return 1, nil, 'x', nil");
        assertEquals(Arrays.asList(1, null, "x", null), several);
        assertThrows(UnsupportedOperationException.class, () -> several.remove(0));
        assertThrows(UnsupportedOperationException.class, () -> Collections.swap(several, 0, 1));
        assertEquals(Arrays.asList(null, null), lua.execute("return nil, nil"));
        List<?> many = (List<?>) lua.execute("return unpack({ ... }, 1, 5000)", 1, 2, 3);
        assertNotNull(many);
        assertEquals(5000, many.size());
        assertEquals(3, many.get(2));
        assertNull(many.get(4999));
    }

    @Test
    void manyArguments() {
        Object[] given = new Object[5000];
        for (int i = 0; i < given.length; i++) {
            given[i] = i % 3 == 0 ? (Object) i : i % 3 == 1 ? "text " + i : new int[] {i};
        }
        assertEquals(Arrays.asList(given), identity.call(given));
        Object[] tooMany = new Object[70_000];
        RuntimeException e = assertThrows(RuntimeException.class, () -> identity.call(tooMany));
        assertNotNull(e.getMessage());
        assertEquals(7, identity.call(7));
    }

    // -- Objects -------------------------------------------------------------------------------------------------

    enum Colour {
        RED
    }

    static Stream<Arguments> objects() {
        return Stream.<Object>of(
                        new Object(),
                        new ArrayList<>(List.of(1)),
                        List.of(1, 2),
                        Map.of("k", 1),
                        new byte[] {1, 2},
                        new int[0],
                        new String[] {"x"},
                        new Object[0][0],
                        String.class,
                        int.class,
                        Colour.RED,
                        new StringBuilder("not a string"),
                        java.nio.CharBuffer.wrap("not a string either"),
                        (Callable<Object>) () -> 1,
                        new IllegalStateException("not thrown"),
                        Thread.currentThread(),
                        java.util.Optional.empty(),
                        new java.util.concurrent.atomic.AtomicInteger(3))
                .map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("objects")
    void anObjectComesBackAsItself(Object object) {
        assertSame(object, roundTrip(object));
        assertEquals("userdata", lua.eval("type((...))", object));
        assertEquals(true, lua.eval("rawequal(...)", object, object));
        assertNull(LuaRuntime.typeOf(object));
    }

    @ParameterizedTest
    @MethodSource("objects")
    void anObjectIsATableKey(Object object) {
        LuaTable table = lua.table();
        table.put(object, "found");
        assertEquals("found", table.get(object));
        assertEquals("found", lua.eval("(...)[select(2, ...)]", table, object));
        lua.execute("local t, k = ... t[k] = 'changed'", table, object);
        assertEquals("changed", table.get(object));
        assertEquals(1, table.size());
        assertSame(object, table.keySet().iterator().next());
        assertNull(table.get(new Object()));
    }

    @Test
    void equalObjectsAreEqualButNotTheSame() {
        List<Object> a = new ArrayList<>(List.of(1));
        List<Object> b = new ArrayList<>(List.of(1));
        assertEquals(List.of(true, false), lua.execute("local a, b = ... return a == b, rawequal(a, b)", a, b));
        LuaTable table = lua.table();
        table.put(a, "a");
        table.put(b, "b");
        assertEquals("a", table.get(a));
        assertSame(a, ((List<?>) identity.call(a, b)).get(0));
    }

    @Test
    void objectsThatLuaDropsAndMeetsAgain() {
        Object object = new Object();
        for (int i = 0; i < 100; i++) {
            assertSame(object, identity.call(object));
            identity.call(new Object(), new Object());
            if (i % 10 == 0) {
                lua.gc();
            }
        }
    }

    // -- Handles -------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "print",
                "function() end",
                "coroutine.create(print)",
                "newproxy()",
                "newproxy(true)",
                "io.stdout",
                "string",
                "_G",
                "select(2, pcall(error, {}))"
            })
    void aLuaObjectIsEqualToItself(String expression) {
        LuaValue value = assertInstanceOf(LuaValue.class, lua.eval(expression));
        Object back = roundTrip(value);
        assertEquals(value, back);
        assertEquals(value.hashCode(), back.hashCode());
        assertEquals(true, lua.eval("rawequal(...)", value, back));
        assertEquals(lua.eval("type((...))", value), value.type().name().toLowerCase(java.util.Locale.ROOT));
        assertEquals(lua.eval("tostring((...))", value), value.toString());
        LuaTable table = lua.table();
        table.put(value, value);
        assertEquals(value, table.get(value));
        assertEquals(1, table.size());
        assertNotEquals(value, lua.eval("{}"));
        Map<Object, Object> map = new HashMap<>();
        map.put(value, 1);
        assertEquals(1, map.get(back));
    }

    @Test
    void aHandleOfAnotherRuntimeIsAClearError() {
        try (LuaRuntime other = LuaRuntime.create()) {
            for (String expression : new String[] {"{}", "print", "coroutine.create(print)", "newproxy()"}) {
                Object foreign = other.eval(expression);
                LuaTable table = lua.table();
                for (org.junit.jupiter.api.function.Executable use : List.<org.junit.jupiter.api.function.Executable>of(
                        () -> identity.call(foreign),
                        () -> identity.call(1, 2, 3, 4, foreign),
                        () -> table.put("x", foreign),
                        () -> table.put(foreign, 1),
                        () -> table.get(foreign),
                        () -> lua.table(foreign),
                        () -> lua.globals().put("x", foreign),
                        () -> lua.function(arguments -> foreign).call())) {
                    RuntimeException e = assertThrows(RuntimeException.class, use);
                    assertTrue(String.valueOf(e.getMessage()).contains("another runtime"), () -> "message of " + e);
                }
                assertEquals(0, table.size());
                assertEquals(1, identity.call(1));
            }
        }
    }
}
