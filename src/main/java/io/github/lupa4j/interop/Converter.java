package io.github.lupa4j.interop;

import io.github.lupa4j.LuaFunction;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values that came from Lua to the types that Java members ask for. */
public final class Converter {
    /** The cost of a conversion that there is none. */
    static final int IMPOSSIBLE = 1 << 20;

    private static final Map<Class<?>, Class<?>> BOXES = Map.of(
            boolean.class, Boolean.class,
            byte.class, Byte.class,
            short.class, Short.class,
            char.class, Character.class,
            int.class, Integer.class,
            long.class, Long.class,
            float.class, Float.class,
            double.class, Double.class);

    /** How far a value is from a type; less is better. */
    int cost(@Nullable Object value, Class<?> type) {
        if (value == null) {
            return type.isPrimitive() ? IMPOSSIBLE : 0;
        }
        Class<?> wanted = BOXES.getOrDefault(type, type);
        if (wanted == value.getClass()) {
            return type.isPrimitive() ? 0 : 1;
        }
        if (value instanceof Number number) {
            int cost = numberCost(number, wanted, type.isPrimitive());
            if (cost < IMPOSSIBLE) {
                return cost;
            }
        }
        if (wanted.isInstance(value)) {
            return wanted == Object.class ? 40 : wanted.isInterface() ? 20 : 10;
        }
        if (value instanceof String text) {
            return stringCost(text, wanted);
        }
        return value instanceof LuaFunction && functionalMethod(wanted) != null ? 5 : IMPOSSIBLE;
    }

    private static int numberCost(Number value, Class<?> wanted, boolean primitive) {
        int penalty = primitive ? 0 : 1;
        if (wanted == Double.class) {
            return 6 + penalty;
        }
        if (wanted == Float.class) {
            return 8 + penalty;
        }
        boolean whole = value instanceof Integer || value instanceof Long;
        if (!whole) {
            return IMPOSSIBLE;
        }
        long v = value.longValue();
        if (wanted == Long.class) {
            return 4 + penalty;
        }
        if (wanted == Integer.class) {
            return v == (int) v ? 2 + penalty : IMPOSSIBLE;
        }
        if (wanted == Short.class) {
            return v == (short) v ? 12 + penalty : IMPOSSIBLE;
        }
        if (wanted == Byte.class) {
            return v == (byte) v ? 14 + penalty : IMPOSSIBLE;
        }
        if (wanted == BigInteger.class || wanted == BigDecimal.class) {
            return 16;
        }
        return IMPOSSIBLE;
    }

    private static int stringCost(String text, Class<?> wanted) {
        if (wanted == Character.class) {
            return text.length() == 1 ? 15 : IMPOSSIBLE;
        }
        return wanted.isEnum() && enumConstant(text, wanted) != null ? 16 : IMPOSSIBLE;
    }

    private static @Nullable Object enumConstant(String name, Class<?> type) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) {
                return constant;
            }
        }
        return null;
    }

    /**
     * Converts a value to a type.
     *
     * @throws ClassCastException when it cannot be
     */
    public @Nullable Object convert(@Nullable Object value, Class<?> type) {
        if (cost(value, type) >= IMPOSSIBLE) {
            throw new ClassCastException(HostObjects.describe(value) + " cannot be converted to " + type.getTypeName());
        }
        Class<?> wanted = BOXES.getOrDefault(type, type);
        if (value == null || wanted.isInstance(value)) {
            return value;
        }
        if (value instanceof Number number) {
            return convertNumber(number, wanted);
        }
        if (value instanceof String text) {
            return wanted == Character.class ? (Object) text.charAt(0) : enumConstant(text, wanted);
        }
        return proxy((LuaFunction) value, wanted);
    }

    private static Object convertNumber(Number value, Class<?> wanted) {
        if (wanted == Double.class) {
            return value.doubleValue();
        }
        if (wanted == Float.class) {
            return value.floatValue();
        }
        if (wanted == Long.class) {
            return value.longValue();
        }
        if (wanted == Integer.class) {
            return value.intValue();
        }
        if (wanted == Short.class) {
            return value.shortValue();
        }
        if (wanted == Byte.class) {
            return value.byteValue();
        }
        return wanted == BigInteger.class
                ? BigInteger.valueOf(value.longValue())
                : BigDecimal.valueOf(value.longValue());
    }

    /** The one abstract method of a functional interface, or null. */
    static @Nullable Method functionalMethod(Class<?> type) {
        if (!type.isInterface()) {
            return null;
        }
        Method single = null;
        for (Method method : type.getMethods()) {
            if (Modifier.isAbstract(method.getModifiers()) && !isObjectMethod(method)) {
                if (single != null && !single.getName().equals(method.getName())) {
                    return null;
                }
                single = method;
            }
        }
        return single;
    }

    private static boolean isObjectMethod(Method method) {
        try {
            Object.class.getMethod(method.getName(), method.getParameterTypes());
            return true;
        } catch (NoSuchMethodException e) {
            return false;
        }
    }

    private Object proxy(LuaFunction function, Class<?> type) {
        InvocationHandler handler = (self, method, arguments) -> {
            @Nullable Object[] given = arguments == null ? new Object[0] : arguments;
            if (method.getDeclaringClass() == Object.class) {
                return switch (method.getName()) {
                    case "equals" -> self == given[0];
                    case "hashCode" -> System.identityHashCode(self);
                    default -> type.getSimpleName() + " on " + function;
                };
            }
            if (method.isDefault()) {
                return InvocationHandler.invokeDefault(self, method, given);
            }
            Object result = function.call(given);
            return method.getReturnType() == void.class ? null : convert(result, method.getReturnType());
        };
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
    }
}
