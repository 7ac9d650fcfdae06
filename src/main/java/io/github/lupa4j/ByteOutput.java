package io.github.lupa4j;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.Charset;
import java.util.function.Supplier;

/** One output stream of a script as it is, byte for byte. */
final class ByteOutput implements ScriptOutput {
    private final OutputStream stream;
    private boolean flushed = true;

    ByteOutput(OutputStream stream) {
        this.stream = stream;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        flushed = false;
        stream.write(bytes);
    }

    @Override
    public void flush() throws IOException {
        flushed = true;
        stream.flush();
    }

    @Override
    public boolean isFlushed() {
        return flushed;
    }

    @Override
    public ScriptOutput to(Charset charset, Supplier<? extends Writer> supplier) {
        return new TextOutput(charset, supplier);
    }
}
