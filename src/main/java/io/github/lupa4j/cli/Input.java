package io.github.lupa4j.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Standard input: what was printed is seen before somebody waits here. */
final class Input extends FilterInputStream {
    private final Output out;

    Input(InputStream in, Output out) {
        super(in);
        this.out = out;
    }

    @Override
    public int read() throws IOException {
        out.flush();
        return super.read();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        out.flush();
        return super.read(buffer, offset, length);
    }
}
