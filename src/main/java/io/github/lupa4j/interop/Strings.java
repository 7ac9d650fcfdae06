package io.github.lupa4j.interop;

import org.jspecify.annotations.Nullable;

/** Strings where a parameter asks for a character, a constant of an enum, a class or bytes. */
final class Strings {
    private Strings() {}

    static int fit(String text, Class<?> type, Converter converter) {
        if (type == char.class) {
            return length(text, Fit.CONVERTED | 1);
        }
        if (type == Character.class) {
            return length(text, Fit.CONVERTED | 2);
        }
        if (type == byte[].class) {
            return Fit.CONVERTED | 5;
        }
        if (type.isEnum()) {
            return Fit.byValue(constant(text, type) == null ? Fit.NONE : Fit.CONVERTED | 3);
        }
        if (type == Class.class) {
            return Fit.byValue(converter.findClass(text) == null ? Fit.NONE : Fit.CONVERTED | 4);
        }
        return type == String.class ? Fit.STRICT : Fit.NONE;
    }

    private static int length(String text, int fit) {
        return Fit.byValue(text.length() == 1 ? fit : Fit.NONE);
    }

    /** The value in a type that {@link #fit} allows; {@link Converter#MISFIT} if this string is none. */
    static @Nullable Object convert(String text, Class<?> type, Converter converter) {
        Object found = null;
        if (type == char.class || type == Character.class) {
            found = text.length() == 1 ? (Object) text.charAt(0) : null;
        } else if (type == byte[].class) {
            found = converter.bytes(text);
        } else if (type.isEnum()) {
            found = constant(text, type);
        } else if (type == Class.class) {
            found = converter.findClass(text);
        } else if (type == String.class) {
            found = text;
        }
        return found == null ? Converter.MISFIT : found;
    }

    private static @Nullable Object constant(String name, Class<?> type) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) {
                return constant;
            }
        }
        return null;
    }
}
