package io.github.lupa4j.interop;

import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.vm.Member;
import io.github.lupa4j.vm.None;
import io.github.lupa4j.vm.StandIn;
import java.lang.reflect.Array;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Java objects as scripts see them: the one door to their members and items. */
public final class HostObjects {
    private final LuaRuntime runtime;
    private final Access access;
    private final ClassFinder classes;
    private final Converter converter;
    private final Attributes attributes;
    private final HostCalls calls;

    /** @param unpackArrays whether arrays that methods return are several results */
    public HostObjects(
            LuaRuntime runtime,
            Access access,
            Attributes attributes,
            ClassFinder classes,
            Converter converter,
            boolean unpackArrays) {
        this.attributes = attributes;
        this.runtime = runtime;
        this.access = access;
        this.classes = classes;
        this.converter = converter;
        calls = new HostCalls(this, access, attributes, converter, unpackArrays);
    }

    /** Calls of them, and other uses of what was found. */
    public HostCalls calls() {
        return calls;
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

    Members membersOf(Object object) {
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
                return new Member(found, found instanceof MethodGroup, true, HostCalls.fieldOf(found) != null);
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
}
