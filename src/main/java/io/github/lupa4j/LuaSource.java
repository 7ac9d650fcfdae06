package io.github.lupa4j;

import io.github.lupa4j.vm.StringCodec;
import java.util.Objects;

/**
 * The code of a chunk, with a name for messages and the decision whether bytecode is accepted.
 *
 * <p>A name is used as Lua does: {@code @file.lua} is a file, {@code =label} a label shown as it is, anything else
 * is shown as {@code [string "..."]}. Immutable, and tied to no runtime.
 */
public final class LuaSource {
    /** What a chunk may be. */
    public enum Mode {
        /** Source text. */
        TEXT,
        /** Bytecode as {@code string.dump} makes it. Untrusted bytecode can crash the process. */
        BINARY
    }

    private static final byte[] NO_BYTES = {};

    private final byte[] bytes;
    private final String text;
    private final String name;
    private final Mode mode;

    private LuaSource(byte[] bytes, String text, String name, Mode mode) {
        this.bytes = bytes;
        this.text = text;
        this.name = name;
        this.mode = mode;
    }

    /**
     * {@return source text} It reaches Lua in the runtime's {@linkplain LuaRuntime.Builder#sourceCharset charset of
     * source text}.
     *
     * @param code the text
     * @param name the chunk name
     */
    public static LuaSource of(String code, String name) {
        return new LuaSource(NO_BYTES, Objects.requireNonNull(code), Objects.requireNonNull(name), Mode.TEXT);
    }

    /**
     * {@return bytes that go to Lua as they are}
     *
     * @param code source text or bytecode; the array is copied
     * @param name the chunk name
     * @param mode which of the two the bytes are; the other one does not compile
     */
    public static LuaSource ofBytes(byte[] code, String name, Mode mode) {
        return new LuaSource(code.clone(), "", Objects.requireNonNull(name), Objects.requireNonNull(mode));
    }

    /** {@return the chunk name} */
    public String name() {
        return name;
    }

    /** {@return what the chunk may be} */
    public Mode mode() {
        return mode;
    }

    /** The code, text written by the given codec. */
    byte[] bytes(StringCodec codec) {
        return bytes == NO_BYTES ? codec.encode(text) : bytes;
    }
}
