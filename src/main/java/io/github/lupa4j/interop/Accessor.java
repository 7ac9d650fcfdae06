package io.github.lupa4j.interop;

import io.github.lupa4j.vm.Arguments;
import io.github.lupa4j.vm.ResultKind;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;

/** A field or a bean property: what is read and written without a call. Thread-safe. */
abstract sealed class Accessor {
    final String owner;
    final String name;

    private Accessor(String owner, String name) {
        this.owner = owner;
        this.name = name;
    }

    /** Whether a string may be written for its bytes. */
    abstract boolean takesBytes();

    abstract @Nullable Object read(Object receiver, Converter converter) throws Throwable;

    /** What {@link #read} gives as a word; {@link Arguments#MISFIT} if this is not prepared for it. */
    abstract long readDirectly(Object receiver, Arguments arguments) throws Throwable;

    /** What reading gives. */
    abstract ResultKind resultKind();

    /** @throws UsageException when it cannot be written, or not with this value */
    abstract void write(Object receiver, @Nullable Object value, Converter converter) throws Throwable;

    /** A public field, also a static one. */
    static final class OfField extends Accessor {
        private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
        private static final MethodType GETTER = MethodType.genericMethodType(1);
        private static final MethodType SETTER = MethodType.methodType(void.class, Object.class, Object.class);

        final Field field;
        private final Parameter parameter;
        private volatile @Nullable MethodHandle getter;
        private volatile @Nullable MethodHandle setter;
        private int reads;
        private int writes;
        private volatile @Nullable Direct directGetter;
        private volatile @Nullable Direct directSetter;

        OfField(String owner, Field field) {
            super(owner, field.getName());
            this.field = field;
            parameter = new Parameter(field.getType(), field.getGenericType());
        }

        @Override
        boolean takesBytes() {
            return field.getType() == byte[].class;
        }

        @Override
        @Nullable
        Object read(Object receiver, Converter converter) throws Throwable {
            MethodHandle h = getter;
            if (h == null) {
                h = LOOKUP.unreflectGetter(field);
                h = (isStatic() ? MethodHandles.dropArguments(h, 0, Object.class) : h).asType(GETTER);
                getter = h;
            }
            return (Object) h.invokeExact(receiver);
        }

        @Override
        void write(Object receiver, @Nullable Object value, Converter converter) throws Throwable {
            if (Modifier.isFinal(field.getModifiers())) {
                throw new UsageException("the field " + owner + "." + name + " is final");
            }
            MethodHandle h = setter;
            if (h == null) {
                h = LOOKUP.unreflectSetter(field);
                h = (isStatic() ? MethodHandles.dropArguments(h, 0, Object.class) : h).asType(SETTER);
                setter = h;
            }
            Object converted = parameter.convert(value, converter);
            if (converted == Converter.MISFIT) {
                throw new UsageException("the field " + owner + "." + name + " of type "
                        + field.getType().getTypeName() + " cannot be set to " + Words.describe(value));
            }
            h.invokeExact(receiver, converted);
        }

        @Override
        ResultKind resultKind() {
            return Candidate.resultKind(field.getType());
        }

        @Override
        long readDirectly(Object receiver, Arguments arguments) throws Throwable {
            Direct way = directGetter;
            if (way == null) {
                if (++reads < Direct.OFTEN) {
                    return Arguments.MISFIT;
                }
                way = Direct.of(typed(LOOKUP.unreflectGetter(field)));
                directGetter = way;
            }
            return way == null ? Arguments.MISFIT : way.call(arguments, receiver);
        }

        /** Does what {@link #write} does for a value of the usual kind, or gives {@link Arguments#MISFIT}. */
        long writeDirectly(Object receiver, Arguments arguments) throws Throwable {
            Direct way = directSetter;
            if (way == null) {
                if (++writes != Direct.OFTEN || Modifier.isFinal(field.getModifiers())) {
                    return Arguments.MISFIT;
                }
                way = Direct.of(typed(LOOKUP.unreflectSetter(field)));
                directSetter = way;
            }
            return way == null ? Arguments.MISFIT : way.call(arguments, receiver);
        }

        private MethodHandle typed(MethodHandle h) {
            return isStatic() ? MethodHandles.dropArguments(h, 0, Object.class) : h;
        }

        private boolean isStatic() {
            return Modifier.isStatic(field.getModifiers());
        }
    }

    /** A bean property. */
    static final class OfProperty extends Accessor {
        private final @Nullable MethodGroup getter;
        private final @Nullable MethodGroup setter;

        OfProperty(String owner, String name, @Nullable MethodGroup getter, @Nullable MethodGroup setter) {
            super(owner, name);
            this.getter = getter;
            this.setter = setter;
        }

        boolean isReadable() {
            return getter != null;
        }

        @Override
        boolean takesBytes() {
            return setter != null && setter.takesBytes;
        }

        @Override
        @Nullable
        Object read(Object receiver, Converter converter) throws Throwable {
            if (getter == null) {
                throw new UsageException("the property " + owner + "." + name + " can only be written");
            }
            return getter.call(receiver, NOTHING, converter);
        }

        @Override
        long readDirectly(Object receiver, Arguments arguments) throws Throwable {
            return getter == null ? Arguments.MISFIT : getter.callDirectly(receiver, arguments, 0);
        }

        @Override
        ResultKind resultKind() {
            return getter == null ? ResultKind.OTHERS : getter.resultKind();
        }

        @Override
        void write(Object receiver, @Nullable Object value, Converter converter) throws Throwable {
            if (setter == null) {
                throw new UsageException("the property " + owner + "." + name + " can only be read");
            }
            setter.call(receiver, new Object[] {value}, converter);
        }
    }

    private static final @Nullable Object[] NOTHING = {};
}
