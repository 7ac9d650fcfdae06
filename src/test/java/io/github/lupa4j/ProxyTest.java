package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.spec.Interfaces;
import io.github.lupa4j.testing.Garbage;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lua functions and tables as Java interfaces, seen from Java. */
class ProxyTest {
    private final LuaRuntime lua = LuaRuntime.create();

    @AfterEach
    void close() {
        lua.close();
    }

    private LuaFunction function(String expression) {
        return assertInstanceOf(LuaFunction.class, lua.eval(expression));
    }

    private LuaTable table(String expression) {
        return assertInstanceOf(LuaTable.class, lua.eval(expression));
    }

    // -- Calls ---------------------------------------------------------------------------------------------------

    @Test
    void functions() {
        IntBinaryOperator add = function("function(a, b) return a + b end").as(IntBinaryOperator.class);
        assertEquals(5, add.applyAsInt(2, 3));
        @SuppressWarnings("unchecked")
        Function<Object, Object> twice =
                function("function(x) return x .. x end").as(Function.class);
        assertEquals("abab", twice.apply("ab"));
        assertEquals("abababab", twice.andThen(twice).apply("ab"), "default methods are there");
        Interfaces.Greeter greeter =
                lua.convert(function("function(n) return 'hi ' .. n end"), Interfaces.Greeter.class);
        assertEquals("hi youhi you", greeter.twice("you"));
    }

    @Test
    void tables() {
        Interfaces.Shape shape = table("{ side = 2, area = function(self) return self.side ^ 2 end,"
                        + " name = function() return 'square' end }")
                .as(Interfaces.Shape.class);
        assertEquals(4.0, shape.area());
        assertEquals("square of 4.0", shape.describe());
    }

    @Test
    void whatCannotBe() {
        LuaFunction function = function("function() end");
        assertThrows(IllegalArgumentException.class, () -> function.as(Interfaces.Shape.class));
        assertThrows(IllegalArgumentException.class, () -> function.as(String.class));
        assertThrows(IllegalArgumentException.class, () -> function.as(Override.class));
        assertThrows(ClassCastException.class, () -> lua.table().as(Override.class));
        assertThrows(ClassCastException.class, () -> lua.convert(function, String.class));
    }

    @Test
    void results() {
        assertThrows(ClassCastException.class, () -> function("function() return 1.5 end")
                .as(IntBinaryOperator.class)
                .applyAsInt(1, 2));
        assertThrows(
                ClassCastException.class,
                () -> function("function() end").as(IntBinaryOperator.class).applyAsInt(1, 2));
        assertNull(function("function() end").as(Supplier.class).get());
        assertEquals(
                List.of(1, 2),
                function("function() return 1, 2 end").as(Supplier.class).get());
        Interfaces.Sizes sizes = function("function(s) return #s end").as(Interfaces.Sizes.class);
        assertEquals(4L, sizes.apply("four"));
    }

    // -- Errors --------------------------------------------------------------------------------------------------

    @Test
    void errors() {
        Interfaces.Reading reading = function("function(e) error(e, 0) end").as(Interfaces.Reading.class);
        LuaException e = assertThrows(LuaException.class, () -> reading.read("text"));
        assertEquals("text", e.value());
        lua.globals().put("thrown", new IOException("disk"));
        Interfaces.Reading declared = function("function() error(thrown) end").as(Interfaces.Reading.class);
        assertSame(lua.globals().get("thrown"), assertThrows(IOException.class, () -> declared.read("")));
        Supplier<?> undeclared = function("function() error(thrown) end").as(Supplier.class);
        assertSame(
                lua.globals().get("thrown"),
                assertThrows(LuaException.class, undeclared::get).getCause());
        lua.globals().put("thrown", new IllegalStateException("state"));
        assertSame(lua.globals().get("thrown"), assertThrows(IllegalStateException.class, undeclared::get));
        lua.globals().put("thrown", new AssertionError("error"));
        assertSame(lua.globals().get("thrown"), assertThrows(AssertionError.class, undeclared::get));
    }

