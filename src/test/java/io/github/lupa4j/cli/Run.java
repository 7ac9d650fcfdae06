package io.github.lupa4j.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A run of the command inside the test's JVM: what it printed and how it ended. */
record Run(int status, String out, String err, boolean exitCalled) {
    static Run of(String... arguments) {
        return withInput("", arguments);
    }

    static Run withInput(String input, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Interpreter interpreter =
                new Interpreter(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), out, err);
        int status = interpreter.run(arguments);
        return new Run(
                status,
                out.toString(StandardCharsets.UTF_8),
                err.toString(StandardCharsets.UTF_8),
                interpreter.exitCalled());
    }
}
