package io.github.lupa4j.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.HostAccess;
import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaTable;
import io.github.lupa4j.spec.Interfaces;
import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The classes that implement interfaces for Lua. */
@SuppressWarnings({"unchecked", "EqualsIncompatibleType"})
class ProxyClassTest {
    private final LuaRuntime lua = LuaRuntime.create();

    @AfterEach
    void close() {
        lua.close();
    }

    private <T> T function(Class<T> type, String code) {
        return assertInstanceOf(LuaFunction.class, lua.eval(code)).as(type);
    }

    private <T> T table(Class<T> type, String code) {
        return lua.convert(lua.eval(code), type);
    }

    // -- Parameters and results ------------------------------------------------------------------------------------

    /** Each primitive type as parameter and result, beside one that takes two places. */
    interface Same {
        boolean aBoolean(double before, boolean value);

        byte aByte(double before, byte value);

        short aShort(double before, short value);

        char aChar(double before, char value);

        int anInt(double before, int value);

        long aLong(double before, long value);

        float aFloat(double before, float value);

        double aDouble(double before, double value);

        String aString(double before, String value);

        int[][] anArray(double before, int[][] value);
    }

    @Test
    void everyType() {
        String methods = Arrays.stream(Same.class.getMethods())
                .map(method ->
                        method.getName() + " = function(self, before, value) assert(before == 0.5) return value end")
                .collect(Collectors.joining(", "));
        Same same = table(Same.class, "{" + methods + "}");
        for (boolean value : new boolean[] {true, false}) {
            assertEquals(value, same.aBoolean(0.5, value));
        }
        for (byte value : new byte[] {0, 1, -1, Byte.MIN_VALUE, Byte.MAX_VALUE}) {
            assertEquals(value, same.aByte(0.5, value));
        }
        for (short value : new short[] {0, 1, -1, Short.MIN_VALUE, Short.MAX_VALUE}) {
            assertEquals(value, same.aShort(0.5, value));
        }
        for (char value : new char[] {'a', 'ä', '€', 0}) {
            assertEquals(value, same.aChar(0.5, value));
        }
        for (int value : new int[] {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertEquals(value, same.anInt(0.5, value));
        }
        for (long value : new long[] {0, -1, 1L << 53, (1L << 53) + 1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertEquals(value, same.aLong(0.5, value));
        }
        for (float value : new float[] {0, -0.0f, 1.5f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NaN, 1 / 0f}) {
            assertEquals(value, same.aFloat(0.5, value));
        }
        for (double value : new double[] {0, -0.0, 1.5, Double.MIN_VALUE, Double.MAX_VALUE, Double.NaN, -1 / 0.0}) {
            assertEquals(value, same.aDouble(0.5, value));
        }
        assertEquals("text", same.aString(0.5, "text"));
        assertNull(same.aString(0.5, null));
        int[][] array = {{1}, {2, 3}};
        assertSame(array, same.anArray(0.5, array));
    }

    /** As many as go without objects, and more. */
    interface Sums {
        int none();

        int one(int a);

        int two(int a, int b);

        int three(int a, int b, int c);

        int four(int a, int b, int c, int d);

        int five(int a, long b, float c, double d, Integer e);
    }

    @Test
    void everyNumberOfArguments() {
        Sums sums = table(
                Sums.class,
                "setmetatable({}, {__index = function() return function(self, ...)"
                        + " local sum = 0 for i = 1, select('#', ...) do sum = sum * 10 + select(i, ...) end return sum end end})");
        assertEquals(0, sums.none());
        assertEquals(1, sums.one(1));
        assertEquals(12, sums.two(1, 2));
        assertEquals(123, sums.three(1, 2, 3));
        assertEquals(1234, sums.four(1, 2, 3, 4));
        assertEquals(12345, sums.five(1, 2, 3, 4, 5));
    }

    /** The number of places a method can have. */
    @Test
    void manyParameters() throws Exception {
        Class<?> type = ManyParameters.class;
        Method method = type.getMethods()[0];
        Object[] arguments = IntStream.range(0, method.getParameterCount())
                .mapToObj(i -> (Object) (double) i)
                .toArray();
        Object proxy = function(type, "function(...) local a = {...} return #a * 1000 + a[#a] end");
        assertEquals(127126.0, method.invoke(proxy, arguments));
    }

    interface Kinds {
        int anInt();

        boolean aBoolean();

        void nothing();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "2^40", "'x'", "nil", "{}", "true"})
    void whatIsNoInt(String value) {
        Kinds kinds = table(Kinds.class, "{ anInt = function() return " + value + " end }");
        ClassCastException e = assertThrows(ClassCastException.class, kinds::anInt);
        assertTrue(e.getMessage().contains("Kinds.anInt"), e.getMessage());
    }

    @Test
    void whatIsConverted() {
        Kinds kinds = table(
                Kinds.class,
                "{ anInt = function() return 3, 4 end, aBoolean = function() return false, true end,"
                        + " nothing = function() return 1, {}, 'x' end }");
        assertEquals(3, kinds.anInt(), "the first of several");
        assertFalse(kinds.aBoolean());
        kinds.nothing();
        Kinds fails = table(Kinds.class, "{ nothing = function() error('no') end }");
        assertThrows(RuntimeException.class, fails::nothing);
    }

    // -- Default methods -------------------------------------------------------------------------------------------

    interface Base {
        default String name() {
            return "base";
        }

        default double twice(double value, String... more) {
            return 2 * value + more.length;
        }
    }

    interface Derived extends Base {
        @Override
        default String name() {
            return "derived of " + Base.super.name();
        }

        int value();
    }

    interface Other {
        default String name() {
            return "other";
        }
    }

    @Test
    void defaultMethods() {
        Derived ofFunction = function(Derived.class, "function() return 1 end");
        assertEquals("derived of base", ofFunction.name());
        assertEquals(5.0, ofFunction.twice(2, "more"));
        assertEquals(1, ofFunction.value());
        Derived ofTable =
                table(Derived.class, "{ value = function() return 2 end, name = function() return 'own' end }");
        assertEquals("own", ofTable.name());
        assertEquals(4.0, ofTable.twice(2));
    }

    @Test
    void defaultMethodsOfTwo() {
        lua.globals().put("Derived", Derived.class);
        lua.globals().put("Other", Other.class);
        Object both = lua.eval("java.proxy(Derived, Other, {})");
        assertEquals("derived of base", ((Derived) both).name());
        assertEquals("derived of base", ((Other) both).name());
    }

    interface Wide {
        Object get();
    }

    interface Narrow extends Wide {
        @Override
        String get();
    }

    @Test
    void covariantResults() {
        Narrow narrow = function(Narrow.class, "function() return 'x' end");
        assertEquals("x", narrow.get());
        assertEquals("x", ((Wide) narrow).get());
    }

    // -- Identity --------------------------------------------------------------------------------------------------

    @Test
    void equality() {
        LuaTable table = (LuaTable) lua.eval("{ run = function() end, call = function() end }");
        Runnable run = lua.convert(table, Runnable.class);
        assertEquals(run, lua.convert(table, Runnable.class));
        assertNotEquals(run, lua.convert(lua.eval("{}"), Runnable.class));
        assertNotEquals((Object) run, lua.convert(table, Callable.class));
        lua.globals().put("t", table);
        assertNotEquals(run, lua.eval("luajava.createProxy('java.lang.Runnable', t)"), "it gets no self");
        String both = "java.proxy('java.lang.Runnable', 'java.util.concurrent.Callable', t)";
        Object one = lua.eval(both);
        assertSame(one.getClass(), lua.eval(both).getClass());
        assertEquals(one, lua.eval(both));
        assertNotEquals(one, run);
    }

    @Test
    void isOfOneClassForAllThreads() throws Exception {
        int threads = 8;
        Class<?> type = loadAnew(Interfaces.Greeter.class);
        LuaFunction function = (LuaFunction) lua.eval("function() end");
        Set<Class<?>> classes = ConcurrentHashMap.newKeySet();
        CyclicBarrier barrier = new CyclicBarrier(threads);
        List<Object> kept = new ArrayList<>();
        List<Thread> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(() -> {
                try {
                    barrier.await();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
                Object proxy = function.as(type);
                classes.add(proxy.getClass());
                synchronized (kept) {
                    kept.add(proxy);
                }
            });
            running.add(thread);
            thread.start();
        }
        for (Thread thread : running) {
            thread.join();
        }
        assertEquals(threads, kept.size());
        assertEquals(1, classes.size());
    }

    // -- Class loaders ---------------------------------------------------------------------------------------------

    private static Class<?> loadAnew(Class<?> type) throws Exception {
        URL classes = type.getProtectionDomain().getCodeSource().getLocation();
        URLClassLoader loader = new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader());
        return loader.loadClass(type.getName());
    }

