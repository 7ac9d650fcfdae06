package io.github.lupa4j.interop;

import io.github.lupa4j.JavaFunction;
import io.github.lupa4j.LuaResults;
import io.github.lupa4j.LuaRuntime;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Java objects as scripts see them: the one door to their members and items. */
public final class HostObjects {
    /** What leads from any object to the rest of the JVM, or holds up its threads. */
    private static final Set<String> OUT_OF_SANDBOX = Set.of("getClass", "class", "notify", "notifyAll", "wait");

    private final boolean sandbox;
    private final LuaRuntime runtime;
    private final Converter converter = new Converter();

    /** @param sandbox whether only the public methods of the objects themselves can be reached, none of Object's */
    public HostObjects(LuaRuntime runtime, boolean sandbox) {
        this.sandbox = sandbox;
        this.runtime = runtime;
    }

    // -- Fields and items ----------------------------------------------------------------------------------------

    public @Nullable Object index(Object object, @Nullable Object key) throws Throwable {
        if (object instanceof Map<?, ?> map) {
            Object found = findKey(map, key);
            if (found != null) {
                return map.get(found);
            }
            if (!(key instanceof String name) || !Members.of(object).has(name)) {
                return null;
            }
        } else if (key instanceof Number position && isSequence(object)) {
            return item(object, position);
        }
        if (!(key instanceof String name)) {
            throw new IllegalArgumentException("a " + typeName(object) + " cannot be indexed with " + describe(key));
        }
        checkAccess(object, name);
        Members members = Members.of(object);
        if (members.hasMethod(name)) {
            return runtime.function(bound(object, members, name));
        }
        return members.read(object, name);
    }

    private void checkAccess(Object object, String name) {
        if (sandbox && (OUT_OF_SANDBOX.contains(name) || object instanceof Class)) {
            throw new SecurityException("the sandbox gives no access to " + name + " of a " + typeName(object));
        }
    }

    public void setIndex(Object object, @Nullable Object key, @Nullable Object value) throws Throwable {
        if (object instanceof Map<?, ?>) {
            @SuppressWarnings("unchecked")
            Map<Object, Object> map = (Map<Object, Object>) object;
            Object found = findKey(map, key);
            if (value == null) {
                map.remove(found == null ? key : found);
            } else if (key != null) {
                map.put(found == null ? key : found, value);
            }
        } else if (key instanceof Number position && isSequence(object)) {
            setItem(object, position, value);
        } else if (key instanceof String name) {
            checkAccess(object, name);
            Members.of(object).write(object, name, value, converter);
        } else {
            throw new IllegalArgumentException("a " + typeName(object) + " cannot be indexed with " + describe(key));
        }
    }

    /** The key of the map that Lua's key means: a number finds Integer, Long and Double keys of its value. */
    private static @Nullable Object findKey(Map<?, ?> map, @Nullable Object key) {
        if (key == null) {
            return null;
        }
        if (map.containsKey(key)) {
            return key;
        }
        if (key instanceof Number number) {
            double value = number.doubleValue();
            if (value == Math.rint(value) && map.containsKey((long) value)) {
                return (long) value;
            }
            if (map.containsKey(value)) {
                return value;
            }
        }
        return null;
    }

    private static boolean isSequence(Object object) {
        return object instanceof List || object.getClass().isArray();
    }

    private static @Nullable Object item(Object sequence, Number position) {
        int size = size(sequence);
        int index = index(sequence, position, size, size + 1L);
        if (position.longValue() > size) {
            return null;
        }
        return sequence instanceof List<?> list ? list.get(index) : Array.get(sequence, index);
    }

    private void setItem(Object sequence, Number position, @Nullable Object value) {
        int size = size(sequence);
        if (sequence instanceof List<?>) {
            @SuppressWarnings("unchecked")
            List<@Nullable Object> list = (List<@Nullable Object>) sequence;
            int index = index(sequence, position, size, size + 1L);
            if (index == size) {
                list.add(value);
            } else {
                list.set(index, value);
            }
            return;
        }
        Class<?> type = sequence.getClass().getComponentType();
        Array.set(sequence, index(sequence, position, size, size), converter.convert(value, type));
    }

    private static int index(Object sequence, Number position, int size, long last) {
        double value = position.doubleValue();
        boolean reading = last > size;
        if (value != Math.rint(value) || value < 1 || (value > last && !reading)) {
            throw new IndexOutOfBoundsException(
                    "index " + position + " of a " + typeName(sequence) + " of " + size + " items; the first one is 1");
        }
        return (int) Math.min(value, (double) last) - 1;
    }

    private static int size(Object sequence) {
        return sequence instanceof List<?> list ? list.size() : Array.getLength(sequence);
    }

    public Object length(Object object) {
        if (object instanceof java.util.Collection<?> collection) {
            return collection.size();
        }
        if (object instanceof Map<?, ?> map) {
            return map.size();
        }
        if (object instanceof CharSequence text) {
            return text.length();
        }
        if (object.getClass().isArray()) {
            return Array.getLength(object);
        }
        throw new IllegalArgumentException("a " + typeName(object) + " has no length");
    }

