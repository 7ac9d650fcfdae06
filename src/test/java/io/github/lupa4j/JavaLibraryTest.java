package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.script.LuaScriptEngine;
import io.github.lupa4j.script.LuaScriptEngineFactory;
import io.github.lupa4j.spec.Interfaces;
import io.github.lupa4j.spec.Named;
import java.math.BigInteger;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.script.SimpleBindings;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a program decides about the java library, and what comes out of it; the rest is in library_spec.lua. */
class JavaLibraryTest {
    private final LuaRuntime lua = LuaRuntime.create();

    @AfterEach
    void close() {
        lua.close();
    }

    // -- Values that come out ------------------------------------------------------------------------------------

    @Test
    void standInsComeOutAsWhatTheyStandFor() {
        List<Object> list = new ArrayList<>(List.of(1));
        lua.globals().put("list", list);
        assertSame(list, lua.eval("java.as_attrgetter(list)"));
        assertSame(list, lua.eval("java.as_itemgetter(list)"));
        assertSame(list, lua.eval("java.cast(list, 'java.util.Collection')"));
        assertNull(lua.eval("java.none"));
        assertEquals(5.0, lua.eval("java.cast(5, 'double')"));
        assertEquals(5L, lua.eval("java.cast(5, 'long')"));
        assertEquals('A', lua.eval("java.cast(65, 'char')"));
        assertEquals(5L, lua.eval("java.tolong(5)"));
        lua.execute("t = { java.cast(list, 'java.util.Collection') }");
        assertSame(list, lua.globals().get("t") instanceof LuaTable t ? t.get(1) : null);
        assertEquals(list, lua.execute("local f = ... return f(java.as_attrgetter(list))", lua.function(a -> a[0])));
    }

    @Test
    void classesAndBytes() {
        assertSame(ArrayList.class, lua.eval("java.import 'java.util.ArrayList'"));
        assertSame(int[].class, lua.eval("java.type 'int[]'"));
        assertArrayEquals(new byte[] {-1, 0, 'a'}, (byte[]) lua.eval("java.tobytes('\\255\\0a')"));
        assertEquals(new BigInteger("7"), lua.eval("java.cast(7, 'java.math.BigInteger')"));
        assertInstanceOf(Runnable.class, lua.eval("java.proxy('java.lang.Runnable', function() end)"));
    }

    // -- Options -------------------------------------------------------------------------------------------------

