package io.github.lupa4j.vm;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Java strings to Lua bytes and back, by a charset and a policy for what it cannot express. In raw mode Lua strings
 * stay bytes; text that is needed nevertheless, such as a message, is UTF-8 then.
 */
public final class StringCodec {
    private final Charset charset;
    /** The charset of messages and of names that only messages show: where the first one has no ASCII, not that. */
    private final Charset messages;

    private final CodingErrorAction malformed;
    private final boolean raw;
    /** Whether ASCII text has the bytes of ASCII in the charset. */
    private final boolean hasAscii;

    public StringCodec(Charset charset, CodingErrorAction malformed, boolean raw) {
        this.charset = charset;
        this.malformed = malformed;
        this.raw = raw;
        hasAscii = charset.equals(StandardCharsets.UTF_8) || hasAscii(charset);
        messages = hasAscii || writesAscii(charset) ? charset : StandardCharsets.UTF_8;
    }

    private static boolean hasAscii(Charset charset) {
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < 128; c++) {
            all.append(c);
        }
        return isAscii(charset, all.toString());
    }

    /** Whether printable ASCII text has the bytes of ASCII in a charset. */
    public static boolean writesAscii(Charset charset) {
        if (charset.equals(StandardCharsets.UTF_8)) {
            return true;
        }
        StringBuilder printable = new StringBuilder("\t\n\r");
        for (char c = ' '; c <= '~'; c++) {
            printable.append(c);
        }
        return isAscii(charset, printable.toString());
    }

    private static boolean isAscii(Charset charset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return charset.canEncode()
                && Arrays.equals(text.getBytes(charset), bytes)
                && new String(bytes, charset).equals(text);
    }

    /** Whether bytes that are all ASCII are {@link #ofAscii} text. */
    boolean hasAscii() {
        return hasAscii;
    }

    /** The same as {@link #decode(byte[], int)} without a look at the bytes. */
    @SuppressWarnings("deprecation") // because it takes bytes for characters, which is what makes it fast
    static String ofAscii(byte[] bytes, int length) {
        return new String(bytes, 0, 0, length);
    }

    /** Whether Lua strings are bytes in Java. */
    boolean isRaw() {
        return raw;
    }

    /** The bytes as a value for Java: text, or in raw mode themselves. */
    Object toValue(byte[] bytes) {
        return raw ? bytes : decode(bytes);
    }

    /** The string of the first bytes of an array. */
    String decode(byte[] bytes, int length) {
        return malformed == CodingErrorAction.REPLACE
                ? new String(bytes, 0, length, charset)
                : decode(Arrays.copyOf(bytes, length));
    }

    /** The text of a message or name, whatever the policy: a message that fails would hide what it tells. */
    String decodeMessage(byte[] bytes) {
        return new String(bytes, messages);
    }

    /** The text of a string, whatever the policy. */
    String decodeAnyway(byte[] bytes) {
        return new String(bytes, charset);
    }

    /** Whether encoding the text that some bytes were decoded to gives them again. */
    boolean isExact(byte[] bytes, String text) {
        boolean complete = charset.equals(StandardCharsets.UTF_8) && text.indexOf('\uFFFD') < 0;
        return complete || Arrays.equals(bytes, text.getBytes(charset));
    }

    /** Whether a string comes back from Lua as it was. */
    boolean keeps(String text) {
        return !raw && charset.canEncode() && new String(text.getBytes(charset), charset).equals(text);
    }

    /** The bytes of a name that only messages show. */
    byte[] encodeName(String name) {
        return name.getBytes(messages);
    }

    /**
     * The bytes of a string.
     *
     * @throws IllegalArgumentException under {@link CodingErrorAction#REPORT}, when it has no bytes in the charset
     */
    public byte[] encode(String text) {
        if (malformed == CodingErrorAction.REPLACE) {
            return text.getBytes(charset);
        }
        try {
            ByteBuffer bytes = charset.newEncoder()
                    .onMalformedInput(malformed)
                    .onUnmappableCharacter(malformed)
                    .encode(CharBuffer.wrap(text));
            byte[] result = new byte[bytes.remaining()];
            bytes.get(result);
            return result;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "the string cannot be written in " + charset + " (" + e.getMessage()
                            + "); choose another charset or the policy REPLACE",
                    e);
        }
    }

    /**
     * The string of some bytes.
     *
     * @throws IllegalArgumentException under {@link CodingErrorAction#REPORT}, when they are none in the charset
     */
    public String decode(byte[] bytes) {
        if (malformed == CodingErrorAction.REPLACE) {
            return new String(bytes, charset);
        }
        try {
            return charset.newDecoder()
                    .onMalformedInput(malformed)
                    .onUnmappableCharacter(malformed)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "a Lua string is not valid " + charset + " (" + e.getMessage()
                            + "); choose another charset, raw strings or the policy REPLACE",
                    e);
        }
    }
}
