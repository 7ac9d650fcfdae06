package io.github.lupa4j.interop;

import io.github.lupa4j.vm.Arguments;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * A member that is called often, for arguments of certain kinds: one method handle takes them from the slots, calls it,
 * and makes a word of the result. Numbers and booleans become no objects on the way.
 */
final class Direct {
    /** After so many calls of a member it is worth the time to make one. */
    static final int OFTEN = 50;

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final MethodType TYPE = MethodType.methodType(long.class, Arguments.class, Object.class);

    /** What an argument must be, and how it is read. */
    private enum Kind {
        INT("intAt", int.class),
        LONG("longAt", long.class),
        DOUBLE("doubleAt", double.class),
        /** A number that is no whole one. */
        FRACTION("doubleAt", double.class),
        BOOLEAN("booleanAt", boolean.class),
        /** Or nil. */
        STRING("stringAt", String.class),
        TEXT("stringAt", String.class),
        OBJECT("objectAt", Object.class),
        /** For a parameter that takes any object. */
        ANY("anyAt", Object.class);

        final MethodHandle reader;

        Kind(String name, Class<?> type) {
            reader = find(name, type);
        }

        private static MethodHandle find(String name, Class<?> type) {
            try {
                return LOOKUP.findVirtual(Arguments.class, name, MethodType.methodType(type, int.class));
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("internal error: this is a bug", e);
            }
        }
    }

    private final Kind[] kinds;
    /** For arguments that are objects: what they must be an instance of. */
    private final Class<?>[] types;

    private final MethodHandle handle;

    private Direct(Kind[] kinds, Class<?>[] types, MethodHandle handle) {
        this.kinds = kinds;
        this.types = types;
        this.handle = handle;
    }

    /**
     * For all arguments that fit the types without a conversion.
     *
     * @param member (receiver, arguments)result, each of its own type
     * @return null if there are none such
     */
    static @Nullable Direct of(MethodHandle member) {
        MethodType type = member.type();
        Kind[] kinds = new Kind[type.parameterCount() - 1];
        for (int i = 0; i < kinds.length; i++) {
            Kind kind = kind(type.parameterType(i + 1));
            if (kind == null) {
                return null;
            }
            kinds[i] = kind;
        }
        boolean takesBytes = type.parameterList().contains(byte[].class); // Then strings are more than text.
        return takesBytes ? null : new Direct(kinds, types(type), handle(member, kinds));
    }

    private static @Nullable Kind kind(Class<?> type) {
        if (type == int.class) {
            return Kind.INT;
        } else if (type == long.class) {
            return Kind.LONG;
        } else if (type == double.class) {
            return Kind.DOUBLE;
        } else if (type == boolean.class) {
            return Kind.BOOLEAN;
        } else if (type == String.class) {
            return Kind.STRING;
        }
        if (type == Object.class) {
            return Kind.ANY;
        }
        return type.isPrimitive() ? null : Kind.OBJECT;
    }

    /**
     * For arguments of just these classes, as they come from Lua.
     *
     * @return null if it cannot be
     */
    static @Nullable Direct of(MethodHandle member, @Nullable Object[] arguments) {
        Kind[] kinds = new Kind[arguments.length];
        for (int i = 0; i < kinds.length; i++) {
            Object argument = arguments[i];
            if (argument instanceof Integer) {
                kinds[i] = Kind.INT;
            } else if (argument instanceof Double value && value != Math.rint(value)) {
                kinds[i] = Kind.FRACTION;
            } else if (argument instanceof String) {
                kinds[i] = Kind.TEXT; // Another overload may be the one for nil.
            } else if (argument instanceof Boolean) {
                kinds[i] = Kind.BOOLEAN;
            } else {
                return null;
            }
            if (!converts(kinds[i].reader.type().returnType(), member.type().parameterType(i + 1))) {
                return null;
            }
        }
        return new Direct(kinds, types(member.type()), handle(member, kinds));
    }

