package io.github.lupa4j.interop;

import io.github.lupa4j.JavaFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a call of an object itself means: the method of a functional object, the constructors of a class. A loop usually
 * calls the same, so the last ones are remembered. Used under the runtime's lock.
 */
final class Callables {
    private final Access access;
    private @Nullable Class<?> lastCalled;
    private @Nullable MethodGroup lastFunctional;
    private @Nullable Class<?> lastConstructed;
    private @Nullable MethodGroup lastConstructors;

    Callables(Access access) {
        this.access = access;
    }

    /** The method of objects of a class that are functions. */
    MethodGroup functional(Class<?> type) {
        if (type == lastCalled && lastFunctional != null) {
            return lastFunctional;
        }
        MethodGroup group = access.membersOf(type).functional();
        if (MembersCache.isElder(type.getClassLoader())) { // Another could not be unloaded.
            lastCalled = type;
            lastFunctional = group;
        }
        return group;
    }

    /** The constructors of a class that is initialised. */
    MethodGroup constructors(Class<?> type) {
        if (type == lastConstructed && lastConstructors != null) {
            return lastConstructors;
        }
        Members members = access.staticMembersOf(type);
        MethodGroup constructors = members.constructors();
        if (constructors.candidates.length > 0) {
            members.initialise(constructors);
        }
        if (MembersCache.isElder(type.getClassLoader())) {
            lastConstructed = type;
            lastConstructors = constructors;
        }
        return constructors;
    }

    /** What calling an object means if that is what was called last. */
    @Nullable
    MethodGroup last(Object callee) {
        if (callee.getClass() == lastCalled) {
            return lastFunctional;
        }
        return callee == lastConstructed ? lastConstructors : null;
    }

    /** Whether one of the parameters of a call of an object is for bytes. */
    boolean takesBytes(Object callee) {
        if (callee instanceof Class<?> type) {
            return access.staticMembersOf(type).constructors().takesBytes;
        } else if (callee instanceof JavaFunction) {
            return callee instanceof RawFunction function && function.takesBytes();
        }
        return access.membersOf(callee.getClass()).isFunctionOfBytes();
    }
}
