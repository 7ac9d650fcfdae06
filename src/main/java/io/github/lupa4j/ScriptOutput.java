package io.github.lupa4j;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.Charset;
import java.util.function.Supplier;

/** Where one of a script's output streams goes. */
interface ScriptOutput {
    void write(byte[] bytes) throws IOException;

    /** Flushes what was written since the last time. */
    void flush() throws IOException;

    boolean isFlushed();

    /** The same stream, going elsewhere from now on; what was written is flushed later. */
    ScriptOutput to(Charset charset, Supplier<? extends Writer> supplier);
}
