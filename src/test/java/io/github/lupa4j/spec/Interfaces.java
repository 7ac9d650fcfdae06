package io.github.lupa4j.spec;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Interfaces for proxies, and what calls them. */
public final class Interfaces {
    private Interfaces() {}

    /** Every kind of result. */
    public interface Results {
        int anInt();

        long aLong();

        double aDouble();

        float aFloat();

        byte aByte();

        short aShort();

        char aChar();

        boolean aBoolean();

        String aString();

        Integer anInteger();

        List<String> aList();

        void nothing();
    }

    /** One abstract method, and default ones. */
    public interface Greeter {
        String greet(String name);

        default String twice(String name) {
            return greet(name) + greet(name);
        }

        static Greeter polite() {
            return name -> "Dear " + name;
        }
    }

    /** Fixes the type parameters of a generic interface. */
    public interface Sizes extends Function<String, Long> {}

    /** Declares a checked exception. */
    public interface Reading {
        String read(String name) throws IOException;
    }

    /** Takes any number of arguments. */
    public interface Varied {
        String join(String separator, Object... parts);
    }

    /** Several abstract methods. */
    public interface Shape {
        double area();

        String name();

        default String describe() {
            return name() + " of " + area();
        }
    }

    public static String useGreeter(Greeter greeter, String name) {
        return greeter.twice(name);
    }

    public static long useSizes(Sizes sizes, String text) {
        Long size = sizes.apply(text);
        return size;
    }

    public static String useReading(Reading reading, String name) {
        try {
            return "read " + reading.read(name);
        } catch (IOException e) {
            return "failed: " + e.getMessage();
        }
    }

    public static String useVaried(Varied varied) {
        return varied.join("-", "a", 1, null);
    }

    public static String useShape(Shape shape) {
        return shape.describe();
    }

    public static List<Object> useResults(Results results) {
        results.nothing();
        List<Object> all = new ArrayList<>();
        all.add(results.anInt());
        all.add(results.aLong());
        all.add(results.aDouble());
        all.add(results.aFloat());
        all.add(results.aByte());
        all.add(results.aShort());
        all.add(results.aChar());
        all.add(results.aBoolean());
        all.add(results.aString());
        all.add(results.anInteger());
        all.add(results.aList());
        return all;
    }

    /** Throws what only sneaks through interfaces. */
    public static void throwChecked(String message) throws IOException {
        throw new IOException(message);
    }
}