    @Test
    void missingFunctions() {
        Interfaces.Shape shape = lua.table().as(Interfaces.Shape.class);
        UnsupportedOperationException e = assertThrows(UnsupportedOperationException.class, shape::area);
        assertTrue(e.getMessage().contains("'area'"), e.getMessage());
        assertThrows(UnsupportedOperationException.class, shape::describe);
    }

    // -- Identity ------------------------------------------------------------------------------------------------

    @Test
    void identity() {
        LuaFunction function = function("function() end");
        Runnable one = function.as(Runnable.class);
        Runnable other = function.as(Runnable.class);
        assertEquals(one, other);
        assertEquals(one.hashCode(), other.hashCode());
        assertNotEquals(one, function("function() end").as(Runnable.class));
        assertNotEquals((Object) one, function.as(Callable.class));
        assertNotEquals(one, null);
        assertEquals("java.lang.Runnable by " + function, one.toString());
        List<Runnable> listeners = new ArrayList<>(List.of(one));
        assertTrue(listeners.remove(other));
    }

    // -- Threads and life ----------------------------------------------------------------------------------------

    @Test
    void anyThread() throws Exception {
        @SuppressWarnings("unchecked")
        BiFunction<Object, Object, Object> add =
                function("function(a, b) return a + b end").as(BiFunction.class);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Object>> sums = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int n = i;
                sums.add(threads.submit(() -> add.apply(n, 1)));
            }
            for (int i = 0; i < 200; i++) {
                assertEquals(i + 1, sums.get(i).get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void afterClose() {
        Runnable ofFunction = function("function() end").as(Runnable.class);
        @SuppressWarnings("unchecked")
        Comparator<Object> ofTable =
                table("{ compare = function() return 0 end }").as(Comparator.class);
        int hash = ofTable.hashCode();
        lua.close();
        assertThrows(LuaClosedException.class, ofFunction::run);
        assertThrows(LuaClosedException.class, () -> ofTable.compare(1, 2));
        assertEquals(hash, ofTable.hashCode());
        assertEquals(ofTable, ofTable);
        assertFalse(ofFunction.toString().isEmpty());
        assertFalse(ofTable.toString().isEmpty());
    }

    @Test
    void proxiesKeepTheirFunction() throws InterruptedException {
        Supplier<?> supplier = function("(function() local t = { 42 } return function() return t[1] end end)()")
                .as(Supplier.class);
        for (int i = 0; i < 5; i++) {
            System.gc();
            lua.gc();
        }
        assertEquals(42, supplier.get());
    }

    @Test
    void droppedProxiesLeaveNothing() throws InterruptedException {
        lua.execute("function f() return function() end end");
        makeAndDrop(); // The table of references grows to its size.
        long full = collected();
        assertTrue(Garbage.collectUntil(() -> collected() < full - 50_000));
        long before = collected();
        makeAndDrop();
        assertTrue(Garbage.collectUntil(() -> collected() < before + 10_000));
    }

    private void makeAndDrop() {
        for (int i = 0; i < 2000; i++) {
            function("f()").as(Runnable.class).run();
        }
    }

    private long collected() {
        lua.gc();
        return lua.memoryUsed();
    }

    /** What is known of an interface must not keep its class loader alive, while the runtime lives on. */
    @Test
    void classLoadersAreFreed() throws Exception {
        URL classes = Interfaces.class.getProtectionDomain().getCodeSource().getLocation();
        URLClassLoader loader = new URLClassLoader(new URL[] {classes}, Runnable.class.getClassLoader());
        Class<?> greeter = loader.loadClass(Interfaces.Greeter.class.getName());
        Object proxy = function("function(n) return n end").as(greeter);
        assertEquals("x", greeter.getMethod("greet", String.class).invoke(proxy, "x"));
        WeakReference<ClassLoader> reference = new WeakReference<>(loader);
        loader.close();
        loader = null;
        greeter = null;
        proxy = null;
        assertTrue(Garbage.collectUntil(() -> reference.get() == null));
    }
}
