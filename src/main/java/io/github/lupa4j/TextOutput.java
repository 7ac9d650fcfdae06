package io.github.lupa4j;

import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One output stream of a script: its bytes become characters of a writer, also when a character comes in pieces. */
final class TextOutput implements ScriptOutput {
    private final Charset charset;
    private @Nullable CharsetDecoder decoder;
    /** The beginning of a character that is not complete yet. */
    private byte[] pending = {};
    /** What was written to since the last flush. */
    private @Nullable Writer written;

    private Supplier<? extends Writer> supplier;

    TextOutput(Charset charset, Supplier<? extends Writer> supplier) {
        this.charset = charset;
        this.supplier = supplier;
    }

    @Override
    public ScriptOutput to(Charset charset, Supplier<? extends Writer> supplier) {
        this.supplier = supplier;
        return this;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        Writer writer = supplier.get();
        if (written != null && written != writer) {
            flush();
        }
        written = writer;
        if (pending.length == 0 && isAscii(bytes) && charset.equals(StandardCharsets.UTF_8)) {
            writer.write(new String(bytes, StandardCharsets.ISO_8859_1));
        } else {
            writer.write(decode(bytes, false));
        }
    }

    private static boolean isAscii(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return false;
            }
        }
        return true;
    }

    private String decode(byte[] bytes, boolean end) {
        if (decoder == null) {
            decoder = charset.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .onUnmappableCharacter(CodingErrorAction.REPLACE);
        }
        ByteBuffer in = ByteBuffer.allocate(pending.length + bytes.length);
        in.put(pending).put(bytes).flip();
        CharBuffer out = CharBuffer.allocate((int) (in.remaining() * (double) decoder.maxCharsPerByte()) + 1);
        decoder.reset();
        decoder.decode(in, out, end);
        pending = new byte[in.remaining()];
        in.get(pending);
        return out.flip().toString();
    }

    /** Flushes what was written since the last time; an incomplete character is replaced. */
    @Override
    public void flush() throws IOException {
        Writer writer = written;
        if (writer == null) {
            return;
        }
        written = null;
        if (pending.length > 0) {
            writer.write(decode(new byte[0], true));
            pending = new byte[0];
        }
        writer.flush();
    }

    @Override
    public boolean isFlushed() {
        return written == null;
    }
}
