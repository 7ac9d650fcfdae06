package io.github.lupa4j.cli;

import io.github.lupa4j.LuaSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/** Scripts as files hold them: text, perhaps with a first line for the system, or bytecode. */
final class Chunks {
    private static final byte ESCAPE = 0x1b;

    private Chunks() {}

    /** A file that cannot be read; the message is all there is to say. */
    static final class UnreadableException extends IOException {
        private static final long serialVersionUID = 1;

        UnreadableException(String message, Exception cause) {
            super(message, cause);
        }
    }

    static LuaSource file(String name) throws UnreadableException {
        try {
            Path path = Path.of(name);
            if (Files.isDirectory(path)) {
                throw new IOException("Is a directory");
            }
            return source(Files.readAllBytes(path), "@" + name);
        } catch (IOException | InvalidPathException e) {
            throw new UnreadableException("cannot open " + name + ": " + reason(e), e);
        }
    }

    static LuaSource read(InputStream in) throws IOException {
        return source(in.readAllBytes(), "=stdin");
    }

    private static LuaSource source(byte[] bytes, String name) {
        int start = 0;
        if (bytes.length > 0 && bytes[0] == '#') {
            // The end of the line stays, so that lines keep their numbers.
            while (start < bytes.length && bytes[start] != '\n') {
                start++;
            }
        }
        boolean binary = bytes.length > start && bytes[start] == ESCAPE;
        byte[] code = start == 0 ? bytes : Arrays.copyOfRange(bytes, start, bytes.length);
        return LuaSource.ofBytes(code, name, binary ? LuaSource.Mode.BINARY : LuaSource.Mode.TEXT);
    }

    /** In the words of the C library. */
    private static String reason(Exception e) {
        if (e instanceof NoSuchFileException) {
            return "No such file or directory";
        }
        return e instanceof AccessDeniedException ? "Permission denied" : String.valueOf(e.getMessage());
    }
}
