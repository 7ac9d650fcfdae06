package io.github.lupa4j.interop;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Bytes of a class file, in the terms of the Java Virtual Machine Specification. */
final class ClassBytes {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    ClassBytes u1(int value) {
        bytes.write(value);
        return this;
    }

    ClassBytes u2(int value) {
        return u1(value >> 8).u1(value);
    }

    ClassBytes u4(int value) {
        return u2(value >> 16).u2(value);
    }

    ClassBytes append(ClassBytes other) {
        bytes.writeBytes(other.bytes.toByteArray());
        return this;
    }

    int size() {
        return bytes.size();
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }

    /** The constants of a class, each given by its index. */
    static final class Pool {
        private final ClassBytes entries = new ClassBytes();
        private final Map<String, Integer> indexes = new HashMap<>();

        int utf8(String text) {
            ClassBytes entry = new ClassBytes().u1(1);
            try {
                new DataOutputStream(entry.bytes).writeUTF(text);
            } catch (IOException e) {
                throw new UncheckedIOException(e); // a name of more than 65,535 bytes
            }
            return add(entry);
        }

        int type(String name) {
            int text = utf8(name);
            return add(new ClassBytes().u1(7).u2(text));
        }

        int string(String value) {
            int text = utf8(value);
            return add(new ClassBytes().u1(8).u2(text));
        }

        int field(String owner, String name, String type) {
            return member(9, owner, name, type);
        }

        int method(String owner, String name, String type) {
            return member(10, owner, name, type);
        }

        int interfaceMethod(String owner, String name, String type) {
            return member(11, owner, name, type);
        }

        private int member(int tag, String owner, String name, String type) {
            int ownerIndex = type(owner);
            int nameIndex = utf8(name);
            int typeIndex = utf8(type);
            int nameAndType = add(new ClassBytes().u1(12).u2(nameIndex).u2(typeIndex));
            return add(new ClassBytes().u1(tag).u2(ownerIndex).u2(nameAndType));
        }

        private int add(ClassBytes entry) {
            String key = entry.bytes.toString(StandardCharsets.ISO_8859_1);
            Integer known = indexes.get(key);
            if (known == null) {
                entries.append(entry);
                known = indexes.size() + 1;
                indexes.put(key, known);
            }
            return known;
        }

        /** The pool, with the number before it that a class file has there. */
        ClassBytes bytes() {
            return new ClassBytes().u2(indexes.size() + 1).append(entries);
        }
    }
}
