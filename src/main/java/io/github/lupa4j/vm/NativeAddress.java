package io.github.lupa4j.vm;

import io.github.lupa4j.luajit.Bridge;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.CLongPointer;
import org.bytedeco.javacpp.CharPointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * Where the native memory behind a Java object is.
 *
 * @param address of the item that the object has at index 0
 * @param type the C type of a pointer to it
 */
public record NativeAddress(long address, String type) {
    /**
     * The address of a direct buffer or a JavaCPP Pointer.
     *
     * @throws IllegalArgumentException when there is no such memory
     */
    public static NativeAddress of(Object owner) {
        if (owner instanceof Buffer buffer) {
            return ofBuffer(buffer);
        }
        if (owner instanceof Pointer pointer) {
            return ofPointer(pointer);
        }
        throw new IllegalArgumentException(
                "a " + owner.getClass().getTypeName() + " is neither a direct buffer nor a JavaCPP Pointer");
    }

    private static NativeAddress ofBuffer(Buffer buffer) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException(
                    "a " + buffer.getClass().getTypeName() + " is not direct: the collector may move its memory");
        }
        String type = itemType(buffer);
        return new NativeAddress(
                Bridge.bridge_buffer_address(buffer), buffer.isReadOnly() ? "const " + type + " *" : type + " *");
    }

    private static String itemType(Buffer buffer) {
        if (buffer instanceof ByteBuffer) {
            return "uint8_t";
        }
        if (buffer instanceof ShortBuffer) {
            return "int16_t";
        }
        if (buffer instanceof CharBuffer) {
            return "uint16_t";
        }
        if (buffer instanceof IntBuffer) {
            return "int32_t";
        }
        if (buffer instanceof LongBuffer) {
            return "int64_t";
        }
        if (buffer instanceof FloatBuffer) {
            return "float";
        }
        return buffer instanceof DoubleBuffer ? "double" : "uint8_t";
    }

    private static NativeAddress ofPointer(Pointer pointer) {
        if (pointer.isNull()) {
            throw new IllegalArgumentException("the Pointer is NULL");
        }
        long offset = pointer.position() * pointer.sizeof();
        return new NativeAddress(pointer.address() + offset, itemType(pointer) + " *");
    }

    private static String itemType(Pointer pointer) {
        if (pointer instanceof BytePointer) {
            return "uint8_t";
        }
        if (pointer instanceof ShortPointer) {
            return "int16_t";
        }
        if (pointer instanceof CharPointer) {
            return "uint16_t";
        }
        if (pointer instanceof IntPointer) {
            return "int32_t";
        }
        if (pointer instanceof LongPointer) {
            return "int64_t";
        }
        if (pointer instanceof FloatPointer) {
            return "float";
        }
        if (pointer instanceof DoublePointer) {
            return "double";
        }
        if (pointer instanceof BoolPointer) {
            return "bool";
        }
        if (pointer instanceof SizeTPointer) {
            return "size_t";
        }
        return pointer instanceof CLongPointer ? "long" : "void";
    }
}
