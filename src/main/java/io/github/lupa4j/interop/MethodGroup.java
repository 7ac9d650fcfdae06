package io.github.lupa4j.interop;

import io.github.lupa4j.vm.Arguments;
import io.github.lupa4j.vm.ResultKind;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The methods of one name, or the constructors, of a class. Remembers which of them was chosen for which types of
 * arguments. Thread-safe.
 */
final class MethodGroup {
    /** How many choices are remembered. */
    private static final int REMEMBERED = 8;
    /** Up to so many arguments, a method that alone takes that many is found by their number. */
    private static final int FEW = 15;

    final String owner;
    final String name;
    final Candidate[] candidates;
    final boolean isConstructor;
    /** Whether a string may be wanted for its bytes. */
    final boolean takesBytes;
    /** Whether it is annotated as a leaf function; written before Lua calls it, by whoever looks that up. */
    boolean isLeaf;

    private final Class<?> type;
    private final @Nullable Candidate[] sole;
    /** Each written once, racily: a choice that is lost is made again. */
    private final @Nullable Remembered[] remembered = new Remembered[REMEMBERED];

    private int next;

    /** @param owner the class, for messages */
    MethodGroup(String owner, String name, Class<?> type, List<Candidate> candidates) {
        this.owner = owner;
        this.name = name;
        isConstructor = name.equals("new");
        this.type = type;
        this.candidates = candidates.toArray(Candidate[]::new);
        takesBytes = type == byte[].class || candidates.stream().anyMatch(Candidate::takesBytes);
        int most = candidates.stream()
                .mapToInt(candidate -> Math.min(candidate.types.length, FEW))
                .max()
                .orElse(0);
        sole = new Candidate[most + 1];
        for (int count = 0; count <= most; count++) {
            sole[count] = soleTaking(count);
        }
    }

    private @Nullable Candidate soleTaking(int count) {
        Candidate found = null;
        for (Candidate candidate : candidates) {
            if (candidate.takes(count, false)) {
                if (found != null) {
                    return null;
                }
                found = candidate;
            }
        }
        return found;
    }

    /** Some of them alone. */
    MethodGroup of(List<Candidate> some) {
        return new MethodGroup(owner, name, type, some);
    }

    /** Whether they are methods of a Class object, not of the class that it stands for. */
    boolean isOfClass() {
        Class<?> declaring = candidates.length == 0 ? type : candidates[0].member.getDeclaringClass();
        return declaring == Class.class || declaring == Object.class;
    }

    /** Whether one of them takes no argument. */
    boolean takesNone() {
        return soleTaking(0) != null;
    }

    /**
     * Calls the one that fits.
     *
     * @param receiver the object; of no account to static ones
     * @throws UsageException when none fits, or several fit equally well
     */
    @Nullable
    Object call(@Nullable Object receiver, @Nullable Object[] arguments, Converter converter) throws Throwable {
        Object result = tryCall(receiver, arguments, converter);
        if (result == Converter.MISFIT) {
            throw noneFits(arguments);
        }
        return result;
    }

    /**
     * The same where the script has given the receiver as the first argument, too, as in {@code list:add(x)}. If
     * nothing fits the others it may have been meant as an argument, as in {@code list.add(list)}.
     */
    @Nullable
    Object callWithSelf(Object receiver, @Nullable Object[] others, Converter converter) throws Throwable {
        Object result = tryCall(receiver, others, converter);
        if (result == Converter.MISFIT) {
            @Nullable Object[] all = new Object[others.length + 1];
            all[0] = receiver;
            System.arraycopy(others, 0, all, 1, others.length);
            result = tryCall(receiver, all, converter);
            if (result == Converter.MISFIT) {
                throw noneFits(others);
            }
        }
        return result;
    }

    /** What all of them give. */
    ResultKind resultKind() {
        if (candidates.length == 0) {
            return ResultKind.OTHERS;
        }
        ResultKind kind = candidates[0].resultKind();
        for (Candidate candidate : candidates) {
            if (candidate.resultKind() != kind) {
                return ResultKind.ANY;
            }
        }
        return kind;
    }

    /** The same with arguments of the usual kinds: see {@link Direct}. */
    long callDirectly(Object receiver, Arguments arguments, int count) throws Throwable {
        Candidate only = count < sole.length ? sole[count] : null;
        if (only != null) {
            Direct direct = only.direct();
            return direct == null ? Arguments.MISFIT : direct.call(arguments, receiver);
        }
        for (Remembered entry : remembered) {
            if (entry == null) {
                break;
            }
            if (entry.direct != null && entry.classes.length == count) {
                long word = entry.direct.call(arguments, receiver);
                if (word != Arguments.MISFIT) {
                    return word;
                }
            }
        }
        return Arguments.MISFIT;
    }

