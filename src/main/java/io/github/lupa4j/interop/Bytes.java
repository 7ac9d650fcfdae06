package io.github.lupa4j.interop;

import io.github.lupa4j.JavaFunction;
import io.github.lupa4j.vm.LuaBytes;
import io.github.lupa4j.vm.TakesBytes;
import io.github.lupa4j.vm.Wrapped;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Lua strings as {@code byte[]} and back, without loss. */
final class Bytes {
    private Bytes() {}

    /** {@code java.tobytes}: gets the very bytes of the string, whatever charset the runtime has. */
    static final class FromString implements JavaFunction, TakesBytes {
        @Override
        public @Nullable Object call(@Nullable Object... arguments) {
            Object value = arguments.length == 0 ? null : arguments[0];
            if (value instanceof byte[] bytes) {
                return new Wrapped(bytes);
            }
            throw new UsageException("java.tobytes takes a string, not " + Words.describe(value));
        }
    }

    /** The string of these bytes; of anything else, its text. */
    static Object toString(@Nullable Object value) {
        if (value instanceof byte[] bytes) {
            return new LuaBytes(bytes.clone());
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return new LuaBytes(bytes);
        }
        return Operators.text(value);
    }
}
