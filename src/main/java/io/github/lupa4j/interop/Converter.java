package io.github.lupa4j.interop;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaTable;
import io.github.lupa4j.LuaValue;
import io.github.lupa4j.vm.ByteString;
import java.lang.reflect.Type;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values that came from Lua to the types that Java members ask for. Thread-safe. */
public final class Converter {
    /** Stands for the value that there is none. */
    static final Object MISFIT = new Object();

    private final ClassFinder classes;
    private final Charset charset;
    private final boolean raw;

    /** @param raw whether strings of Lua come as bytes */
    public Converter(ClassFinder classes, Charset charset, boolean raw) {
        this.classes = classes;
        this.charset = charset;
        this.raw = raw;
    }

    /**
     * Converts a value to a type.
     *
     * @throws ClassCastException when it cannot be
     */
    public @Nullable Object convert(@Nullable Object value, Class<?> type) {
        return convert(value, type, type);
    }

    /**
     * Converts a value to a type.
     *
     * @param generic the type with its arguments: what is in collections is converted too
     * @throws ClassCastException when it cannot be
     */
    public @Nullable Object convert(@Nullable Object value, Class<?> type, Type generic) {
        Object converted = tryConvert(value, type, generic);
        if (converted == MISFIT) {
            throw new ClassCastException(Words.describe(value) + " cannot be converted to " + type.getTypeName());
        }
        return converted;
    }

    /**
     * The items of a table by position, null for a hole; other keys are of no account.
     *
     * @throws ClassCastException when there are far more holes than items
     */
    public List<@Nullable Object> items(LuaTable table) {
        @Nullable Object[] items = Tables.items(table, true);
        if (items == null) {
            throw new ClassCastException("the items of the table are too far apart for a sequence");
        }
        return Arrays.asList(items);
    }

    /** The value in that type, or {@link #MISFIT}. */
    @Nullable
    Object tryConvert(@Nullable Object value, Class<?> type, Type generic) {
        if (!Fit.isPossible(Fit.of(value, type, this))) {
            return MISFIT;
        }
        Object plain = Typed.unwrap(value);
        if (plain instanceof ByteString string) {
            plain = type == byte[].class ? string.bytes() : string.target();
        }
        Class<?> boxed = Fit.box(type);
        if (plain instanceof LuaTable table && type != Object.class && !LuaValue.class.isAssignableFrom(type)) {
            return Tables.convert(table, type, generic, this);
        }
        if (plain instanceof LuaFunction function && type != Object.class && !LuaValue.class.isAssignableFrom(type)) {
            return Proxies.createGeneric(function, type, generic);
        }
        if (plain == null || boxed.isInstance(plain)) {
            return plain;
        }
        if (plain instanceof Character c && boxed != Character.class) {
            plain = (int) c; // As the fit has it, the type is one that a char is widened to.
        }
        if (plain instanceof Number number) {
            Number converted = Numbers.convert(number, type);
            return converted == null ? MISFIT : converted;
        }
        return isRawString(plain) || plain instanceof String ? Strings.convert(text(plain), type, this) : MISFIT;
    }

    // -- What conversions need -----------------------------------------------------------------------------------

    /** Whether the value is a Lua string that was not decoded. */
    boolean isRawString(Object value) {
        return raw && value instanceof byte[];
    }

    /** The text of a string, decoded or not. */
    String text(Object value) {
        return value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : value.toString();
    }

    byte[] bytes(String text) {
        return text.getBytes(charset);
    }

    @Nullable
    Class<?> findClass(String name) {
        return classes.find(name);
    }
}
