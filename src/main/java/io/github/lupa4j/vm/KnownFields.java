package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;

/** Fields that Lua reads and writes without asking Java: those of objects, of the types that scripts use most. */
public final class KnownFields {
    private KnownFields() {}

    /** Whether Lua can do so. */
    public static boolean isFit(Field field) {
        return typeOf(field) != 0 && !Modifier.isStatic(field.getModifiers());
    }

    /** One of BRIDGE_FIELD_*, 0 for other types. */
    private static int typeOf(Field field) {
        Class<?> type = field.getType();
        if (type == int.class) {
            return BRIDGE_FIELD_INT;
        } else if (type == long.class) {
            return BRIDGE_FIELD_LONG;
        } else if (type == float.class) {
            return BRIDGE_FIELD_FLOAT;
        } else if (type == double.class) {
            return BRIDGE_FIELD_DOUBLE;
        }
        return type == boolean.class ? BRIDGE_FIELD_BOOLEAN : 0;
    }

    /**
     * Tells the bridge what it needs.
     *
     * @param id of the object
     * @param number of the field as a member
     * @param field one that is fit
     */
    static void add(long context, int id, Object object, int number, Field field) {
        int type = typeOf(field);
        if (Modifier.isFinal(field.getModifiers())) {
            type |= BRIDGE_FIELD_FINAL;
        }
        bridge_know_field(context, id, object, number, field, type);
    }
}
