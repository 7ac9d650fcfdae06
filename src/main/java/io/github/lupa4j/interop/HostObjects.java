package io.github.lupa4j.interop;

import io.github.lupa4j.JavaFunction;
import io.github.lupa4j.LuaResults;
import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.vm.Arguments;
import io.github.lupa4j.vm.KnownFields;
import io.github.lupa4j.vm.Member;
import io.github.lupa4j.vm.None;
import io.github.lupa4j.vm.ResultKind;
import io.github.lupa4j.vm.StandIn;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Java objects as scripts see them: the one door to their members and items. */
public final class HostObjects {
    private final LuaRuntime runtime;
    private final Access access;
    private final ClassFinder classes;
    private final Converter converter;
    private final Attributes attributes;
    private final boolean unpackArrays;

    /** @param unpackArrays whether arrays that methods return are several results */
    public HostObjects(
            LuaRuntime runtime,
            Access access,
            Attributes attributes,
            ClassFinder classes,
            Converter converter,
            boolean unpackArrays) {
        this.attributes = attributes;
        this.unpackArrays = unpackArrays;
        this.runtime = runtime;
        this.access = access;
        this.classes = classes;
        this.converter = converter;
    }

    public Converter converter() {
        return converter;
    }

    public ClassFinder classes() {
        return classes;
    }

    public Access access() {
        return access;
    }

    private Members membersOf(Object object) {
        return object instanceof Class<?> type ? access.staticMembersOf(type) : access.membersOf(object.getClass());
    }

    // -- Fields and items ----------------------------------------------------------------------------------------

    /** What {@code object[key]} gives; a method is a function bound to the object. */
    public @Nullable Object index(Object object, @Nullable Object key) throws Throwable {
        if (object instanceof StandIn standIn) {
            return indexStandIn(standIn, key);
        }
        return bound(object, find(object, key));
    }

    private @Nullable Object bound(Object object, @Nullable Object found) {
        return found instanceof MethodGroup group ? runtime.function(new BoundMethod(this, object, group)) : found;
    }

    /** What a stand-in has under a key: an attribute getter its object's members, an item getter its items. */
    private @Nullable Object indexStandIn(StandIn standIn, @Nullable Object key) throws Throwable {
        Object object = target(standIn, key);
        if (!(standIn instanceof View view)) {
            return index(object, key);
        }
        if (!view.items()) {
            return bound(object, member(object, name(object, key)));
        }
        if (object instanceof Map<?, ?> map) {
            return Items.get(map, key);
        }
        return Items.get(object, position(object, key));
    }

    private static Object target(StandIn standIn, @Nullable Object key) {
        Object object = standIn.target();
        if (object == null) {
            throw new UsageException("attempt to index null (with " + Words.describe(key) + ")");
        }
        return object;
    }

    private static Number position(Object object, @Nullable Object key) {
        if (Items.isSequence(object) && key instanceof Number position) {
            return position;
        }
        throw new UsageException("a " + Words.typeName(object) + " has no item " + Words.describe(key));
    }

    /** The same, a method being a {@link MethodGroup}. */
    @Nullable
    Object find(Object object, @Nullable Object key) throws Throwable {
        if (key instanceof String name && attributes.getter() != null) {
            return attributes.getter().get(object, name);
        }
        if (object instanceof Map<?, ?> map) {
            if (key == None.NONE) {
                return Items.get(map, key);
            }
            Object found = Items.findKey(map, key);
            if (found != null) {
                return map.get(found);
            }
            return key instanceof String name
                    ? read(object, membersOf(object).find(attributes.nameFor(object, name, false)))
                    : null;
        }
        if (key instanceof Number position && Items.isSequence(object)) {
            return Items.get(object, position);
        }
        return member(object, name(object, key));
    }

    private static String name(Object object, @Nullable Object key) {
        if (key instanceof String name) {
            return name;
        }
        throw new UsageException("a " + Words.typeName(object) + " cannot be indexed with " + Words.describe(key));
    }

    /** A member by its name, items left out of account; a method is a {@link MethodGroup}. */
    @Nullable
    Object member(Object object, String wanted) throws Throwable {
        if (attributes.getter() != null) {
            return attributes.getter().get(object, wanted);
        }
        String name = attributes.nameFor(object, wanted, false);
        Object found = lookUp(object, name);
        if (found == null) {
            if (name.equals("length") && object.getClass().isArray()) {
                return Array.getLength(object);
            }
            throw access.unknown(object, name);
        }
        return read(object, found);
    }

    /** The methods of a name; the constructors of a class are its {@code new}. */
    MethodGroup methods(Object object, String wanted) throws Exception {
        String name = attributes.nameFor(object, wanted, false);
        if (attributes.getter() == null && lookUp(object, name) instanceof MethodGroup group) {
            return group;
        }
        throw access.unknown(object, name);
    }

