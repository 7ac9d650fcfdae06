package io.github.lupa4j.vm;

import java.util.Arrays;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/** The Java objects that Lua holds, each under one id as long as it does. */
final class ObjectTable {
    private final Host host;
    private final MemberTable members;
    private final IdentityHashMap<Object, Integer> ids = new IdentityHashMap<>();
    private @Nullable Object[] objects = new Object[16];
    /** What calls of them are, once that was asked for. */
    private @Nullable Object[] callees = new Object[16];

    private int[] free = new int[16];
    private int[] shapes = new int[16];
    private int freeCount;
    private int last;

    ObjectTable(Host host, MemberTable members) {
        this.host = host;
        this.members = members;
    }

    /** What a slot holds of an object: its id, 1 or more, and its shape. The id is a new one if Lua has none of it. */
    long payloadOf(Object object) {
        Integer known = ids.get(object);
        int id = known != null ? known : add(object);
        return (long) shapes[id] << 31 | id;
    }

    private int add(Object object) {
        int id = freeCount > 0 ? free[--freeCount] : ++last;
        if (id >= objects.length) {
            objects = Arrays.copyOf(objects, objects.length * 2);
            shapes = Arrays.copyOf(shapes, objects.length);
            callees = Arrays.copyOf(callees, objects.length);
        }
        shapes[id] = members.shapeOf(object);
        objects[id] = object;
        ids.put(object, id);
        return id;
    }

    Object get(int id) {
        Object object = objects[id];
        if (object == null) {
            throw new IllegalStateException(
                    "internal error: Lua names the Java object " + id + ", which it had given back; this is a bug");
        }
        return object;
    }

    /** What a call of an object that Lua holds is: see {@link Host#calleeOf}. */
    Object calleeOf(int id) {
        Object callee = callees[id];
        if (callee == null) {
            callee = host.calleeOf(get(id));
            callees[id] = callee;
        }
        return callee;
    }

    void release(int id) {
        ids.remove(objects[id]);
        objects[id] = null;
        callees[id] = null;
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, freeCount * 2);
        }
        free[freeCount++] = id;
    }

    int size() {
        return ids.size();
    }
}