    @Test
    void publicInterfacesOfOtherLoadersHaveAClass() throws Exception {
        Class<?> type = loadAnew(Interfaces.Greeter.class);
        assertNotEquals(Interfaces.Greeter.class, type);
        Object proxy = function(type, "function(name) return 'hi ' .. name end");
        assertFalse(Proxy.isProxyClass(proxy.getClass()));
        assertEquals("hi you", type.getMethod("greet", String.class).invoke(proxy, "you"));
        assertEquals("hi youhi you", type.getMethod("twice", String.class).invoke(proxy, "you"));
    }

    /** What only the JDK can implement. */
    @Test
    void hiddenInterfacesOfOtherLoaders() throws Exception {
        Class<?> type = loadAnew(Derived.class);
        LuaTable table = (LuaTable) lua.eval("{ value = function() return 7 end }");
        Object proxy = lua.convert(table, type);
        assertTrue(Proxy.isProxyClass(proxy.getClass()));
        Method value = type.getMethod("value");
        value.setAccessible(true);
        assertEquals(7, value.invoke(proxy));
        Method name = type.getMethod("name");
        name.setAccessible(true);
        assertEquals("derived of base", name.invoke(proxy));
        assertEquals(proxy, lua.convert(table, type));
        assertEquals(proxy.hashCode(), lua.convert(table, type).hashCode());
        assertNotEquals(proxy, lua.convert(lua.eval("{}"), type));
        assertTrue(proxy.toString().contains("Derived by table"), proxy.toString());
        table.put("value", null);
        Throwable e = assertThrows(Exception.class, () -> value.invoke(proxy)).getCause();
        assertInstanceOf(UnsupportedOperationException.class, e);
    }