    // -- Calls ---------------------------------------------------------------------------------------------------

    /** Calls a class, which constructs, or a functional object. */
    public @Nullable Object call(Object callee, @Nullable Object[] arguments) throws Throwable {
        if (callee instanceof Class<?> type) {
            checkAccess(type, "new");
            return Members.ofStatic(type).construct(arguments, converter);
        }
        return Members.of(callee).callFunctional(callee, arguments, converter);
    }

    private JavaFunction bound(Object object, Members members, String name) {
        return arguments -> {
            try {
                boolean self = arguments.length > 0 && arguments[0] == object;
                @Nullable Object[] rest = self ? Arrays.copyOfRange(arguments, 1, arguments.length) : arguments;
                return members.call(object, name, rest, converter);
            } catch (Exception | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        };
    }

    // -- Walking -------------------------------------------------------------------------------------------------

    public LuaResults pairs(Object object) {
        if (object instanceof Map<?, ?> map) {
            Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
            JavaFunction next = ignored -> {
                if (!entries.hasNext()) {
                    return null;
                }
                Map.Entry<?, ?> entry = entries.next();
                return LuaResults.of(entry.getKey(), entry.getValue());
            };
            return LuaResults.of(runtime.function(next), null, null);
        }
        return ipairs(object);
    }

    public LuaResults ipairs(Object object) {
        if (!isSequence(object)) {
            throw new IllegalArgumentException("a " + typeName(object) + " has no items to walk");
        }
        JavaFunction next = arguments -> {
            int position = ((Number) java.util.Objects.requireNonNull(arguments[1])).intValue();
            if (position >= size(object)) {
                return null;
            }
            return LuaResults.of(position + 1, item(object, position + 1));
        };
        return LuaResults.of(runtime.function(next), null, 0);
    }

    // -- Operators -----------------------------------------------------------------------------------------------

    @SuppressWarnings({"unchecked", "rawtypes"})
    public int compare(@Nullable Object a, @Nullable Object b) {
        if (a instanceof Number x && b instanceof Number y) {
            return decimal(x).compareTo(decimal(y));
        }
        if (a instanceof Comparable comparable && b != null) {
            return comparable.compareTo(b);
        }
        throw new IllegalArgumentException("cannot compare " + describe(a) + " with " + describe(b));
    }

    public String text(@Nullable Object value) {
        if (value == null || value instanceof Boolean) {
            throw new IllegalArgumentException(
                    "attempt to concatenate a " + (value == null ? "nil" : "boolean") + " value");
        }
        return value.toString();
    }

    /** Exact arithmetic of BigInteger and BigDecimal; the result stays one. */
    public Object arithmetic(char operator, @Nullable Object a, @Nullable Object b) {
        if (!(a instanceof Number x) || !(b instanceof Number y)) {
            throw new IllegalArgumentException(
                    "attempt to perform arithmetic on " + describe(a instanceof Number ? b : a));
        }
        boolean whole = isWhole(x) && isWhole(y);
        return whole && operator != '/'
                ? arithmetic(
                        operator, decimal(x).toBigIntegerExact(), decimal(y).toBigIntegerExact())
                : arithmetic(operator, decimal(x), decimal(y));
    }

    private static Object arithmetic(char operator, BigInteger x, BigInteger y) {
        return switch (operator) {
            case '+' -> x.add(y);
            case '-' -> x.subtract(y);
            case '*' -> x.multiply(y);
            case '%' -> {
                BigInteger rest = x.remainder(y);
                yield rest.signum() != 0 && rest.signum() != y.signum() ? rest.add(y) : rest;
            }
            case '^' -> x.pow(y.intValueExact());
            default -> x.negate();
        };
    }

    private static Object arithmetic(char operator, BigDecimal x, BigDecimal y) {
        return switch (operator) {
            case '+' -> x.add(y);
            case '-' -> x.subtract(y);
            case '*' -> x.multiply(y);
            case '/' -> x.divide(y, java.math.MathContext.DECIMAL128);
            case '%' -> x.remainder(y);
            case '^' -> x.pow(y.intValueExact());
            default -> x.negate();
        };
    }

    private static boolean isWhole(Number number) {
        return number instanceof BigInteger
                || number instanceof Integer
                || number instanceof Long
                || number instanceof Short
                || number instanceof Byte;
    }

    private static BigDecimal decimal(Number number) {
        if (number instanceof BigDecimal decimal) {
            return decimal;
        }
        if (number instanceof BigInteger integer) {
            return new BigDecimal(integer);
        }
        return isWhole(number) ? BigDecimal.valueOf(number.longValue()) : new BigDecimal(number.doubleValue());
    }

    // -- Words for messages --------------------------------------------------------------------------------------

    static String typeName(Object object) {
        return object instanceof Class<?> type
                ? "class " + type.getTypeName()
                : object.getClass().getTypeName();
    }

    static String describe(@Nullable Object value) {
        if (value == null) {
            return "nil";
        }
        if (value instanceof String text) {
            return "the string \"" + text + "\"";
        }
        return value instanceof Number || value instanceof Boolean
                ? value.toString()
                : "a " + value.getClass().getTypeName();
    }
}
