package io.github.lupa4j.interop;

import io.github.lupa4j.LuaException;
import io.github.lupa4j.LuaTable;
import io.github.lupa4j.LuaValue;
import io.github.lupa4j.vm.Handles;
import io.github.lupa4j.vm.Ref;
import io.github.lupa4j.vm.ResultList;
import java.lang.reflect.Array;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the methods of an object of a {@link ProxyClass} do: there is one for each object. */
public abstract class ProxyHandler {
    final ProxyClass type;
    final LuaValue target;
    final Ref ref;
    /** Tells the results if the interface has type arguments. */
    private final @Nullable ProxyShape shape;

    ProxyHandler(ProxyClass type, LuaValue target, @Nullable ProxyShape shape) {
        this.type = type;
        this.target = target;
        this.ref = Objects.requireNonNull(Handles.ref(target));
        this.shape = shape;
    }

    // -- Calls ---------------------------------------------------------------------------------------------------

    /**
     * Calls a method.
     *
     * @return its result, {@linkplain #converted converted}
     * @throws Throwable what the method throws
     */
    public abstract @Nullable Object call(Object proxy, InterfaceMethod method, @Nullable Object[] arguments)
            throws Throwable;

    /**
     * Calls a method that is {@linkplain InterfaceMethod#isPlain() plain}.
     *
     * @param word0 the word of the first argument, if there are so many
     * @return the bits of the result; see {@link io.github.lupa4j.vm.PlainResult}
     * @throws Throwable what the method throws
     */
    public abstract long callPlain(Object proxy, InterfaceMethod method, long word0, long word1, long word2)
            throws Throwable;

    /** The arguments as Lua gets them. */
    static @Nullable Object[] passed(InterfaceMethod method, @Nullable Object[] arguments) {
        return method.method().isVarArgs() ? spread(arguments) : arguments;
    }

    /** The arguments with those of the last array one by one. */
    private static @Nullable Object[] spread(@Nullable Object[] arguments) {
        int fixed = arguments.length - 1;
        Object rest = arguments[fixed];
        if (rest == null) {
            return arguments;
        }
        int more = Array.getLength(rest);
        @Nullable Object[] all = Arrays.copyOf(arguments, fixed + more);
        for (int i = 0; i < more; i++) {
            all[fixed + i] = Array.get(rest, i);
        }
        return all;
    }

    static Throwable asDeclared(LuaException error, InterfaceMethod method) {
        Throwable cause = error.getCause();
        return cause != null && method.declares(cause) ? cause : error;
    }

    /** The exception for a method for which the table has no function. */
    static UnsupportedOperationException missing(InterfaceMethod method, NoSuchMethodException cause) {
        return new UnsupportedOperationException(
                "the table has no function '" + method.name() + "', which "
                        + method.method().getDeclaringClass().getTypeName() + " asks for",
                cause);
    }

    // -- Results -------------------------------------------------------------------------------------------------

    /** A result of a method in the type that the method has, boxed if that is primitive. */
    final @Nullable Object converted(InterfaceMethod method, @Nullable Object result) {
        Type generic = resultType(method);
        Class<?> type = GenericTypes.raw(generic);
        if (type == void.class || type == Void.class) {
            return null;
        }
        Object value = result instanceof ResultList several && !type.isInstance(several) ? several.get(0) : result;
        if (type == double.class && value instanceof Number number) {
            return number.doubleValue();
        }
        if (value == null ? !type.isPrimitive() : type.isInstance(value)) {
            // A table is a map, but not yet one of Strings and Longs.
            return value instanceof LuaTable && generic != type ? convert(value, method, generic) : value;
        }
        if ((type == int.class && value instanceof Integer) || (type == boolean.class && value instanceof Boolean)) {
            return value;
        }
        return convert(value, method, generic);
    }

    private Type resultType(InterfaceMethod method) {
        Type here = shape == null ? null : shape.results().get(method.method());
        return here == null ? method.result() : here;
    }

    private @Nullable Object convert(@Nullable Object value, InterfaceMethod method, Type type) {
        try {
            return target.runtime().convert(value, type);
        } catch (ClassCastException e) {
            ClassCastException clear = new ClassCastException("the result of "
                    + method.method().getDeclaringClass().getTypeName() + "." + method.name() + ": " + e.getMessage());
            clear.initCause(e);
            throw clear;
        }
    }

    // -- Methods of Object ---------------------------------------------------------------------------------------

    boolean proxyEquals(Object proxy, @Nullable Object other) {
        ProxyHandler handler = proxy == other ? this : ProxyClass.handlerOf(other);
        return handler != null && handler.type == type && handler.getClass() == getClass() && isLike(handler);
    }

    /** Whether another one of the same class stands for the same. */
    boolean isLike(ProxyHandler other) {
        return other.target.equals(target);
    }

    int proxyHashCode(Object proxy) {
        return target.hashCode();
    }

    String proxyToString(Object proxy) {
        return type.names() + " by " + target;
    }
}
