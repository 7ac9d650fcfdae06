package io.github.lupa4j.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which of several methods a call means. Each method says its parameter types. */
@SuppressWarnings({"unused", "EmptyMethod"})
class OverloadsTest {
    public static class Numbers {
        public String m(int a) {
            return "int";
        }

        public String m(long a) {
            return "long";
        }

        public String m(double a) {
            return "double";
        }

        public String m(Object a) {
            return "Object";
        }

        public String m(Integer a) {
            return "Integer";
        }

        public String wide(long a) {
            return "long";
        }

        public String wide(double a) {
            return "double";
        }

        public String boxed(Object a) {
            return "Object";
        }

        public String boxed(Number a) {
            return "Number";
        }

        public String narrow(byte a) {
            return "byte";
        }

        public String narrow(short a) {
            return "short";
        }

        public String integer(int a) {
            return "int";
        }

        public String single(float a) {
            return "float " + a;
        }

        public String big(BigInteger a) {
            return a.toString();
        }

        public String crossed(int a, Object b) {
            return "int, Object";
        }

        public String crossed(Object a, int b) {
            return "Object, int";
        }
    }

    public static class Others {
        public String s(String a) {
            return "String";
        }

        public String s(Object a) {
            return "Object";
        }

        public String s(char a) {
            return "char";
        }

        public String e(TimeUnit a) {
            return "TimeUnit " + a;
        }

        public String e(int a) {
            return "int";
        }

        public String v(String a) {
            return "one";
        }

        public String v(String a, Object... b) {
            return "one and " + b.length;
        }

        public String v(Object... a) {
            return "any " + a.length;
        }

        public String ints(int... a) {
            return "int " + a.length;
        }

        public String n(String a) {
            return "String";
        }

        public String n(List<?> a) {
            return "List";
        }

        public String f(Runnable a) {
            return "Runnable";
        }

        public String f(Callable<?> a) {
            return "Callable";
        }

        public String f(Object a) {
            return "Object";
        }

        public String g(Function<Object, Object> a) {
            return "Function";
        }

        public String g(java.util.function.BinaryOperator<Object> a) {
            return "BinaryOperator";
        }

        public String t(Collection<?> a) {
            return "Collection";
        }

        public String t(List<?> a) {
            return "List";
        }

        public String t(Map<?, ?> a) {
            return "Map";
        }

        public String t(Object[] a) {
            return "Object[]";
        }

        public String t(Object a) {
            return "Object";
        }

        public String arrays(int[] a) {
            return "int[]";
        }

        public String arrays(double[] a) {
            return "double[]";
        }

        public String arrays(Object[] a) {
            return "Object[]";
        }

        public String c(Comparable<?> a) {
            return "Comparable";
        }

        public String c(CharSequence a) {
            return "CharSequence";
        }
    }

    private LuaWith lua;

    @BeforeEach
    void open() {
        lua = LuaWith.objects("n", new Numbers(), "o", new Others(), "list", List.of(), "big", BigInteger.TEN);
        // As a cast makes them.
        lua.lua.globals().put("aLong", new Typed(5L, long.class));
        lua.lua.globals().put("anObject", new Typed("text", Object.class));
        lua.lua.globals().put("aCollection", new Typed(List.of(), Collection.class));
    }

    @AfterEach
    void close() {
        lua.close();
    }

    private @Nullable Object eval(String expression) {
        Object first = lua.eval(expression);
        assertEquals(first, lua.eval(expression)); // what was remembered
        return first;
    }

    @Test
    void wholeNumbersAreIntThenLongThenDouble() {
        assertEquals("int", eval("n:m(1)"));
        assertEquals("long", eval("n:m(2^40)"));
        assertEquals("double", eval("n:m(1.5)"));
        assertEquals("double", eval("n:m(2^60)"));
        assertEquals("long", eval("n:m(9007199254740993LL)"));
        assertEquals("long", eval("n:wide(1)"));
        assertEquals("double", eval("n:wide(0.5)"));
        assertEquals("Integer", eval("n:m(nil)"));
        assertEquals("Object", eval("n:m('x')"));
        assertEquals("Object", eval("n:m(true)"));
        assertEquals("Object", eval("n:m(big)"));
        assertEquals("Number", eval("n:boxed(1)"));
        assertEquals("Number", eval("n:boxed(1.5)"));
        assertEquals("Object", eval("n:boxed('1')"));
    }

    @Test
    void valuesAreCheckedEachTime() {
        assertEquals("short", eval("n:narrow(5)"));
        assertEquals("short", eval("n:narrow(300)"));
        assertEquals("5", lua.eval("n:big(5)"));
        assertEquals("1180591620717411303424", lua.eval("n:big(2^70)"));
        assertEquals("float 0.5", lua.eval("n:single(0.5)"));
        assertTrue(lua.error("n:narrow(40000)").contains("narrow(byte), narrow(short)"));
        assertEquals("int", lua.eval("n:integer(5)"));
        for (String bad : List.of("1.5", "2^40", "0/0", "1/0", "'1'", "nil", "true", "{}", "print")) {
            String message = lua.error("n:integer(" + bad + ")");
            assertTrue(message.contains("integer takes (") && message.contains("it is integer(int)"), message);
        }
        assertTrue(lua.error("n:single(1e300)").contains("number 1.0E300"));
        assertTrue(lua.error("n:big(1.5)").contains("number 1.5"));
    }

