package io.github.lupa4j.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Members of every kind. */
public class Thing implements Comparable<Thing> {
    public static final String CONSTANT = "constant";
    public static int counter;

    public String name = "unnamed";
    public int number;
    public final double fixed = 1.5;
    /** Hidden by the method of the same name. */
    public String both = "field";
    /** Hides the property of the same name. */
    public String hiding = "field";

    private int size = 3;
    private boolean open;
    private String written = "";

    public Thing() {}

    public Thing(String name) {
        this.name = name;
    }

    public Thing(String name, int number) {
        this(name);
        this.number = number;
    }

    // -- Properties ----------------------------------------------------------------------------------------------

    public int getSize() {
        return size;
    }

    public void setSize(int size) {
        this.size = size;
    }

    public boolean isOpen() {
        return open;
    }

    public void setOpen(boolean open) {
        this.open = open;
    }

    public String getHiding() {
        return "property";
    }

    public void setWritten(String written) {
        this.written = written;
    }

    public String written() {
        return written;
    }

    public String getFailing() {
        throw new IllegalStateException("getter failed");
    }

    public String both() {
        return "method";
    }

    // -- Methods -------------------------------------------------------------------------------------------------

    public String greet(String who) {
        return name + " greets " + who;
    }

    public Thing self() {
        return this;
    }

    public static String shout(String text) {
        return text.toUpperCase(java.util.Locale.ROOT);
    }

    public static int sum(int... numbers) {
        return Arrays.stream(numbers).sum();
    }

    public static String all(String first, Object... rest) {
        return first + Arrays.toString(rest);
    }

    // -- Overloads -----------------------------------------------------------------------------------------------

    public String pick(int x) {
        return "int";
    }

    public String pick(long x) {
        return "long";
    }

    public String pick(double x) {
        return "double";
    }

    public String pick(String x) {
        return "String";
    }

    public String pick(Object x) {
        return "Object";
    }

    public String pick(boolean x) {
        return "boolean";
    }

    public String variable(String a) {
        return "one";
    }

    public String variable(String... a) {
        return "many " + a.length;
    }

    public String either(Runnable task) {
        task.run();
        return "Runnable";
    }

    public String either(Object other) {
        return "Object";
    }

    public String unclear(Integer a, Object b) {
        return "first";
    }

    public String unclear(Object a, Integer b) {
        return "second";
    }

    public String tasks(Callable<?> task) {
        return "Callable";
    }

    public String tasks(Supplier<?> task) {
        return "Supplier";
    }

    // -- Conversions ---------------------------------------------------------------------------------------------

    public String take(byte a, short b, int c, long d, float e, double f) {
        return a + " " + b + " " + c + " " + d + " " + e + " " + f;
    }

    public String takeByte(byte b) {
        return "byte " + b;
    }

    public String takeInt(int i) {
        return "int " + i;
    }

    public String takeBoxed(Integer i) {
        return "Integer " + i;
    }

    public String takeLong(long l) {
        return "long " + l;
    }

    public String takeChar(char c) {
        return "char " + c;
    }

    public String takeUnit(TimeUnit unit) {
        return "unit " + unit;
    }

    public String takeClass(Class<?> type) {
        return "class " + type.getName();
    }

    public String takeBytes(byte[] bytes) {
        return "bytes " + Arrays.toString(bytes);
    }

    public String takeList(List<?> list) {
        return "List " + list;
    }

    public String takeMap(Map<?, ?> map) {
        return "Map of " + map.size();
    }

    public String takeSet(Set<?> set) {
        return "Set of " + set.size();
    }

    public String takeInts(int[] ints) {
        return "int[] " + Arrays.toString(ints);
    }

    public String takeStrings(String[] strings) {
        return "String[] " + Arrays.toString(strings);
    }

    public String takeObject(Object o) {
        return o == null ? "null" : o.getClass().getName();
    }

    public String takeCollection(Iterable<?> items) {
        return items instanceof List ? "List " + items : "other";
    }

    public static Object[] boxes() {
        return new Object[] {(byte) 1, (short) 2, 3, 4L, 5f, 6.0, 'c', true, "text", null};
    }

    // -- Nested --------------------------------------------------------------------------------------------------

    /** A nested class. */
    public static final class Inner {
        public static final int DEPTH = 1;

        public String where() {
            return "inside";
        }
    }

    /** A class whose initialiser fails. */
    public static final class Failing {
        public static int VALUE = fail();

        private static int fail() {
            throw new IllegalStateException("not today");
        }

        public static void run() {}
    }

    /** A class that is not public, behind an interface that is. */
    public interface Visible {
        String seen();

        default String byDefault() {
            return "default " + seen();
        }

        static String ofInterface() {
            return "static";
        }
    }

    private static final class Hidden implements Visible {
        @Override
        public String seen() {
            return "seen";
        }

        @SuppressWarnings("unused")
        public String unseen() {
            return "unseen";
        }
    }

    public static Visible hidden() {
        return new Hidden();
    }

    // -- Of Object -----------------------------------------------------------------------------------------------

    @Override
    public boolean equals(Object other) {
        return other instanceof Thing thing && thing.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public int compareTo(Thing other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return "Thing " + name;
    }

    /** Fails in everything that Lua's operators ask for. */
    public static final class Hostile implements Comparable<Hostile> {
        @Override
        public boolean equals(Object other) {
            throw new IllegalStateException("equals failed");
        }

        @Override
        public int hashCode() {
            throw new IllegalStateException("hashCode failed");
        }

        @Override
        public int compareTo(Hostile other) {
            throw new IllegalStateException("compareTo failed");
        }

        @Override
        public String toString() {
            throw new IllegalStateException("toString failed");
        }
    }
}
