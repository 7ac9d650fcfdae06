package io.github.lupa4j.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The process: its streams, its exit status. */
public final class Main {
    private static final int BUFFER = 1 << 14;

    private Main() {}

    /** Runs {@code lupa4j [options] [script [arguments]]}. */
    public static void main(String[] arguments) {
        // Java code that a script calls prints to the same buffer as the script, so that nothing changes places.
        OutputStream stdout = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER);
        System.setOut(new PrintStream(stdout, false, StandardCharsets.UTF_8));
        Runtime.getRuntime().addShutdownHook(new Flush(stdout));
        Interpreter interpreter = new Interpreter(System.in, stdout, new FileOutputStream(FileDescriptor.err));
        int status = interpreter.run(arguments);
        // On success the process lasts as long as the threads that the script has started.
        if (status != 0 || interpreter.exitCalled()) {
            System.exit(status);
        }
    }

    /** What Java code prints last, and what was printed before it ended the JVM. */
    private static final class Flush extends Thread {
        private final OutputStream stdout;

        Flush(OutputStream stdout) {
            this.stdout = stdout;
        }

        @Override
        public void run() {
            try {
                stdout.flush();
            } catch (IOException e) {
                // Nobody reads it: told, where it matters, when the interpreter flushed.
            }
        }
    }
}
