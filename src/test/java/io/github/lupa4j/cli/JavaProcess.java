package io.github.lupa4j.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** A process on the packaged jars, as the launcher starts it: what it printed and how it ended. */
public record JavaProcess(int status, String out, String err) {
    private static final int PATIENCE_SECONDS = 120;

    /** Runs the command. */
    public static JavaProcess lupa4j(String input, String... arguments) throws IOException, InterruptedException {
        List<String> line = java();
        line.add(Main.class.getName());
        line.addAll(List.of(arguments));
        return run(line, Path.of("."), input);
    }

    /** The beginning of a command line that runs a Java program: the JVM of this test, the packaged jars. */
    public static List<String> java() {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                property("lupa4j.classpath")));
    }

    /** Runs a command line in a folder, with a text as its standard input. */
    public static JavaProcess run(List<String> line, Path folder, String input)
            throws IOException, InterruptedException {
        File in = Files.createTempFile("lupa4j", ".in").toFile();
        File out = Files.createTempFile("lupa4j", ".out").toFile();
        File err = Files.createTempFile("lupa4j", ".err").toFile();
        try {
            Files.writeString(in.toPath(), input);
            ProcessBuilder builder = new ProcessBuilder(line)
                    .directory(folder.toFile())
                    .redirectInput(in)
                    .redirectOutput(out)
                    .redirectError(err);
            // Arguments that are not ASCII reach a JVM only in such a locale, as the launcher sets it.
            builder.environment().put("LC_ALL", "C.UTF-8");
            Process process = builder.start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new IOException(line + " did not end; it printed " + text(out) + text(err));
            }
            return new JavaProcess(process.exitValue(), text(out), text(err));
        } finally {
            for (File file : List.of(in, out, err)) {
                Files.delete(file.toPath());
            }
        }
    }

    private static String text(File file) throws IOException {
        return Files.readString(file.toPath(), StandardCharsets.UTF_8);
    }

    private static String property(String name) {
        return Objects.requireNonNull(System.getProperty(name), () -> name + " is set by the build for *IT tests");
    }
}
