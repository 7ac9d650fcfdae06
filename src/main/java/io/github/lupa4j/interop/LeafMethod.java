package io.github.lupa4j.interop;

import io.github.lupa4j.JavaFunction;
import io.github.lupa4j.LuaLeaf;
import io.github.lupa4j.vm.Arguments;
import io.github.lupa4j.vm.ResultKind;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A method over numbers, booleans and strings, and its receiver: what {@code java.leaf} makes a function of. */
final class LeafMethod implements RawFunction {
    private static final int MOST_PARAMETERS = 16;

    private static final Set<Class<?>> TYPES = Set.of(int.class, long.class, double.class, boolean.class, String.class);

    private final MethodGroup method;
    private final Object receiver;
    private final Converter converter;

    /** @throws UsageException when it is not fit for a leaf function */
    LeafMethod(MethodGroup method, Object receiver, Converter converter) {
        check(method);
        this.method = method;
        this.receiver = receiver;
        this.converter = converter;
    }

    /**
     * Whether a method is annotated as a leaf function. One that is overloaded is not, whatever its annotations say.
     *
     * @throws UsageException when it is, but is not fit for one
     */
    static boolean isAnnotated(MethodGroup group) {
        boolean annotated =
                group.candidates.length == 1 && group.candidates[0].member.isAnnotationPresent(LuaLeaf.class);
        if (annotated) {
            check(group);
        }
        return annotated;
    }

    private static void check(MethodGroup group) {
        if (group.candidates.length != 1) {
            throw new UsageException("a leaf function is one method, and there are "
                    + group.signatures(List.of(group.candidates)) + "; choose one with java.method");
        }
        Candidate candidate = group.candidates[0];
        Class<?> result = candidate.resultType();
        boolean fit = (result.isPrimitive() || result == String.class) && candidate.types.length <= MOST_PARAMETERS;
        for (Class<?> type : candidate.types) {
            fit &= TYPES.contains(type);
        }
        if (!fit) {
            throw new UsageException("a leaf function takes up to " + MOST_PARAMETERS
                    + " arguments, int, long, double, boolean and String, and gives one of them or nothing; "
                    + group.signatures(List.of(candidate)) + " does not");
        }
    }

    /** What is called when an object itself is. */
    static UsageException noMethod(@Nullable Object callee) {
        return new UsageException(
                "a leaf function is made of a method or a functional object with types of its own, not of "
                        + (callee instanceof JavaFunction ? "a function of any arguments" : Words.describe(callee)));
    }

    ResultKind resultKind() {
        return method.resultKind();
    }

    @Override
    public boolean takesBytes() {
        return method.takesBytes;
    }

    long callDirectly(Arguments arguments, int count) throws Throwable {
        return method.callDirectly(receiver, arguments, count);
    }

    @Override
    public @Nullable Object call(@Nullable Object... arguments) throws Exception {
        boolean self = arguments.length > 0 && Typed.unwrap(arguments[0]) == receiver;
        return Sneaky.run(() -> self
                ? method.callWithSelf(receiver, Arrays.copyOfRange(arguments, 1, arguments.length), converter)
                : method.call(receiver, arguments, converter));
    }
}
