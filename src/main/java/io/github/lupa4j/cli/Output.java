package io.github.lupa4j.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Standard output, or standard error, which is not buffered and writes standard output first. */
final class Output extends Writer {
    private final OutputStream out;
    private final @Nullable Output first;
    private boolean lineBuffered;
    private boolean broken;

    Output(OutputStream out, @Nullable Output first) {
        this.out = out;
        this.first = first;
    }

    /** Whether each end of a line flushes, as a terminal wants it. */
    void setLineBuffered(boolean lineBuffered) {
        this.lineBuffered = lineBuffered;
    }

    /** Whether nobody reads this any more. */
    boolean isBroken() {
        return broken;
    }

    @Override
    public void write(String text) throws IOException {
        if (first != null) {
            first.flush();
        }
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            if (first != null || (lineBuffered && text.indexOf('\n') >= 0)) {
                out.flush();
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
        write(new String(text, offset, length));
    }

    @Override
    public void flush() throws IOException {
        try {
            out.flush();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Writes what can be written: for messages about failures, and for the end. */
    void print(String text) {
        try {
            write(text);
        } catch (IOException e) {
            // There is nowhere left to tell it.
        }
    }

    private IOException failed(IOException e) {
        broken |= "Broken pipe".equals(e.getMessage());
        return e;
    }

    @Override
    public void close() throws IOException {
        flush();
    }
}
