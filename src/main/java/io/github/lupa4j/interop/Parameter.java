package io.github.lupa4j.interop;

import io.github.lupa4j.LuaValue;
import io.github.lupa4j.vm.StandIn;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** One parameter: takes the usual arguments by the short way, and asks the converter for the rest. */
final class Parameter {
    private enum Way {
        INT,
        LONG,
        DOUBLE,
        BOOLEAN,
        OBJECT,
        REFERENCE,
        OTHER
    }

    private final Class<?> type;
    private final Type generic;
    private final Way way;

    Parameter(Class<?> type, Type generic) {
        this.type = type;
        this.generic = generic;
        if (type == int.class) {
            way = Way.INT;
        } else if (type == long.class) {
            way = Way.LONG;
        } else if (type == double.class) {
            way = Way.DOUBLE;
        } else if (type == boolean.class) {
            way = Way.BOOLEAN;
        } else if (type == Object.class) {
            way = Way.OBJECT;
        } else {
            way = type.isPrimitive() ? Way.OTHER : Way.REFERENCE;
        }
    }

    /** The value for the parameter, or {@link Converter#MISFIT}. */
    @Nullable
    Object convert(@Nullable Object value, Converter converter) {
        Object usual = usual(value);
        return usual != Converter.MISFIT ? usual : converter.tryConvert(value, type, generic);
    }

    private @Nullable Object usual(@Nullable Object value) {
        return switch (way) {
            case INT -> value instanceof Integer ? value : Converter.MISFIT;
            case LONG -> value instanceof Integer i ? (Object) (long) i : Converter.MISFIT;
            case DOUBLE ->
                value instanceof Double ? value : value instanceof Integer i ? (Object) (double) i : Converter.MISFIT;
            case BOOLEAN -> value instanceof Boolean ? value : Converter.MISFIT;
            case OBJECT -> value instanceof StandIn ? Converter.MISFIT : value;
            case REFERENCE -> value == null || isPlain(value) ? value : Converter.MISFIT;
            case OTHER -> Converter.MISFIT;
        };
    }

    /** Of the type, and not a handle, for which another reading of the type may come first. */
    private boolean isPlain(Object value) {
        return type.isInstance(value) && !(value instanceof LuaValue || value instanceof StandIn);
    }
}
