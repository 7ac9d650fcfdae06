package io.github.lupa4j.interop;

import io.github.lupa4j.JavaFunction;
import io.github.lupa4j.LuaResults;
import io.github.lupa4j.vm.Arguments;
import io.github.lupa4j.vm.KnownFields;
import io.github.lupa4j.vm.Member;
import io.github.lupa4j.vm.ResultKind;
import io.github.lupa4j.vm.StandIn;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Calls of Java objects by scripts, and other uses of what names mean. A <em>target</em> is what {@link HostObjects} has
 * found, or {@link #calleeOf}: Lua knows it by a number.
 */
public final class HostCalls {
    private final HostObjects objects;
    private final Access access;
    private final Attributes attributes;
    private final Converter converter;
    /** Whether arrays that methods return are several results. */
    private final boolean unpackArrays;

    HostCalls(HostObjects objects, Access access, Attributes attributes, Converter converter, boolean unpackArrays) {
        this.objects = objects;
        this.access = access;
        this.attributes = attributes;
        this.converter = converter;
        this.unpackArrays = unpackArrays;
    }

    /** Calls a class, which constructs, or a functional object. */
    public @Nullable Object call(Object callee, @Nullable Object[] arguments) throws Throwable {
        if (callee instanceof Class<?> type) {
            String name = attributes.nameFor(type, "new", false);
            return name.equals("new")
                    ? construct(type, arguments)
                    : invoke(objects.methods(type, name), type, arguments, false);
        }
        if (callee instanceof Typed typed) {
            return call(Objects.requireNonNull(typed.target()), arguments);
        }
        return result(access.membersOf(callee.getClass()).functional().call(callee, arguments, converter));
    }

    /** What a call of an object itself means, as a target of what is below. */
    public Object calleeOf(Object object) {
        boolean renamed = object instanceof Class && !attributes.arePlain();
        return Callee.of(object, access, !unpackArrays && !renamed);
    }

    /** Whether a target is what {@link #calleeOf} gave. */
    public static boolean isCallee(Object target) {
        return target instanceof Callee;
    }

    /** Whether one of the parameters of a target is for bytes. */
    public boolean takesBytes(Object target) {
        if (target instanceof MethodGroup group) {
            return group.takesBytes;
        }
        return target instanceof Callee callee
                ? callee.takesBytes
                : target instanceof Accessor accessor && accessor.takesBytes();
    }

    private @Nullable Object construct(Class<?> type, @Nullable Object[] arguments) throws Throwable {
        if (access.allows(type) && arguments.length == 1) {
            if (type.isArray() && arguments[0] instanceof Integer length && length >= 0) {
                return Array.newInstance(type.getComponentType(), length);
            }
            if (type.isArray() || type.isInterface()) {
                Object converted = converter.tryConvert(arguments[0], type, type);
                if (converted != null && converted != Converter.MISFIT) {
                    return converted;
                }
            }
        }
        Members members = access.staticMembersOf(type);
        MethodGroup constructors = members.constructors();
        if (constructors.candidates.length > 0) {
            members.initialise(constructors);
        }
        return constructors.call(null, arguments, converter);
    }

    /**
     * Calls a method, or reads a field or property.
     *
     * @param target what was found
     * @param self whether the script gave the object itself as the first argument, which is not among the others
     */
    public @Nullable Object invoke(Object target, Object receiver, @Nullable Object[] arguments, boolean self)
            throws Throwable {
        Object object = untyped(receiver);
        if (target == Member.ITEM) {
            return Items.get(object, (Number) Objects.requireNonNull(arguments[0]));
        }
        if (!(target instanceof MethodGroup group)) {
            return ((Accessor) target).read(object, converter);
        }
        if (group.isConstructor) {
            return construct((Class<?>) object, arguments);
        }
        return result(
                self ? group.callWithSelf(object, arguments, converter) : group.call(object, arguments, converter));
    }

    /** The field that a member is, if Lua can use it by itself. */
    public static @Nullable Field fieldOf(Object target) {
        return target instanceof Accessor.OfField accessor && KnownFields.isFit(accessor.field) ? accessor.field : null;
    }

    /** What calls of a target, or reading it, give. */
    public ResultKind resultKind(Object target, Object receiver) {
        if (unpackArrays || receiver instanceof StandIn) {
            return ResultKind.OTHERS;
        }
        if (target == Member.ITEM) {
            return ResultKind.ANY;
        }
        if (target instanceof MethodGroup group) {
            return group.resultKind();
        }
        return target instanceof Callee callee ? callee.resultKind(receiver) : ((Accessor) target).resultKind();
    }

    /** Calls or reads a target, with arguments of the usual kinds: see {@link Direct}. */
    public long invokeDirectly(Object target, Object receiver, Arguments arguments, int count) throws Throwable {
        if (unpackArrays || receiver instanceof StandIn) {
            return Arguments.MISFIT;
        }
        if (target instanceof MethodGroup group) {
            return group.callDirectly(receiver, arguments, count);
        }
        if (target == Member.ITEM) {
            return arguments.isInt(0) ? arguments.resultOf(Items.get(receiver, arguments.intAt(0))) : Arguments.MISFIT;
        }
        if (target instanceof Callee callee) {
            return callee.call(receiver, arguments, count);
        }
        return target instanceof Accessor accessor
                ? accessor.readDirectly(receiver, arguments)
                : useMap(target, (Map<?, ?>) receiver, arguments);
    }

    /** Does with a map what compiled code does. */
    private long useMap(Object use, Map<?, ?> map, Arguments arguments) throws Throwable {
        if (!arguments.isString(0)) {
            return Arguments.MISFIT;
        }
        String name = Objects.requireNonNull(arguments.stringAt(0));
        if (use == Member.PUT) {
            if (!arguments.isAny(1)) {
                return Arguments.MISFIT;
            }
            objects.setIndex(map, name, arguments.anyAt(1));
            return Arguments.resultOfNothing();
        }
        boolean found = Items.findKey(map, name) != null;
        if (use == Member.NO_KEY) {
            return found ? Arguments.MISFIT : Arguments.resultOfNothing();
        }
        Object value = found ? map.get(name) : objects.membersOf(map).find(name);
        return (found ? value instanceof LuaResults : value != null) ? Arguments.MISFIT : arguments.resultOf(value);
    }

    public long setDirectly(Object target, Object receiver, Arguments arguments) throws Throwable {
        return target instanceof Accessor.OfField field && !(receiver instanceof StandIn)
                ? field.writeDirectly(receiver, arguments)
                : Arguments.MISFIT;
    }

    /**
     * What a leaf function calls: a method, or if that is null the receiver itself. Null if that is one already.
     *
     * @throws UsageException when it is not fit for one
     */
    public @Nullable Object leaf(@Nullable Object method, Object receiver) {
        Object object = untyped(receiver);
        if (object instanceof LeafMethod) {
            return null;
        }
        if (method instanceof MethodGroup group) {
            return new LeafMethod(group, object, converter);
        }
        if (object instanceof MethodChoice choice) {
            return choice.leaf();
        }
        if (object instanceof JavaFunction || object instanceof Class || object instanceof StandIn) {
            throw LeafMethod.noMethod(object);
        }
        return new LeafMethod(access.membersOf(object.getClass()).functional(), object, converter);
    }

    /** Whether a target must not use the runtime meanwhile. */
    public static boolean isLeaf(Object target) {
        return target instanceof MethodGroup group ? group.isLeaf : target instanceof Callee callee && callee.isLeaf();
    }

    /** Writes a field or property that was found. */
    public void set(Object target, Object receiver, @Nullable Object value) throws Throwable {
        ((Accessor) target).write(untyped(receiver), value, converter);
    }

    private static Object untyped(Object object) {
        return object instanceof Typed typed ? Objects.requireNonNull(typed.target()) : object;
    }

    private @Nullable Object result(@Nullable Object result) {
        if (!unpackArrays || result == null || !result.getClass().isArray()) {
            return result;
        }
        @Nullable Object[] items = new Object[Array.getLength(result)];
        for (int i = 0; i < items.length; i++) {
            items[i] = Array.get(result, i);
        }
        return LuaResults.of(items);
    }
}
