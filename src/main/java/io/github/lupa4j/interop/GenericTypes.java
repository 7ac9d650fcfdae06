package io.github.lupa4j.interop;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What generic types tell of the values that they allow. */
public final class GenericTypes {
    private GenericTypes() {}

    /** The class that a value of the type is at least. */
    public static Class<?> raw(Type type) {
        if (type instanceof Class<?> c) {
            return c;
        }
        if (type instanceof ParameterizedType parameterized) {
            return (Class<?>) parameterized.getRawType();
        }
        return type instanceof GenericArrayType array
                ? raw(array.getGenericComponentType()).arrayType()
                : Object.class;
    }

    /** A type argument; Object where none is given. */
    static Type argument(Type generic, int index) {
        return generic instanceof ParameterizedType parameterized
                        && parameterized.getActualTypeArguments().length > index
                ? known(parameterized.getActualTypeArguments()[index])
                : Object.class;
    }

    /** The type of the items of an array. */
    static Type item(Type array, Class<?> itemType) {
        return array instanceof GenericArrayType generic ? generic.getGenericComponentType() : itemType;
    }

    /** What is known of a type: of a variable no more than that it is a subclass of something. */
    private static Type known(Type type) {
        if (type instanceof WildcardType wildcard) {
            return wildcard.getUpperBounds()[0];
        }
        if (type instanceof TypeVariable<?> variable) {
            return variable.getBounds()[0] instanceof Class<?> c && !c.isInterface() ? c : Object.class;
        }
        return type;
    }

    /** A type with what its variables stand for in their places; of those that have nothing, what is known. */
    static Type resolve(Type type, Map<TypeVariable<?>, Type> bindings) {
        if (type instanceof TypeVariable<?> variable) {
            Type bound = bindings.get(variable);
            return bound == null ? known(variable) : bound;
        }
        if (type instanceof WildcardType wildcard) {
            return resolve(wildcard.getUpperBounds()[0], bindings);
        }
        if (type instanceof GenericArrayType array) {
            return raw(resolve(array.getGenericComponentType(), bindings)).arrayType();
        }
        if (!(type instanceof ParameterizedType generic)) {
            return type;
        }
        Type[] arguments = generic.getActualTypeArguments();
        Type[] resolved =
                Arrays.stream(arguments).map(each -> resolve(each, bindings)).toArray(Type[]::new);
        return Arrays.equals(arguments, resolved) ? generic : new Resolved(raw(generic), List.of(resolved));
    }

    /** A class with its type arguments. */
    private record Resolved(Class<?> type, List<Type> arguments) implements ParameterizedType {
        @Override
        public Type[] getActualTypeArguments() {
            return arguments.toArray(Type[]::new);
        }

        @Override
        public Type getRawType() {
            return type;
        }

        @Override
        public @Nullable Type getOwnerType() {
            return type.getDeclaringClass();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof ParameterizedType generic
                    && generic.getRawType() == type
                    && Objects.equals(generic.getOwnerType(), getOwnerType())
                    && Arrays.equals(generic.getActualTypeArguments(), getActualTypeArguments());
        }

        /** As the JDK's own have it, for they may be equal. */
        @Override
        public int hashCode() {
            return arguments.hashCode() ^ Objects.hashCode(getOwnerType()) ^ type.hashCode();
        }
    }
}
