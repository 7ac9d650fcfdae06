package io.github.lupa4j.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Which members there are, and what their names mean. */
class MembersTest {
    @SuppressWarnings("unused")
    public static class Base {
        public int number = 1;
        public final int fixed = 2;
        public static String shared = "shared";
        public String both = "field";
        private String title = "title";

        public String both() {
            return "method";
        }

        public String getTitle() {
            return title;
        }

        public void setTitle(String title) {
            this.title = title;
        }

        public boolean isReady() {
            return true;
        }

        public String getNumber() {
            return "property";
        }

        public void setSecret(String secret) {
            title = secret;
        }

        public String getURL() {
            return "url";
        }

        public static int twice(int n) {
            return 2 * n;
        }

        public String getBroken() {
            throw new IllegalStateException("broken getter");
        }

        public enum Color {
            RED,
            GREEN
        }

        public static class Nested {
            public final int value;

            public Nested(int value) {
                this.value = value;
            }
        }
    }

    interface Greeter {
        default String greet(String name) {
            return "hello " + name;
        }
    }

    private static final class Hidden extends Base implements Greeter, Comparable<Hidden> {
        @SuppressWarnings("unused")
        public String own() {
            return "own";
        }

        @Override
        public int compareTo(Hidden other) {
            return 0;
        }
    }

    @Test
    void methodBeatsFieldBeatsProperty() {
        try (LuaWith lua = LuaWith.objects("o", new Base())) {
            assertEquals("method", lua.eval("o:both()"));
            assertEquals(1, lua.eval("o.number"));
            assertEquals("title", lua.eval("o.title"));
            assertEquals("title", lua.eval("o.Title"));
            assertEquals(true, lua.eval("o.ready"));
            assertEquals("url", lua.eval("o.URL"));
        }
    }

    @Test
    void fieldsAndPropertiesAreSet() {
        Base base = new Base();
        try (LuaWith lua = LuaWith.objects("o", base)) {
            lua.run("o.number = 7; o.title = 'x'; o.both = 'set'");
            assertEquals(7, base.number);
            assertEquals("x", base.getTitle());
            assertEquals("set", base.both);
            lua.run("o.secret = 's'");
            assertEquals("s", base.getTitle());
        }
    }

    @Test
    void whatCannotBeSetSaysWhy() {
        try (LuaWith lua = LuaWith.objects("o", new Base())) {
            assertTrue(lua.error("o.fixed = 1").contains("fixed is final"));
            assertTrue(lua.error("o.ready = false").contains("can only be read"));
            assertTrue(lua.error("o.getTitle = 1").contains("is a method"));
            assertTrue(lua.error("o.number = 'x'").contains("int cannot be set to string \"x\""));
            assertTrue(lua.error("o.number = 1.5").contains("number 1.5"));
            assertTrue(lua.error("o.number = nil").contains("nil"));
            assertTrue(lua.error("o.titel = 'x'").contains("'title'"));
        }
    }

    @Test
    void unknownMembersNameTheNearest() {
        try (LuaWith lua = LuaWith.objects("o", new Base(), "C", Base.class)) {
            String message = lua.error("local a\nreturn o.titel");
            assertTrue(message.contains("has no public member 'titel'"), message);
            assertTrue(message.contains("'title'"), message);
            assertTrue(message.contains(":2:"), message);
            assertTrue(lua.error("return o:gettitle()").contains("'getTitle'"));
            assertTrue(lua.error("return C.twise").contains("'twice'"));
        }
    }

    @Test
    void aThrowingGetterThrows() {
        try (LuaWith lua = LuaWith.objects("o", new Base())) {
            assertEquals("broken getter", lua.eval("select(2, pcall(function() return o.broken end)):getMessage()"));
        }
    }

    @Test
    void classesHaveStaticsNestedClassesAndConstructors() {
        try (LuaWith lua = LuaWith.objects("C", Base.class)) {
            assertEquals("shared", lua.eval("C.shared"));
            assertEquals(6, lua.eval("C.twice(3)"));
            assertEquals(6, lua.eval("C:twice(3)"));
            assertEquals(5, lua.eval("C.Nested(5).value"));
            assertEquals(5, lua.eval("C.Nested.new(5).value"));
            assertEquals(5, lua.eval("C.Nested:new(5).value"));
            assertSame(Base.Color.RED, lua.eval("C.Color.RED"));
            assertSame(Base.Color.GREEN, lua.eval("C.Color.valueOf('GREEN')"));
            assertSame(Base.class, lua.eval("C.class"));
            assertEquals(Base.class.getName(), lua.eval("C:getName()"));
            assertTrue(lua.error("C.Color()").contains("no public constructor"));
            assertTrue(lua.error("C.number = 1").contains("number"));
            lua.run("C.shared = 'changed'");
            assertEquals("changed", Base.shared);
            lua.run("C.shared = 'shared'");
        }
    }

