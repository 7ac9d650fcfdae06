package io.github.lupa4j.interop;

import io.github.lupa4j.JavaFunction;
import io.github.lupa4j.vm.Arguments;
import io.github.lupa4j.vm.ResultKind;
import io.github.lupa4j.vm.StandIn;
import io.github.lupa4j.vm.TakesBytes;
import org.jspecify.annotations.Nullable;

/** What a call of a certain object itself means: its one method, the constructors of a class, a function as it is. */
abstract class Callee {
    /** Whether one of the parameters is for bytes. */
    final boolean takesBytes;

    private Callee(boolean takesBytes) {
        this.takesBytes = takesBytes;
    }

    /**
     * For an object that is called.
     *
     * @param direct whether its calls may be made by {@link #call}
     */
    static Callee of(@Nullable Object object, Access access, boolean direct) {
        try {
            return find(object, access, direct);
        } catch (RuntimeException | LinkageError e) {
            return new Other(false); // The call will tell, after it has taken its arguments.
        }
    }

    private static Callee find(@Nullable Object object, Access access, boolean direct) {
        if (object instanceof StandIn standIn) {
            return find(StandIn.resolve(standIn), access, false);
        } else if (object == null) {
            return new Other(false);
        } else if (object instanceof Class<?> type) {
            Members members = access.staticMembersOf(type);
            return direct ? new Constructors(members) : new Other(members.constructors().takesBytes);
        } else if (object instanceof JavaFunction) {
            boolean takesBytes = object instanceof RawFunction function && function.takesBytes();
            if (!direct || object instanceof TakesBytes) {
                return new Other(takesBytes);
            }
            return object instanceof LeafMethod ? new Leaf(takesBytes) : new Free(takesBytes);
        }
        MethodGroup functional = access.membersOf(object.getClass()).functional();
        return direct ? new Functional(functional) : new Other(functional.takesBytes);
    }

    /** Calls the object with arguments of the usual kinds; see {@link io.github.lupa4j.vm.Host#invokeDirectly}. */
    abstract long call(Object object, Arguments arguments, int count) throws Throwable;

    ResultKind resultKind(Object object) {
        return ResultKind.OTHERS;
    }

    boolean isLeaf() {
        return false;
    }

    private static final class Functional extends Callee {
        private final MethodGroup method;

        Functional(MethodGroup method) {
            super(method.takesBytes);
            this.method = method;
        }

        @Override
        long call(Object object, Arguments arguments, int count) throws Throwable {
            return method.callDirectly(object, arguments, count);
        }

        @Override
        ResultKind resultKind(Object object) {
            return method.resultKind();
        }
    }

    private static final class Constructors extends Callee {
        private final Members members;
        private final MethodGroup constructors;

        Constructors(Members members) {
            super(members.constructors().takesBytes);
            this.members = members;
            constructors = members.constructors();
        }

        @Override
        long call(Object object, Arguments arguments, int count) throws Throwable {
            return members.isInitialised() ? constructors.callDirectly(object, arguments, count) : Arguments.MISFIT;
        }

        @Override
        ResultKind resultKind(Object object) {
            return constructors.resultKind();
        }
    }

    private static final class Leaf extends Callee {
        Leaf(boolean takesBytes) {
            super(takesBytes);
        }

        @Override
        long call(Object object, Arguments arguments, int count) throws Throwable {
            return ((LeafMethod) object).callDirectly(arguments, count);
        }

        @Override
        ResultKind resultKind(Object object) {
            return ((LeafMethod) object).resultKind();
        }

        @Override
        boolean isLeaf() {
            return true;
        }
    }

    /** A function that takes its arguments as they come. */
    private static final class Free extends Callee {
        Free(boolean takesBytes) {
            super(takesBytes);
        }

        @Override
        long call(Object object, Arguments arguments, int count) throws Throwable {
            return arguments.areAny(count, !takesBytes)
                    ? arguments.resultOf(((JavaFunction) object).call(arguments.values(count)))
                    : Arguments.MISFIT;
        }

        @Override
        ResultKind resultKind(Object object) {
            return ResultKind.ANY;
        }
    }

    /** What has to be looked at each time. */
    private static final class Other extends Callee {
        Other(boolean takesBytes) {
            super(takesBytes);
        }

        @Override
        long call(Object object, Arguments arguments, int count) {
            return Arguments.MISFIT;
        }
    }
}