    /** A method may return what nobody else may use. */
    @Test
    void hiddenResults() throws Exception {
        Class<?> type = loadAnew(HiddenResults.class);
        Object proxy = function(type, "function() end");
        Method get = type.getMethod("get");
        get.setAccessible(true);
        assertNull(get.invoke(proxy));
        HiddenResults here = function(HiddenResults.class, "function() end");
        assertNull(here.get());
    }

    static final class Hidden {
        Hidden() {}
    }

    public interface HiddenResults {
        Hidden get();
    }

    @Test
    void sealedOnesAreRefused() {
        LuaFunction function = (LuaFunction) lua.eval("function() end");
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> function.as(Closed.class));
        assertTrue(e.getMessage().contains("Closed"), e.getMessage());
    }

    sealed interface Closed permits Only {
        void run();
    }

    static final class Only implements Closed {
        @Override
        public void run() {}
    }

    // -- What cannot be, and what is not seen ----------------------------------------------------------------------

    interface Twice {
        void call(int a);

        void call(int a, int b);
    }

    @Test
    void aFunctionStandsForOneMethod() {
        LuaFunction function = (LuaFunction) lua.eval("function() end");
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> function.as(Serializable.class));
        assertTrue(e.getMessage().contains("no method"), e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> function.as(Other.class));
        assertThrows(IllegalArgumentException.class, () -> function.as(Twice.class));
        Object marked = lua.eval("java.proxy('java.lang.Runnable', 'java.io.Serializable', function() end)");
        assertInstanceOf(Runnable.class, marked);
    }

    @Test
    void noneIsSerialized() {
        Serializable proxy = table(Serializable.class, "{}");
        assertThrows(NotSerializableException.class, () -> new ObjectOutputStream(new ByteArrayOutputStream())
                .writeObject(proxy));
    }

    /** Rules for members name what a program knows, and not the class of the object. */
    @Test
    void membersAreThoseOfTheInterface() {
        try (LuaRuntime ruled = LuaRuntime.builder()
                .hostAccess(HostAccess.builder()
                        .allowMembers(member -> member.getDeclaringClass() == Runnable.class)
                        .build())
                .build()) {
            ruled.globals().put("f", ((LuaFunction) ruled.eval("function() called = true end")).as(Runnable.class));
            ruled.execute("f:run()");
            assertEquals(true, ruled.globals().get("called"));
        }
    }

    @Test
    void errorsNameTheInterface() {
        lua.globals().put("f", function(Runnable.class, "function() end"));
        RuntimeException e = assertThrows(RuntimeException.class, () -> lua.eval("f.runs"));
        assertTrue(String.valueOf(e.getMessage()).contains("java.lang.Runnable has no public member"), e.getMessage());
    }

    @Test
    void scriptsMakeNone() {
        lua.globals().put("f", function(Runnable.class, "function() end"));
        assertThrows(RuntimeException.class, () -> lua.eval("java.class(f)(nil)"));
    }
}