    /** The result, or {@link Converter#MISFIT} when none fits. */
    @Nullable
    Object tryCall(@Nullable Object receiver, @Nullable Object[] arguments, Converter converter) throws Throwable {
        if (arguments.length > 0 && arguments[arguments.length - 1] instanceof NamedArguments named) {
            return named.call(this, receiver, arguments, converter);
        }
        Candidate only = arguments.length < sole.length ? sole[arguments.length] : null;
        if (only != null) {
            @Nullable Object[] converted = only.convert(arguments, false, converter);
            if (converted != null) {
                return only.call(receiver, converted);
            }
        } else {
            Remembered known = recall(arguments);
            if (known != null) {
                @Nullable Object[] converted = known.candidate.convert(arguments, known.spread, converter);
                if (converted != null) {
                    known.count(arguments);
                    return known.candidate.call(receiver, converted);
                }
            }
        }
        Overloads.Choice choice = Overloads.choose(this, arguments, converter);
        @Nullable
        Object[] converted = choice == null ? null : choice.candidate().convert(arguments, choice.spread(), converter);
        if (choice == null || converted == null) {
            return Converter.MISFIT;
        }
        if (choice.byTypes()) {
            remember(arguments, choice);
        }
        return choice.candidate().call(receiver, converted);
    }

    // -- Remembering ---------------------------------------------------------------------------------------------

    /**
     * A choice, by the classes of the arguments. Those of another class loader are held weakly, for this object lives
     * as long as the class that declares the methods.
     */
    private static final class Remembered {
        private final Object[] classes;
        final Candidate candidate;
        final boolean spread;
        private int calls;
        volatile @Nullable Direct direct;

        Remembered(Object[] classes, Candidate candidate, boolean spread) {
            this.classes = classes;
            this.candidate = candidate;
            this.spread = spread;
        }

        /** Calls that came this way: the direct one is made for those that come often. */
        void count(@Nullable Object[] arguments) throws IllegalAccessException {
            if (++calls == Direct.OFTEN && !spread) {
                direct = candidate.directFor(arguments);
            }
        }

        boolean isFor(@Nullable Object[] arguments) {
            if (arguments.length != classes.length) {
                return false;
            }
            for (int i = 0; i < classes.length; i++) {
                Object argument = arguments[i];
                Class<?> actual = argument == null ? void.class : argument.getClass();
                Object expected = classes[i];
                if (actual != expected && !(expected instanceof WeakReference<?> weak && refersTo(weak, actual))) {
                    return false;
                }
            }
            return true;
        }

        private static boolean refersTo(WeakReference<?> reference, Class<?> type) {
            return reference.get() == type;
        }
    }

    private @Nullable Remembered recall(@Nullable Object[] arguments) {
        for (Remembered entry : remembered) {
            if (entry == null) {
                return null;
            }
            if (entry.isFor(arguments)) {
                return entry;
            }
        }
        return null;
    }

    private void remember(@Nullable Object[] arguments, Overloads.Choice choice) {
        Object[] classes = new Object[arguments.length];
        for (int i = 0; i < classes.length; i++) {
            Object argument = arguments[i];
            if (argument instanceof Typed) {
                return; // Its class does not tell its type.
            }
            Class<?> actual = argument == null ? void.class : argument.getClass();
            ClassLoader loader = actual.getClassLoader();
            boolean outlives = !actual.isHidden() && (loader == null || loader == type.getClassLoader());
            classes[i] = outlives ? actual : new WeakReference<>(actual);
        }
        int at = next;
        remembered[at] = new Remembered(classes, choice.candidate(), choice.spread());
        next = (at + 1) % REMEMBERED;
    }

    // -- Messages ------------------------------------------------------------------------------------------------

    private UsageException noneFits(@Nullable Object[] arguments) {
        if (candidates.length == 0) {
            return new UsageException(owner + " has no public constructor");
        }
        return new UsageException("no " + owner + "." + name + " takes " + Words.describeAll(arguments)
                + (candidates.length == 1 ? "; it is " : "; there are ") + signatures(List.of(candidates)));
    }

    UsageException ambiguous(@Nullable Object[] arguments, List<Candidate> best) {
        return new UsageException("the call of " + owner + "." + name + " with " + Words.describeAll(arguments)
                + " is ambiguous; it fits " + signatures(best)
                + "; choose one with java.method, or a type with java.cast");
    }

    String signatures(List<Candidate> some) {
        return some.stream()
                .map(candidate -> Words.signature(name, candidate.member))
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