    /** Whether a conversion of the Java language leads there that a method handle does by itself. */
    private static boolean converts(Class<?> from, Class<?> to) {
        if (from == int.class) {
            return to == int.class || to == long.class || to == double.class;
        }
        return from == to || (from == String.class && to.isAssignableFrom(from) && to != Object.class);
    }

    private static Class<?>[] types(MethodType type) {
        return type.parameterList().subList(1, type.parameterCount()).toArray(Class<?>[]::new);
    }

    // -- Making --------------------------------------------------------------------------------------------------

    private static MethodHandle handle(MethodHandle member, Kind[] kinds) {
        MethodHandle h = result(member);
        int first = h.type().parameterCount() - kinds.length;
        for (int i = 0; i < kinds.length; i++) {
            MethodHandle reader = MethodHandles.insertArguments(kinds[i].reader, 1, i);
            Class<?> type = h.type().parameterType(first + i);
            h = MethodHandles.filterArguments(
                    h, first + i, reader.asType(MethodType.methodType(type, Arguments.class)));
        }
        // (Arguments, receiver, Arguments...) to (Arguments, receiver)
        int[] order = new int[h.type().parameterCount()];
        order[1] = 1;
        h = h.asType(h.type().changeParameterType(1, Object.class));
        return MethodHandles.permuteArguments(h, TYPE, order);
    }

    /** (receiver, ...)T to (Arguments, receiver, ...)word. */
    private static MethodHandle result(MethodHandle member) {
        Class<?> type = member.type().returnType();
        if (type == void.class) {
            return withArguments(MethodHandles.filterReturnValue(member, find("resultOfNothing", true)));
        }
        if (type == int.class || type == short.class || type == byte.class) {
            MethodHandle h = member.asType(member.type().changeReturnType(int.class));
            return withArguments(MethodHandles.filterReturnValue(h, find("resultOf", true, int.class)));
        }
        if (type == double.class || type == float.class) {
            MethodHandle h = member.asType(member.type().changeReturnType(double.class));
            return withArguments(MethodHandles.filterReturnValue(h, find("resultOf", true, double.class)));
        }
        if (type == boolean.class) {
            return withArguments(MethodHandles.filterReturnValue(member, find("resultOf", true, boolean.class)));
        }
        Class<?> general = type == long.class ? long.class : Object.class;
        MethodHandle h = member.asType(member.type().changeReturnType(general));
        return MethodHandles.collectArguments(find("resultOf", false, general), 1, h);
    }

    private static MethodHandle withArguments(MethodHandle h) {
        return MethodHandles.dropArguments(h, 0, Arguments.class);
    }

    private static MethodHandle find(String name, boolean isStatic, Class<?>... types) {
        try {
            MethodType type = MethodType.methodType(long.class, types);
            return isStatic
                    ? LOOKUP.findStatic(Arguments.class, name, type)
                    : LOOKUP.findVirtual(Arguments.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("internal error: this is a bug", e);
        }
    }

    // -- Calling -------------------------------------------------------------------------------------------------

    /** The result as a word; {@link Arguments#MISFIT} if the arguments are of other kinds. */
    long call(Arguments arguments, Object receiver) throws Throwable {
        for (int i = 0; i < kinds.length; i++) {
            if (!fits(arguments, i)) {
                return Arguments.MISFIT;
            }
        }
        return (long) handle.invokeExact(arguments, receiver);
    }

    private boolean fits(Arguments arguments, int i) {
        return switch (kinds[i]) {
            case INT -> arguments.isInt(i);
            case LONG -> arguments.isWhole(i);
            case DOUBLE -> arguments.isNumber(i);
            case FRACTION -> arguments.isNumber(i) && arguments.doubleAt(i) != Math.rint(arguments.doubleAt(i));
            case BOOLEAN -> arguments.isBoolean(i);
            case STRING -> arguments.isString(i) || arguments.isNil(i);
            case TEXT -> arguments.isString(i);
            case OBJECT -> arguments.isNil(i) || types[i].isInstance(arguments.object(i));
            case ANY -> arguments.isAny(i) && !(arguments.object(i) instanceof NamedArguments);
        };
    }
}
