package io.github.lupa4j.spec;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Calls functional interfaces whose type arguments say what they give: anything else is a ClassCastException. */
public final class Generics {
    private Generics() {}

    public static double real(Supplier<Double> supplier) {
        return supplier.get();
    }

    public static long whole(Supplier<Long> supplier) {
        return supplier.get();
    }

    public static long atMost(Supplier<? extends Long> supplier) {
        return supplier.get();
    }

    public static int strings(Supplier<String[]> supplier) {
        return supplier.get().length;
    }

    public static void task(Supplier<Runnable> supplier) {
        supplier.get().run();
    }

    public static String lines(Function<String, List<String>> function) {
        return String.join("|", function.apply("x"));
    }

    public static String unit(Function<String, TimeUnit> function) {
        return function.apply("x").name();
    }

    public static double twice(UnaryOperator<Double> operator) {
        return operator.apply(operator.apply(1.0));
    }

    public static long sum(Supplier<Map<String, Long>> supplier) {
        long sum = 0;
        for (Map.Entry<String, Long> entry : supplier.get().entrySet()) {
            sum += entry.getKey().length() * entry.getValue();
        }
        return sum;
    }

    public static double nested(Supplier<Function<String, Double>> supplier) {
        return supplier.get().apply("x");
    }

    public static @Nullable Void nothing(Callable<Void> callable) throws Exception {
        return callable.call();
    }

    @SafeVarargs
    public static double all(Supplier<Double>... suppliers) {
        double sum = 0;
        for (Supplier<Double> supplier : suppliers) {
            sum += supplier.get();
        }
        return sum;
    }

    public static <T> Class<?> anything(Supplier<T> supplier) {
        Object given = supplier.get();
        return given.getClass();
    }

    /** Its own variables, the other way round. */
    public interface Pair<A, B> {
        A first();

        List<B> rest();

        default String swapped(Pair<B, A> other) {
            return other.first() + " " + other.rest();
        }
    }

    public static String pair(Pair<Long, Double> pair) {
        long first = pair.first();
        double second = pair.rest().get(0);
        return first + " " + second;
    }
}
