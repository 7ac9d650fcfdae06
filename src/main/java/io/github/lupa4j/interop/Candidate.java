package io.github.lupa4j.interop;

import io.github.lupa4j.vm.ResultKind;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** One method or constructor: how to convert its arguments, and how to call it. */
final class Candidate {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    /** Calls with up to so many arguments need no array. */
    private static final int FEW = 3;

    final Executable member;
    final Class<?>[] types;
    private final Parameter[] parameters;
    /** That of one item of the last parameter, if any number of them can be given. */
    private final @Nullable Parameter item;

    private final boolean isStatic;
    private volatile @Nullable MethodHandle handle;
    private int calls;
    private volatile @Nullable Direct direct;

    Candidate(Executable member) {
        this.member = member;
        types = member.getParameterTypes();
        isStatic = member instanceof Constructor || Modifier.isStatic(member.getModifiers());
        Type[] generic = member.getGenericParameterTypes();
        parameters = new Parameter[types.length];
        for (int i = 0; i < types.length; i++) {
            // A constructor of an inner class has parameters that its generic signature leaves out.
            parameters[i] = new Parameter(types[i], generic.length == types.length ? generic[i] : types[i]);
        }
        item = member.isVarArgs() ? item(types[types.length - 1], generic[generic.length - 1]) : null;
    }

    private static Parameter item(Class<?> array, Type generic) {
        Class<?> type = array.getComponentType();
        return new Parameter(type, GenericTypes.item(generic, type));
    }

    boolean takesBytes() {
        for (Class<?> type : types) {
            if (type == byte[].class || (isVarArgs() && type == byte[][].class)) {
                return true;
            }
        }
        return false;
    }

    boolean isVarArgs() {
        return item != null;
    }

    /** The type that the argument at some position must have, the last parameter spread or not. */
    Class<?> type(int index, boolean spread) {
        return spread && index >= types.length - 1 ? types[types.length - 1].getComponentType() : types[index];
    }

    /** Whether so many arguments can be given. */
    boolean takes(int count, boolean spread) {
        return spread ? isVarArgs() && count >= types.length - 1 : count == types.length;
    }

    // -- Converting ----------------------------------------------------------------------------------------------

    /** The arguments as the member needs them; null if one of them does not fit. Their number is right. */
    @Nullable
    Object @Nullable [] convert(@Nullable Object[] arguments, boolean spread, Converter converter) {
        int fixed = spread ? types.length - 1 : types.length;
        @Nullable Object[] converted = spread ? new Object[types.length] : arguments;
        for (int i = 0; i < fixed; i++) {
            Object given = arguments[i];
            Object value = parameters[i].convert(given, converter);
            if (value == Converter.MISFIT) {
                return null;
            }
            if (value != given && converted == arguments) {
                converted = arguments.clone();
            }
            converted[i] = value;
        }
        if (spread && item != null) {
            Object rest = Array.newInstance(types[fixed].getComponentType(), arguments.length - fixed);
            for (int i = fixed; i < arguments.length; i++) {
                Object value = item.convert(arguments[i], converter);
                if (value == Converter.MISFIT) {
                    return null;
                }
                Array.set(rest, i - fixed, value);
            }
            converted[fixed] = rest;
        }
        return converted;
    }

    // -- Calling -------------------------------------------------------------------------------------------------

    /** Calls the member with converted arguments; the receiver is left out of account if it has none. */
    @Nullable
    Object call(@Nullable Object receiver, @Nullable Object[] a) throws Throwable {
        MethodHandle h = handle;
        if (h == null) {
            h = makeHandle();
        }
        if (++calls == Direct.OFTEN) {
            direct = Direct.of(typedHandle());
        }
        return switch (types.length) {
            case 0 -> (Object) h.invokeExact(receiver);
            case 1 -> (Object) h.invokeExact(receiver, a[0]);
            case 2 -> (Object) h.invokeExact(receiver, a[0], a[1]);
            case 3 -> (Object) h.invokeExact(receiver, a[0], a[1], a[2]);
            default -> (Object) h.invokeExact(receiver, a);
        };
    }

    /** Of the type (Object, Object...)Object, the arguments one by one if they are few. */
    private MethodHandle makeHandle() throws IllegalAccessException {
        MethodHandle h = typedHandle().asType(MethodType.genericMethodType(types.length + 1));
        if (types.length > FEW) {
            h = h.asSpreader(Object[].class, types.length);
        }
        handle = h;
        return h;
    }

    /** Of the member's own types, the receiver in front. */
    private MethodHandle typedHandle() throws IllegalAccessException {
        MethodHandle h =
                member instanceof Method method ? LOOKUP.unreflect(method) : LOOKUP.unreflectConstructor(constructor());
        h = h.asFixedArity();
        return isStatic ? MethodHandles.dropArguments(h, 0, Object.class) : h;
    }

    /** The way for the usual arguments; null if there is none, or not yet. */
    @Nullable
    Direct direct() {
        return direct;
    }

    Class<?> resultType() {
        return member instanceof Method method ? method.getReturnType() : member.getDeclaringClass();
    }

    ResultKind resultKind() {
        return resultKind(resultType());
    }

    /** What a value of some type is. */
    static ResultKind resultKind(Class<?> type) {
        if (type == String.class) {
            return ResultKind.STRINGS;
        } else if (type == boolean.class) {
            return ResultKind.BOOLEANS;
        } else if (type == void.class) {
            return ResultKind.NOTHING;
        } else if (type == char.class) {
            return ResultKind.OTHERS;
        }
        return type.isPrimitive() ? ResultKind.NUMBERS : ResultKind.ANY;
    }

    /** The way for arguments of the same kinds as these, which the member takes; null if there is none. */
    @Nullable
    Direct directFor(@Nullable Object[] arguments) throws IllegalAccessException {
        return Direct.of(typedHandle(), arguments);
    }

    private Constructor<?> constructor() {
        return (Constructor<?>) member;
    }

    @Override
    public String toString() {
        return member.toString();
    }
}
