package io.github.lupa4j.interop;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaTable;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses among overloaded members as the Java language does. There are four phases: arguments that are of the
 * parameters' types already or need no more than widening; boxed ones; those that only a script's values need, such as
 * a string for an enum constant; and last a variable number of arguments. The first phase in which something fits
 * decides, and there the most specific member wins. How well a value fits a type is said by {@link Fit}.
 */
final class Overloads {
    private Overloads() {}

    /**
     * A member, and how to give it the arguments.
     *
     * @param spread whether the last parameter takes any number of them
     * @param byTypes whether arguments of the same types always lead here
     */
    record Choice(Candidate candidate, boolean spread, boolean byTypes) {}

    /** What fits, and how well each argument does. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Fitting(Candidate candidate, boolean spread, int[] fits) {
        int phase() {
            int worst = 0;
            for (int fit : fits) {
                worst = Math.max(worst, Fit.phase(fit));
            }
            return worst;
        }
    }

    /**
     * The member that fits best, or null if none does.
     *
     * @throws UsageException when several do equally
     */
    static @Nullable Choice choose(MethodGroup group, @Nullable Object[] arguments, Converter converter) {
        Chooser chooser = new Chooser(group, arguments, converter);
        Choice fixed = chooser.choose(false);
        return fixed != null ? fixed : chooser.choose(true);
    }

    private static final class Chooser {
        private final MethodGroup group;
        private final @Nullable Object[] arguments;
        private final Converter converter;
        /** Whether the values of the arguments were looked at, and not only their types. */
        private boolean byValue;

        Chooser(MethodGroup group, @Nullable Object[] arguments, Converter converter) {
            this.group = group;
            this.arguments = arguments;
            this.converter = converter;
        }

        @Nullable
        Choice choose(boolean spread) {
            List<Fitting> fitting = new ArrayList<>();
            int phase = Integer.MAX_VALUE;
            for (Candidate candidate : group.candidates) {
                Fitting found = candidate.takes(arguments.length, spread) ? fitting(candidate, spread) : null;
                if (found != null) {
                    int its = spread ? 0 : found.phase();
                    if (its < phase) {
                        fitting.clear();
                        phase = its;
                    }
                    if (its == phase) {
                        fitting.add(found);
                    }
                }
            }
            if (fitting.isEmpty()) {
                return null;
            }
            Candidate best = fitting.size() == 1 ? fitting.get(0).candidate : mostSpecific(fitting);
            boolean clear = !spread && phase < Fit.phase(Fit.CONVERTED) && !hasTable();
            return new Choice(best, spread, clear || !byValue);
        }

        private boolean hasTable() {
            for (Object argument : arguments) {
                if (argument instanceof LuaTable || argument instanceof LuaFunction) {
                    return true;
                }
            }
            return false;
        }

        private @Nullable Fitting fitting(Candidate candidate, boolean spread) {
            int[] fits = new int[arguments.length];
            boolean all = true;
            for (int i = 0; i < fits.length; i++) {
                fits[i] = Fit.of(arguments[i], candidate.type(i, spread), converter);
                byValue |= Fit.isByValue(fits[i]);
                all &= Fit.isPossible(fits[i]);
            }
            return all ? new Fitting(candidate, spread, fits) : null;
        }

        private Candidate mostSpecific(List<Fitting> fitting) {
            for (Fitting one : fitting) {
                if (fitting.stream().allMatch(other -> isMoreSpecific(one, other))) {
                    return one.candidate;
                }
            }
            byValue = true;
            List<Fitting> byArity =
                    fitting.stream().filter(this::hasArityOfFunctions).toList();
            if (!byArity.isEmpty() && byArity.size() < fitting.size()) {
                return byArity.size() == 1 ? byArity.get(0).candidate : mostSpecific(byArity);
            }
            throw group.ambiguous(
                    arguments, fitting.stream().map(Fitting::candidate).toList());
        }

        /** Whether each argument fits the first at least as well as the second. */
        private boolean isMoreSpecific(Fitting one, Fitting other) {
            for (int i = 0; i < arguments.length; i++) {
                Class<?> type = one.candidate.type(i, one.spread);
                Class<?> otherType = other.candidate.type(i, other.spread);
                int difference = Fit.rank(one.fits[i]) - Fit.rank(other.fits[i]);
                if (difference > 0 || (difference == 0 && !isSubtype(arguments[i], type, otherType))) {
                    return false;
                }
            }
            // With the same types in front, the one with more of them leaves less to be spread.
            return !(one.spread && one.candidate.types.length < other.candidate.types.length);
        }

        private static boolean isSubtype(@Nullable Object argument, Class<?> type, Class<?> other) {
            return other.isAssignableFrom(type) || (argument instanceof LuaFunction && givesMore(type, other));
        }

        /** A functional interface whose method returns something is preferred to one whose method does not. */
        private static boolean givesMore(Class<?> type, Class<?> other) {
            Method method = FunctionalInterfaces.method(type);
            Method otherMethod = FunctionalInterfaces.method(other);
            return method != null
                    && otherMethod != null
                    && method.getParameterCount() == otherMethod.getParameterCount()
                    && method.getReturnType() != void.class
                    && otherMethod.getReturnType() == void.class;
        }

        /** Whether Lua functions have as many parameters as the methods that they are to implement. */
        private boolean hasArityOfFunctions(Fitting fitting) {
            for (int i = 0; i < arguments.length; i++) {
                if (arguments[i] instanceof LuaFunction function) {
                    Method method = FunctionalInterfaces.method(fitting.candidate.type(i, fitting.spread));
                    int count = function.parameterCount();
                    if (method != null && count >= 0 && method.getParameterCount() != count) {
                        return false;
                    }
                }
            }
            return true;
        }
    }
}