    @Test
    void classesThatAreNotPublicAreUsedByWhatIs() {
        Map<String, Integer> map = Collections.unmodifiableMap(new HashMap<>(Map.of("a", 1)));
        try (LuaWith lua = LuaWith.objects(
                "list",
                Collections.unmodifiableList(Arrays.asList(1, 2)),
                "immutable",
                List.of(1, 2),
                "map",
                map,
                "hidden",
                new Hidden(),
                "text",
                new StringBuilder("abc"))) {
            assertEquals(2, lua.eval("list:get(1)"));
            assertEquals(2, lua.eval("immutable:size()"));
            assertEquals(1, lua.eval("map:entrySet():iterator():next():getValue()"));
            assertEquals("title", lua.eval("hidden.title"));
            assertEquals("hello x", lua.eval("hidden:greet('x')"));
            assertEquals("own", lua.eval("hidden:own()"));
            assertEquals(0, lua.eval("hidden:compareTo(hidden)"));
            // Declared by a class that is not public; the public one has a bridge to it.
            assertEquals(3, lua.eval("text:length()"));
            assertEquals("cba", lua.eval("text:reverse():toString()"));
        }
    }

    @Test
    void boundMethodsKnowTheirObject() {
        List<Object> list = new ArrayList<>();
        try (LuaWith lua = LuaWith.objects("list", list)) {
            lua.run("local add = list.add; add(1); list:add(2); list.add(3); list.add(list, 4)");
            assertEquals(List.of(1, 2, 3, 4), list);
            lua.run("list:clear(); list.add(list)");
            assertSame(list, list.get(0));
            lua.run("list:clear(); list:add(list)");
            assertSame(list, list.get(0));
            assertEquals("function", lua.eval("type(list.add)"));
            list.clear();
        }
    }

    @Test
    void functionalObjectsAreCalledAndIndexed() {
        Function<Object, Object> function = x -> "f" + x;
        Supplier<String> supplier = () -> "s";
        IntUnaryOperator twice = n -> 2 * n;
        try (LuaWith lua = LuaWith.objects("f", function, "s", supplier, "twice", twice, "list", new ArrayList<>())) {
            assertEquals("fx", lua.eval("f('x')"));
            assertEquals("s", lua.eval("s()"));
            assertEquals(42, lua.eval("twice(21)"));
            assertEquals("fx", lua.eval("f:apply('x')"));
            assertEquals(43, lua.eval("twice:andThen(function(n) return n + 1 end)(21)"));
            assertTrue(lua.error("twice(1.5)").contains("number 1.5"));
            assertTrue(lua.error("return list()").contains("cannot be called"));
        }
    }

    @Test
    void voidMethodsGiveNil() {
        try (LuaWith lua = LuaWith.objects("list", new ArrayList<>(List.of(1)))) {
            assertNull(lua.eval("list:clear()"));
        }
    }

    @Test
    void throwablesCrossAsThemselves() {
        class Odd extends Throwable {
            private static final long serialVersionUID = 1;
        }
        interface Thrower {
            void run() throws Throwable;
        }
        Odd odd = new Odd();
        Thrower thrower = () -> {
            throw odd;
        };
        try (LuaWith lua = LuaWith.objects("t", thrower)) {
            assertSame(odd, lua.eval("select(2, pcall(t))"));
            assertSame(odd, lua.eval("select(2, pcall(t.run))"));
        }
    }

    @Test
    void classesAreUnloaded() throws Exception {
        WeakReference<ClassLoader> loader;
        AtomicInteger seen = new AtomicInteger();
        try (LuaWith lua = LuaWith.objects("seen", seen)) {
            loader = use(lua);
            for (int i = 0; i < 100 && loader.get() != null; i++) {
                lua.run("o = nil; collectgarbage(); collectgarbage()");
                lua.lua.gc();
                System.gc();
                Thread.sleep(10);
            }
            assertNull(loader.get());
        }
    }

    private static WeakReference<ClassLoader> use(LuaWith lua) throws Exception {
        URL here = MembersTest.class.getProtectionDomain().getCodeSource().getLocation();
        URLClassLoader loader = new URLClassLoader(new URL[] {here}, null);
        Class<?> type = Class.forName(Unloadable.class.getName(), true, loader);
        lua.lua.globals().put("o", type.getConstructor().newInstance());
        lua.lua.globals().put("list", new ArrayList<>());
        assertEquals(3, lua.eval("o:plus(1, 2)"));
        assertEquals(4, lua.eval("o.field"));
        assertEquals(4, lua.eval("o:fieldOf(function() return o end)"));
        // The argument's class must not stay with the list's methods.
        lua.run("list:add(o); list:remove(o); list:indexOf(o); list = nil");
        loader.close();
        return new WeakReference<>(Objects.requireNonNull(type.getClassLoader()));
    }

    @SuppressWarnings("unused")
    public static class Unloadable {
        public int field = 4;

        public int plus(int a, int b) {
            return a + b;
        }

        public int fieldOf(Supplier<Unloadable> supplier) {
            return supplier.get().field;
        }

        public double plus(double a, double b) {
            return a + b;
        }
    }

    @Test
    void nearestNamesAreSortedByDistance() {
        assertEquals("'size', 'sized'", Words.nearest("siez", List.of("sized", "size")));
        assertEquals("'GetX', 'get'", Words.nearest("getX", List.of("get", "GetX")));
        assertEquals("", Words.nearest("x", List.of()));
        assertEquals("", Words.nearest("".toLowerCase(Locale.ROOT), List.of()));
    }
}
