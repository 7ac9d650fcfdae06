package io.github.lupa4j;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.Charset;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What print, io.write and io.read use. The suppliers are asked at each use: a host may change its streams. */
final class StandardStreams {
    private static final int NOTHING = -2;

    private Supplier<? extends Reader> stdin = once(() -> new InputStreamReader(System.in, Charset.defaultCharset()));
    private Supplier<? extends Writer> stdout =
            once(() -> new PrintWriter(System.out, false, Charset.defaultCharset()));
    private Supplier<? extends Writer> stderr =
            once(() -> new PrintWriter(System.err, false, Charset.defaultCharset()));
    private final TextOutput out;
    private final TextOutput err;
    private @Nullable Reader pushedBackOn;
    private int pushedBack = NOTHING;

    StandardStreams(Charset charset) {
        out = new TextOutput(charset);
        err = new TextOutput(charset);
    }

    /** A supplier that makes its object at the first call. */
    private static <T> Supplier<T> once(Supplier<T> make) {
        return new Supplier<>() {
            private @Nullable T made;

            @Override
            public T get() {
                if (made == null) {
                    made = make.get();
                }
                return made;
            }
        };
    }

    void set(Supplier<? extends Reader> stdin, Supplier<? extends Writer> stdout, Supplier<? extends Writer> stderr) {
        this.stdin = stdin;
        this.stdout = stdout;
        this.stderr = stderr;
    }

    // -- Writing -------------------------------------------------------------------------------------------------

    /** Writes to stdout (1) or stderr (2). */
    void write(int stream, byte[] text) throws IOException {
        if (stream == 2) {
            err.write(stderr, text);
        } else {
            out.write(stdout, text);
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
        return switch (format) {
            case 'a' -> readAll();
            case 'n' -> readNumber();
            case 'c' -> readCharacters(count);
            default -> readLine(format == 'L');
        };
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
