package io.github.lupa4j;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Numbers as Lua compares them: 1, 1L and 1.0 are one value. */
final class LuaNumbers {
    /** Doubles hold every whole number up to here. */
    private static final long EXACT = 1L << 53;

    private LuaNumbers() {}

    /** Whether a number of Lua holds it. */
    static boolean isExact(long value) {
        return value >= -EXACT && value <= EXACT;
    }

    /** Whether a value that came from Lua is what this one becomes there. */
    static boolean equal(@Nullable Object fromLua, @Nullable Object value) {
        if (fromLua instanceof Number a && value instanceof Number b && isPlain(a) && isPlain(b)) {
            return a.doubleValue() == b.doubleValue();
        }
        return Objects.equals(fromLua, value);
    }

    private static boolean isPlain(Number number) {
        return number instanceof Long wide
                ? isExact(wide)
                : number instanceof Integer
                        || number instanceof Double
                        || number instanceof Float
                        || number instanceof Short
                        || number instanceof Byte;
    }
}
