package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The numbers under which Lua knows members of Java classes, and the shapes that objects of a class share. All of it
 * is held weakly: members live as long as their class, and Lua calls one only with an object of that class.
 */
final class MemberTable {
    private final Host host;
    private final Map<Object, Integer> numbers = new WeakHashMap<>();
    private final Map<Class<?>, Integer> shapes = new WeakHashMap<>();
    /** Of the classes as objects. */
    private final Map<Class<?>, Integer> staticShapes = new WeakHashMap<>();

    private @Nullable WeakReference<Object>[] members = newArray(64);
    /** The class whose shape was asked for last, as one of objects. */
    private WeakReference<Class<?>> lastType = new WeakReference<>(null);

    private int lastShape;
    private int memberCount;
    private int shapeCount;

    MemberTable(Host host) {
        this.host = host;
        Object[] first = {Member.ITEM, Walk.STEP, Member.KEY, Member.NO_KEY, Member.PUT};
        for (int i = 0; i < first.length; i++) {
            if (numberOf(first[i]) != BRIDGE_MEMBER_ITEM + i) {
                throw new AssertionError("these are the first members");
            }
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static @Nullable WeakReference<Object>[] newArray(int size) {
        return new WeakReference[size];
    }

    /** The shape of an object, 0 if it shares none. */
    int shapeOf(Object object) {
        Class<?> type = host.shapeOf(object);
        if (type == null) {
            return 0;
        }
        if (lastType.refersTo(type) && !(object instanceof Class)) {
            return lastShape;
        }
        Map<Class<?>, Integer> known = object instanceof Class ? staticShapes : shapes;
        Integer number = known.get(type);
        if (number == null) {
            number = 2 * (shapeCount + 1) < BRIDGE_SHAPES ? 2 * ++shapeCount : 0;
            if (number != 0 && object instanceof Map) {
                number |= BRIDGE_SHAPE_OF_MAP;
            }
            known.put(type, number);
        }
        if (!(object instanceof Class)) {
            lastType = new WeakReference<>(type);
            lastShape = number;
        }
        return number;
    }

    /** The number of a member, 1 or more. */
    int numberOf(Object member) {
        Integer known = numbers.get(member);
        if (known != null) {
            return known;
        }
        int number = ++memberCount;
        if (number >= members.length) {
            members = Arrays.copyOf(members, members.length * 2);
        }
        members[number] = new WeakReference<>(member);
        numbers.put(member, number);
        return number;
    }

    /** The member of that number. */
    Object get(int number) {
        WeakReference<Object> reference = number > 0 && number < members.length ? members[number] : null;
        Object member = reference == null ? null : reference.get();
        if (member == null) {
            throw new IllegalStateException("internal error: there is no member " + number + "; this is a bug");
        }
        return member;
    }
}