    @Test
    void theNumberOfArgumentsIsChecked() {
        String message = lua.error("n:integer()");
        assertTrue(message.contains("Numbers.integer takes ()"), message);
        assertTrue(lua.error("n:integer(1, 2)").contains("(number 1, number 2)"));
    }

    @Test
    void ambiguousCallsNameTheCandidates() {
        String message = lua.error("n:crossed(1, 2)");
        assertTrue(message.contains("ambiguous"), message);
        assertTrue(message.contains("crossed(int, java.lang.Object), crossed(java.lang.Object, int)"), message);
        assertEquals("int, Object", eval("n:crossed(1, 'x')"));
        assertEquals("Object, int", eval("n:crossed('x', 1)"));
        assertTrue(lua.error("o:n(nil)").contains("ambiguous"));
        assertTrue(lua.error("o:c('x')").contains("ambiguous"));
    }

    @Test
    void stringsAreStringsFirst() {
        assertEquals("String", eval("o:s('x')"));
        assertEquals("Object", eval("o:s(list)"));
        assertEquals("TimeUnit SECONDS", eval("o:e('SECONDS')"));
        assertEquals("int", eval("o:e(1)"));
        assertTrue(lua.error("o:e('seconds')").contains("string \"seconds\""));
    }

    @Test
    void variableArgumentsComeLast() {
        assertEquals("one", eval("o:v('x')"));
        assertEquals("one and 1", eval("o:v('x', 1)"));
        assertEquals("one and 2", eval("o:v('x', 'y', 1)"));
        assertEquals("any 0", eval("o:v()"));
        assertEquals("any 2", eval("o:v(1, 2)"));
        assertEquals("any 3", eval("o:v({1, 2, 3})"));
        assertEquals("int 0", eval("o:ints()"));
        assertEquals("int 3", eval("o:ints(1, 2, 3)"));
        assertEquals("int 2", eval("o:ints({1, 2})"));
        assertTrue(lua.error("o:ints(1, 2.5)").contains("ints(int...)"));
    }

    @Test
    void functionsPreferFunctionalInterfaces() {
        assertEquals("Callable", eval("o:f(function() end)"));
        assertEquals("Object", eval("o:f({})"));
        assertEquals("Function", eval("o:g(function(a) end)"));
        assertEquals("BinaryOperator", eval("o:g(function(a, b) end)"));
        assertTrue(lua.error("o:g(function(...) end)").contains("ambiguous"));
    }

    @Test
    void tablesAreListsOrMaps() {
        assertEquals("List", eval("o:t({1, 2})"));
        assertEquals("List", eval("o:t({})"));
        assertEquals("Map", eval("o:t({a = 1})"));
        assertEquals("int[]", eval("o:arrays({1, 2})"));
        assertEquals("double[]", eval("o:arrays({1, 2.5})"));
        assertEquals("Object[]", eval("o:arrays({1, 'x'})"));
    }

    @Test
    void castsDecide() {
        assertEquals("long", eval("n:m(aLong)"));
        assertEquals("Object", eval("o:s(anObject)"));
        assertEquals("List", eval("o:t(list)"));
        assertEquals("Collection", eval("o:t(aCollection)"));
        assertEquals(0, eval("#aCollection"));
        assertEquals(true, eval("aCollection:isEmpty()"));
    }

    @Test
    void jdkMethods() {
        lua.lua.globals().put("Math", Math.class);
        lua.lua.globals().put("String", String.class);
        lua.lua.globals().put("sb", new StringBuilder());
        assertEquals(7, eval("Math.max(3, 7)"));
        assertEquals(7.5, eval("Math.max(3, 7.5)"));
        assertEquals(1L << 40, eval("Math.max(3, 2^40)"));
        assertEquals("a-1", eval("String.format('%s-%d', 'a', 1)"));
        assertEquals("a,b", eval("String.join(',', {'a', 'b'})"));
        assertEquals("a,b", eval("String.join(',', 'a', 'b')"));
        lua.run("sb:append('x'):append(1):append(1.5):append(true)");
        assertEquals("x11.5true", lua.eval("sb:toString()"));
    }

    public static class Texts {
        public String m(CharSequence a) {
            return "CharSequence";
        }

        public String m(StringBuilder a) {
            return "StringBuilder";
        }

        public String second(int a, CharSequence b) {
            return "CharSequence";
        }

        public String second(int a, StringBuilder b) {
            return "StringBuilder";
        }

        public String either(String a) {
            return "String";
        }

        public String either(Thread a) {
            return "Thread";
        }
    }

    /** What a method is called with again and again is not what nil means. */
    @Test
    void nilIsNoText() {
        lua.lua.globals().put("texts", new Texts());
        for (int i = 0; i < 200; i++) {
            assertEquals("CharSequence", lua.eval("texts:m('x')"));
            assertEquals("StringBuilder", lua.eval("texts:m(nil)"));
            assertEquals("CharSequence", lua.eval("texts:second(1, 'x')"));
            assertEquals("StringBuilder", lua.eval("texts:second(1, nil)"));
            assertEquals("String", lua.eval("texts:either('x')"));
            assertEquals(false, lua.eval("(pcall(texts.either, texts, nil))"));
        }
    }
}
