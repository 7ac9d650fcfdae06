package io.github.lupa4j.spec;

import java.util.Arrays;

/** Takes characters and bytes, which scripts give as strings. */
public final class Characters {
    public char letter;
    public Character boxed = 'b';
    public byte[] data = {};
    private byte[] content = {};

    public Characters() {}

    public Characters(byte[] content) {
        this.content = content;
    }

    public void setContent(byte[] content) {
        this.content = content;
    }

    public String shownContent() {
        return Arrays.toString(content);
    }

    public String shownData() {
        return Arrays.toString(data);
    }

    public static String take(char c) {
        return "char " + c;
    }

    public static String takeBoxed(Character c) {
        return "Character " + c;
    }

    public static String either(byte[] bytes) {
        return "bytes " + Arrays.toString(bytes);
    }

    public static String either(int number) {
        return "int " + number;
    }

    public static String textOrBytes(byte[] bytes) {
        return "bytes " + bytes.length;
    }

    public static String textOrBytes(String text) {
        return "text " + text.length();
    }

    public static String both(String text, byte[] bytes) {
        return text + " " + Arrays.toString(bytes);
    }

    public static String all(byte[]... arrays) {
        return Arrays.deepToString(arrays);
    }

    /** A function of bytes. */
    public interface Sink {
        String put(byte[] bytes);
    }

    public static Sink sink() {
        return Arrays::toString;
    }

    @Override
    @SuppressWarnings("NullAway") // what it is for
    public String toString() {
        return null;
    }
}
