package io.github.lupa4j.interop;

import io.github.lupa4j.LuaValue;
import io.github.lupa4j.vm.ByteString;
import java.lang.reflect.Executable;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How messages name things. */
final class Words {
    private static final int NEAREST = 3;
    private static final int LONGEST_TEXT = 40;

    private Words() {}

    /** The type of an object, or which class it is: "java.util.ArrayList", "class java.util.ArrayList". */
    static String typeName(Object object) {
        return object instanceof Class<?> type ? "class " + type.getTypeName() : typeName(object.getClass());
    }

    /** The name of an object's class; the interfaces' of one that Lua implements. */
    static String typeName(Class<?> type) {
        return GeneratedProxy.class.isAssignableFrom(type)
                ? ProxyClass.names(List.of(type.getInterfaces()))
                : type.getTypeName();
    }

    /** A value as an argument: what it is, and its value where that is short. */
    static String describe(@Nullable Object value) {
        if (value == null) {
            return "nil";
        }
        if (value instanceof String text) {
            String shown = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "..." : text;
            return "string \"" + shown + "\"";
        }
        if (value instanceof Integer || value instanceof Long || value instanceof Double) {
            return "number " + value;
        }
        if (value instanceof Boolean) {
            return "boolean " + value;
        }
        if (value instanceof LuaValue handle) {
            return handle.type().name().toLowerCase(Locale.ROOT);
        }
        if (value instanceof ByteString) {
            return describe(value.toString());
        }
        return value instanceof Typed typed ? typed.type().getTypeName() : typeName(value);
    }

    static String describeAll(@Nullable Object[] values) {
        return Arrays.stream(values).map(Words::describe).collect(Collectors.joining(", ", "(", ")"));
    }

    /** A member as Java writes it, without modifiers: "add(int, java.lang.Object)". */
    static String signature(String name, Executable member) {
        Class<?>[] types = member.getParameterTypes();
        StringBuilder text = new StringBuilder(name).append('(');
        for (int i = 0; i < types.length; i++) {
            boolean spread = member.isVarArgs() && i == types.length - 1;
            text.append(i == 0 ? "" : ", ")
                    .append(spread ? types[i].getComponentType().getTypeName() + "..." : types[i].getTypeName());
        }
        return text.append(')').toString();
    }

    /** The few names nearest to one that there is not. */
    static String nearest(String name, Collection<String> names) {
        return names.stream()
                .sorted(Comparator.comparingInt((String n) -> distance(n, name)).thenComparing(n -> n))
                .limit(NEAREST)
                .map(n -> "'" + n + "'")
                .collect(Collectors.joining(", "));
    }

    /** The edit distance; a change of case is half an edit. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, i -> 2 * i);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = 2 * i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + substitution(a.charAt(i - 1), b.charAt(j - 1));
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 2);
            }
        }
        return row[b.length()];
    }

    private static int substitution(char a, char b) {
        if (a == b) {
            return 0;
        }
        return Character.toLowerCase(a) == Character.toLowerCase(b) ? 1 : 2;
    }
}
