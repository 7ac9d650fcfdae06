package io.github.lupa4j;

import io.github.lupa4j.vm.LuaBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What print, io.write and io.read use. The suppliers are asked at each use: a host may change its streams. */
final class StandardStreams {
    private static final int NOTHING = -2;

    private final Charset charset;
    private Supplier<? extends Reader> stdin;
    /** Whether the characters of stdin are bytes. */
    private boolean bytesIn;

    private ScriptOutput out;
    private ScriptOutput err;
    private @Nullable Reader pushedBackOn;
    private int pushedBack = NOTHING;

    /** What the host gives at the start; the JVM's own streams stand for those that it does not. */
    static final class Given {
        private @Nullable Reader in;
        private boolean bytesIn;
        private @Nullable Function<Charset, ScriptOutput> out;
        private @Nullable Function<Charset, ScriptOutput> err;

        void in(Reader reader) {
            in = Objects.requireNonNull(reader);
            bytesIn = false;
        }

        void in(InputStream stream) {
            // Made once, for it reads ahead and several runtimes may share it.
            in = new InputStreamReader(stream, StandardCharsets.ISO_8859_1);
            bytesIn = true;
        }

        void out(Writer writer) {
            out = text(writer);
        }

        void out(OutputStream stream) {
            out = bytes(stream);
        }

        void err(Writer writer) {
            err = text(writer);
        }

        void err(OutputStream stream) {
            err = bytes(stream);
        }

        private static Function<Charset, ScriptOutput> text(Writer writer) {
            Objects.requireNonNull(writer);
            return charset -> new TextOutput(charset, () -> writer);
        }

        private static Function<Charset, ScriptOutput> bytes(OutputStream stream) {
            Objects.requireNonNull(stream);
            return charset -> new ByteOutput(stream);
        }
    }

    StandardStreams(Charset charset, Given given) {
        this.charset = charset;
        Reader reader = given.in;
        stdin = reader == null ? new StandardIn() : () -> reader;
        bytesIn = given.bytesIn;
        out = given.out == null ? new TextOutput(charset, new StandardOut(System.out)) : given.out.apply(charset);
        err = given.err == null ? new TextOutput(charset, new StandardOut(System.err)) : given.err.apply(charset);
    }

    /** The JVM's standard input, from when it is first read. */
    private static final class StandardIn implements Supplier<Reader> {
        private @Nullable Reader reader;

        @Override
        public Reader get() {
            if (reader == null) {
                reader = new InputStreamReader(System.in, Charset.defaultCharset());
            }
            return reader;
        }
    }

    /** One of the JVM's output streams, from when it is first written to. */
    private static final class StandardOut implements Supplier<Writer> {
        private final PrintStream stream;
        private @Nullable Writer writer;

        StandardOut(PrintStream stream) {
            this.stream = stream;
        }

        @Override
        public Writer get() {
            if (writer == null) {
                writer = new PrintWriter(stream, false, Charset.defaultCharset());
            }
            return writer;
        }
    }

    void set(Supplier<? extends Reader> stdin, Supplier<? extends Writer> stdout, Supplier<? extends Writer> stderr) {
        this.stdin = stdin;
        bytesIn = false;
        out = out.to(charset, stdout);
        err = err.to(charset, stderr);
    }

    // -- Writing -------------------------------------------------------------------------------------------------

    /** Writes to stdout (1) or stderr (2). */
    void write(int stream, byte[] text) throws IOException {
        if (stream == 2) {
            err.write(text);
        } else {
            out.write(text);
        }
    }

    boolean hasOutput() {
        return !out.isFlushed() || !err.isFlushed();
    }

    /** Flushes what was written since the last time. */
    void flush() throws IOException {
        if (!out.isFlushed()) {
            out.flush();
        }
        if (!err.isFlushed()) {
            err.flush();
        }
    }

    // -- Reading -------------------------------------------------------------------------------------------------

    /**
     * Reads by a format of io.read.
     *
     * @param format {@code l} a line, {@code L} a line with its end, {@code a} all, {@code n} a number, {@code c}
     *     characters
     * @return null at the end of the input
     */
    @Nullable
    Object read(char format, int count) throws IOException {
        if (format == 'n') {
            return readNumber();
        }
        String text =
                switch (format) {
                    case 'a' -> readAll();
                    case 'c' -> readCharacters(count);
                    default -> readLine(format == 'L');
                };
        return text == null || !bytesIn ? text : new LuaBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The next character; one looked at too many stays with its reader. */
    private int next() throws IOException {
        Reader in = stdin.get();
        if (pushedBack != NOTHING && pushedBackOn == in) {
            int c = pushedBack;
            pushedBack = NOTHING;
            return c;
        }
        return in.read();
    }

    private void pushBack(int c) {
        pushedBack = c;
        pushedBackOn = stdin.get();
    }

    private @Nullable String readLine(boolean keepEnd) throws IOException {
        StringBuilder line = new StringBuilder();
        int c;
        while ((c = next()) >= 0) {
            if (c == '\n') {
                return keepEnd ? line.append('\n').toString() : line.toString();
            }
            line.append((char) c);
        }
        return line.isEmpty() ? null : line.toString();
    }

    private String readAll() throws IOException {
        StringBuilder all = new StringBuilder();
        int c;
        while ((c = next()) >= 0) {
            all.append((char) c);
        }
        return all.toString();
    }

    private @Nullable String readCharacters(int count) throws IOException {
        StringBuilder text = new StringBuilder();
        if (count == 0) {
            int c = next();
            pushBack(c);
            return c < 0 ? null : "";
        }
        int c;
        while (text.length() < count && (c = next()) >= 0) {
            text.append((char) c);
        }
        // A character of two is not torn: its halves would be lost on their way to Lua.
        if (!text.isEmpty() && Character.isHighSurrogate(text.charAt(text.length() - 1)) && (c = next()) >= 0) {
            text.append((char) c);
        }
        return text.isEmpty() ? null : text.toString();
    }

    private @Nullable Object readNumber() throws IOException {
        int c = next();
        while (c >= 0 && Character.isWhitespace(c)) {
            c = next();
        }
        NumberReader number = new NumberReader();
        while (c >= 0 && number.accepts((char) c)) {
            c = next();
        }
        pushBack(c);
        return number.value();
    }
}
