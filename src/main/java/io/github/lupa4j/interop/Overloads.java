package io.github.lupa4j.interop;

import java.lang.reflect.Array;
import java.lang.reflect.Executable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Chooses among overloaded members the one whose parameters cost the least conversion. */
final class Overloads {
    private Overloads() {}

    /** A member and its converted arguments. */
    @SuppressWarnings("ArrayRecordComponent") // handed on at once, never compared
    record Choice<E extends Executable>(E member, @Nullable Object[] arguments) {}

    static <E extends Executable> @Nullable Choice<E> choose(
            List<? extends E> candidates, @Nullable Object[] arguments, Converter converter) {
        E best = null;
        int bestCost = Converter.IMPOSSIBLE;
        boolean bestSpreads = false;
        for (E candidate : candidates) {
            int fixed = fixedCost(candidate, arguments, converter);
            if (fixed < bestCost) {
                best = candidate;
                bestCost = fixed;
                bestSpreads = false;
            }
            int spread = candidate.isVarArgs() ? spreadCost(candidate, arguments, converter) : Converter.IMPOSSIBLE;
            if (spread < bestCost) {
                best = candidate;
                bestCost = spread;
                bestSpreads = true;
            }
        }
        return best == null ? null : new Choice<>(best, convert(best, arguments, bestSpreads, converter));
    }

    private static int fixedCost(Executable member, @Nullable Object[] arguments, Converter converter) {
        Class<?>[] types = member.getParameterTypes();
        if (types.length != arguments.length) {
            return Converter.IMPOSSIBLE;
        }
        int cost = 0;
        for (int i = 0; i < types.length && cost < Converter.IMPOSSIBLE; i++) {
            cost += converter.cost(arguments[i], types[i]);
        }
        return cost;
    }

    private static int spreadCost(Executable member, @Nullable Object[] arguments, Converter converter) {
        Class<?>[] types = member.getParameterTypes();
        int fixed = types.length - 1;
        if (arguments.length < fixed) {
            return Converter.IMPOSSIBLE;
        }
        int cost = Converter.IMPOSSIBLE / 2;
        for (int i = 0; i < arguments.length && cost < Converter.IMPOSSIBLE; i++) {
            cost += converter.cost(arguments[i], i < fixed ? types[i] : types[fixed].getComponentType());
        }
        return cost;
    }

    private static @Nullable Object[] convert(
            Executable member, @Nullable Object[] arguments, boolean spread, Converter converter) {
        Class<?>[] types = member.getParameterTypes();
        @Nullable Object[] converted = new Object[types.length];
        int fixed = spread ? types.length - 1 : types.length;
        for (int i = 0; i < fixed; i++) {
            converted[i] = converter.convert(arguments[i], types[i]);
        }
        if (spread) {
            Class<?> item = types[fixed].getComponentType();
            Object rest = Array.newInstance(item, arguments.length - fixed);
            for (int i = fixed; i < arguments.length; i++) {
                Array.set(rest, i - fixed, converter.convert(arguments[i], item));
            }
            converted[fixed] = rest;
        }
        return converted;
    }
}