    private @Nullable Object lookUp(Object object, String name) {
        Members members = membersOf(object);
        Object found = members.find(name);
        if (found != null && object instanceof Class<?>) {
            members.initialise(found);
        }
        return found;
    }

    /** What {@code object[key]} gives to Lua itself: a value, or a member to be remembered. */
    public @Nullable Object answer(Object given, @Nullable Object key) throws Throwable {
        if (key instanceof Number && Items.isSequence(given) && hasShape(given)) {
            return new Member(Member.ITEM, false, true, false);
        }
        if (given instanceof View || given == None.NONE) {
            return index(given, key);
        }
        Object object = given instanceof Typed typed ? target(typed, key) : given;
        if (key instanceof String name && hasShape(object)) {
            Object found = lookUp(object, name);
            if (found instanceof MethodGroup || found instanceof Accessor) {
                if (found instanceof MethodGroup group && LeafMethod.isAnnotated(group)) {
                    group.isLeaf = true;
                }
                return new Member(found, found instanceof MethodGroup, true, fieldOf(found) != null);
            }
        }
        Object found = find(object, key);
        return found instanceof MethodGroup ? new Member(found, true, false, false) : found;
    }

    /** Whether nothing but members of its class can be meant by a name. */
    private boolean hasShape(Object object) {
        return !(object instanceof Map) && shapeOf(object) != null;
    }

    /**
     * The class whose members an object has, or is, if nothing but keys of a map can come before them: no filter. Of the
     * maps those of the JDK alone have one: it makes no difference how often they are asked for a key.
     */
    public @Nullable Class<?> shapeOf(Object object) {
        if (object instanceof StandIn || !attributes.arePlain()) {
            return null;
        }
        Class<?> type = object instanceof Class<?> itself ? itself : object.getClass();
        return object instanceof Map && !isOfJdk(type.getClassLoader()) ? null : type;
    }

    private static boolean isOfJdk(@Nullable ClassLoader loader) {
        return loader == null || loader == ClassLoader.getPlatformClassLoader();
    }

    private @Nullable Object read(Object object, @Nullable Object found) throws Throwable {
        return found instanceof Accessor accessor ? accessor.read(object, converter) : found;
    }

    /** Does {@code object[key] = value}. */
    public void setIndex(Object object, @Nullable Object key, @Nullable Object value) throws Throwable {
        if (object instanceof StandIn standIn) {
            setIndexOfStandIn(standIn, key, value);
            return;
        }
        if (key instanceof String name && attributes.setter() != null) {
            attributes.setter().set(object, name, StandIn.resolve(value));
        } else if (object instanceof Map<?, ?>) {
            @SuppressWarnings("unchecked")
            Map<Object, @Nullable Object> map = (Map<Object, @Nullable Object>) object;
            if (value == null) {
                Items.remove(map, Typed.unwrap(key));
            } else {
                Items.put(map, Typed.unwrap(key), StandIn.resolve(value));
            }
        } else if (key instanceof Number position && Items.isSequence(object)) {
            Items.set(object, position, value, converter);
        } else {
            setMember(object, name(object, key), value);
        }
    }

    private void setIndexOfStandIn(StandIn standIn, @Nullable Object key, @Nullable Object value) throws Throwable {
        Object object = target(standIn, key);
        if (standIn instanceof View view && !view.items()) {
            setMember(object, name(object, key), value);
            return;
        }
        if (standIn instanceof View && !(object instanceof Map)) {
            position(object, key);
        }
        setIndex(object, key, value);
    }

    /** Sets a field or property, items left out of account. */
    void setMember(Object object, String wanted, @Nullable Object value) throws Throwable {
        if (attributes.setter() != null) {
            attributes.setter().set(object, wanted, StandIn.resolve(value));
            return;
        }
        String name = attributes.nameFor(object, wanted, true);
        Members members = membersOf(object);
        Accessor accessor = members.findWritable(name);
        if (accessor == null) {
            throw members.find(name) == null ? access.unknown(object, name) : members.notWritable(name);
        }
        if (object instanceof Class<?>) {
            members.initialise(accessor);
        }
        accessor.write(object, value == None.NONE ? null : value, converter);
    }

    // -- Calls ---------------------------------------------------------------------------------------------------

    /** Calls a class, which constructs, or a functional object. */
    public @Nullable Object call(Object callee, @Nullable Object[] arguments) throws Throwable {
        if (callee instanceof Class<?> type) {
            String name = attributes.nameFor(type, "new", false);
            return name.equals("new")
                    ? construct(type, arguments)
                    : invoke(methods(type, name), type, arguments, false);
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
    public @Nullable Field fieldOf(Object target) {
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
            setIndex(map, name, arguments.anyAt(1));
            return Arguments.resultOfNothing();
        }
        boolean found = Items.findKey(map, name) != null;
        if (use == Member.NO_KEY) {
            return found ? Arguments.MISFIT : Arguments.resultOfNothing();
        }
        Object value = found ? map.get(name) : membersOf(map).find(name);
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