    @Test
    void classLoader() throws Exception {
        URL classes = Named.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {classes}, Runnable.class.getClassLoader());
                LuaRuntime own = LuaRuntime.builder().classLoader(loader).build()) {
            Class<?> found = (Class<?>) own.eval("java.import 'io.github.lupa4j.spec.Interfaces'");
            assertSame(loader, found.getClassLoader());
            assertSame(ArrayList.class, own.eval("java.util.ArrayList"));
            assertThrows(LuaException.class, () -> own.eval("java.import 'org.junit.jupiter.api.Test'"));
        }
        assertSame(Interfaces.class, lua.eval("java.import 'io.github.lupa4j.spec.Interfaces'"));
    }

    @Test
    void contextClassLoaderComesFirst() throws Exception {
        URL classes = Named.class.getProtectionDomain().getCodeSource().getLocation();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {classes}, Runnable.class.getClassLoader())) {
            thread.setContextClassLoader(loader);
            Class<?> found = (Class<?>) lua.eval("java.import 'io.github.lupa4j.spec.Interfaces'");
            assertSame(loader, found.getClassLoader());
            assertSame(Test.class, lua.eval("java.import 'org.junit.jupiter.api.Test'"), "ours is asked too");
            thread.setContextClassLoader(null);
            assertSame(Named.class, lua.eval("java.import 'io.github.lupa4j.spec.Named'"));
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void overflowHandler() {
        try (LuaRuntime own = LuaRuntime.builder()
                .overflowHandler(number -> "large " + number)
                .build()) {
            assertEquals("large " + Long.MAX_VALUE, own.eval("...", Long.MAX_VALUE));
            assertEquals(1L << 53, own.eval("...", 1L << 53));
            own.execute("java.set_overflow_handler(function(n) return java.instanceof(n, 'java.lang.Long') end)");
            assertEquals(true, own.eval("...", Long.MIN_VALUE));
            assertEquals(List.of("a", true), own.eval("...", "a", Long.MIN_VALUE));
            own.globals().put("x", Long.MAX_VALUE);
            assertEquals(true, own.globals().get("x"));
            assertEquals(true, own.table(1, Long.MAX_VALUE).get(2));
            own.execute("java.set_overflow_handler(nil)");
            assertEquals(Long.MAX_VALUE, own.eval("...", Long.MAX_VALUE));
        }
        try (LuaRuntime own = LuaRuntime.builder().overflowHandler(n -> null).build()) {
            assertNull(own.eval("...", Long.MAX_VALUE));
        }
    }

    @Test
    void eval() {
        assertNull(lua.eval("java.eval"));
        try (LuaRuntime own = LuaRuntime.builder().javaEval(true).build()) {
            assertEquals(42, own.eval("java.eval('6 * 7')"));
            assertEquals("[1, 2]", own.eval("java.eval('List.of(1, 2)'):toString()"));
            own.execute("java.eval('int twice(int x) { return 2 * x; }')");
            assertEquals(10, own.eval("java.eval('twice(5)')"));
            assertSame(Named.class, own.eval("java.eval('io.github.lupa4j.spec.Named.class')"));
            LuaException wrong = assertThrows(LuaException.class, () -> own.eval("java.eval('1 +')"));
            assertTrue(wrong.getMessage().contains("not Java"), wrong.getMessage());
            assertThrows(ArithmeticException.class, () -> own.eval("java.eval('1 / 0')"));
            assertEquals(3, own.eval("java.eval('1 + 2', 'lua')"));
            LuaException unknown = assertThrows(LuaException.class, () -> own.eval("java.eval('1', 'cobol')"));
            assertTrue(unknown.getMessage().contains("no script engine 'cobol'"), unknown.getMessage());
        }
    }

    @Test
    void rawStrings() {
        try (LuaRuntime raw = LuaRuntime.builder().rawStrings(true).build()) {
            assertSame(ArrayList.class, raw.eval("java.import 'java.util.ArrayList'"));
            assertSame(Math.class, raw.eval("java.lang.Math"));
            assertEquals(true, raw.eval("java.instanceof(java.util.ArrayList(), 'java.util.List')"));
            assertEquals("Tü".length() + 1, ((byte[]) raw.eval("java.tostring(java.tobytes('Tü'))")).length);
            assertEquals(12L, raw.eval("java.tolong('12')"));
            assertEquals(
                    "1x2 c",
                    text(raw.eval("java.import('io.github.lupa4j.spec.Named')('a', 1):box("
                            + "java.args{ width = 1, height = 2, color = 'c' })")));
            assertEquals("1", text(raw.eval("tostring(java.method(java.lang.Integer, 'toString', 'int')(1))")));
            raw.execute("Characters = java.import 'io.github.lupa4j.spec.Characters' c = Characters()");
            assertEquals("char x", text(raw.eval("Characters.take('x')")));
            assertEquals("Character x", text(raw.eval("Characters.takeBoxed('x')")));
            raw.execute("c.letter = 'y' c.boxed = 'z'");
            assertEquals("y", text(raw.eval("c.letter")));
            assertEquals("z", text(raw.eval("c.boxed")));
            assertThrows(LuaException.class, () -> raw.eval("Characters.take('xy')"));
        }
    }

    private static String text(Object value) {
        return value instanceof byte[] bytes ? new String(bytes, java.nio.charset.StandardCharsets.UTF_8) : "" + value;
    }

    // -- Where it is not -----------------------------------------------------------------------------------------

    @Test
    void sandboxHasNone() {
        try (LuaRuntime sandbox = LuaRuntime.builder().javaEval(true).sandbox().build()) {
            assertEquals(Boolean.TRUE, sandbox.eval("java == nil and javax == nil and luajava == nil"));
        }
        try (LuaRuntime without =
                LuaRuntime.builder().libraries(LuaLibrary.BASE).build()) {
            assertEquals(Boolean.TRUE, without.eval("java == nil and javax == nil and luajava == nil"));
        }
        try (LuaRuntime without = LuaRuntime.builder()
                .libraries(LuaLibrary.BASE, LuaLibrary.PACKAGE)
                .build()) {
            assertEquals(false, without.eval("(pcall(require, 'java'))"));
        }
        // It needs no other library than the basic one.
        try (LuaRuntime alone =
                LuaRuntime.builder().libraries(LuaLibrary.BASE, LuaLibrary.JAVA).build()) {
            assertEquals(0, alone.eval("java.import('java.util.ArrayList')():size()"));
            assertSame(ArrayList.class, alone.eval("java.import('java.util.*').ArrayList"));
            assertInstanceOf(Runnable.class, alone.eval("luajava.createProxy('java.lang.Runnable', {})"));
        }
    }

    // -- Scripts on Bindings -------------------------------------------------------------------------------------

    @Test
    void scriptsOnBindingsHaveTheirOwn() throws Exception {
        try (LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine()) {
            SimpleBindings one = new SimpleBindings();
            SimpleBindings other = new SimpleBindings();
            assertEquals(2, engine.eval("java.lang.Math.max(1, 2)", one));
            assertEquals(
                    1,
                    engine.eval(
                            "java.mine = 1; luajava.mine = 1; x = javax.script.ScriptEngine; return java.mine", one));
            assertSame(javax.script.ScriptEngine.class, one.get("x"));
            assertNull(engine.eval("java.mine or luajava.mine", other));
            assertEquals(0, engine.eval("luajava.newInstance('java.util.ArrayList'):size()", other));
            assertEquals(Boolean.TRUE, engine.eval("require('java') == java", one));
            assertNull(engine.eval("java.mine"));
            assertEquals(Map.of(), Map.copyOf(other));
        }
    }

    // -- Documentation -------------------------------------------------------------------------------------------

    /** The examples of the page form one script. */
    @Test
    void examplesOfThePage() throws Exception {
        String page = Files.readString(Path.of("src", "docs", "java-library.md"));
        StringBuilder script = new StringBuilder();
        Matcher blocks = Pattern.compile("```lua\\n(.*?)```", Pattern.DOTALL).matcher(page);
        while (blocks.find()) {
            script.append(blocks.group(1));
        }
        assertTrue(script.length() > 1000);
        lua.execute(script.toString());
    }

    // -- JavaCPP -------------------------------------------------------------------------------------------------

    @Test
    void pointers() {
        try (DoublePointer doubles = new DoublePointer(1.5, 2.5, 3.5);
                BytePointer bytes = new BytePointer(4)) {
            lua.globals().put("doubles", doubles);
            lua.globals().put("bytes", bytes);
            assertEquals(2.5, lua.eval("java.buffer(doubles)[1]"));
            lua.execute("java.buffer(doubles)[2] = 9");
            assertEquals(9, doubles.get(2));
            doubles.position(1);
            assertEquals(2.5, lua.eval("java.buffer(doubles)[0]"), "as in Java, from the position");
            lua.execute("local p = java.buffer(bytes) for i = 0, 3 do p[i] = 250 + i end");
            assertEquals((byte) 253, bytes.get(3));
            assertThrows(LuaException.class, () -> lua.eval("java.buffer(...)", new DoublePointer()));
        }
    }

    /** A class whose initializer fails. */
    public static final class Failing {
        public static final int VALUE = Integer.parseInt("not today");

        private Failing() {}
    }

    @Test
    void whyAClassCannotBeInitialized() {
        try (LuaRuntime lua = LuaRuntime.create()) {
            String message = lua.eval("tostring(select(2, pcall(java.import, '" + Failing.class.getName() + "')))")
                    .toString();
            assertTrue(message.contains("not today"), message);
        }
    }
}
