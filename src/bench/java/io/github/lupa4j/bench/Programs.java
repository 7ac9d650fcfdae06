package io.github.lupa4j.bench;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The programs that are measured from outside. They are run from the folder of the project. */
final class Programs {
    private static final String RUNS = "25";

    private final Path target;
    private final Path kernels;
    private final Path luajit;
    private final String java =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private final String classPath = System.getProperty("java.class.path");

    Programs(Path project) {
        target = project.resolve("target");
        kernels = project.resolve("src/bench/lua");
        luajit = project.resolve("luajit-presets/cppbuild/current/bin/luajit");
    }

    /** The rows of the C host. */
    Map<String, Double> host(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(target.resolve("bench-host").toString()));
        command.addAll(List.of(arguments));
        Map<String, Double> rows = new HashMap<>();
        for (String line : run("", command).split("\n")) {
            String[] words = line.split(" ");
            rows.put(words[0], Double.valueOf(words[1]));
        }
        return rows;
    }

    /** Nanoseconds of a run of a kernel in the luajit program: the median of some. */
    double luajit(String kernel) throws IOException, InterruptedException {
        String measure = kernels.resolve("measure.lua").toString();
        return time(run("", List.of(luajit.toString(), measure, kernels.toString(), kernel, RUNS)));
    }

    /** Nanoseconds of a run of a kernel in a new engine of a new JVM: the median of some. */
    double kernel(String kernel) throws IOException, InterruptedException {
        List<String> command = List.of(
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                Kernels.class.getName(),
                kernels.toString(),
                RUNS);
        return time(run(kernel + "\n", command));
    }

    /** The sum of kernels where other engines are, and limits. */
    double crowdedKernels(List<String> names, String heap) throws IOException, InterruptedException {
        List<String> command = List.of(
                java,
                "--enable-native-access=ALL-UNNAMED",
                heap,
                "-Dlupa4j.timeLimit=PT1H",
                "-Dlupa4j.memoryLimit=1024m",
                "-cp",
                classPath,
                Kernels.class.getName(),
                kernels.toString(),
                RUNS,
                "99");
        return run(String.join("\n", names) + "\n", command)
                .lines()
                .mapToDouble(Programs::time)
                .sum();
    }

    /** KiB that binary-trees has at most, in an engine or in the luajit program. */
    double peak(boolean engine) throws IOException, InterruptedException {
        String peak = kernels.resolve("peak.lua").toString();
        List<String> command = engine
                ? List.of(
                        java,
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classPath,
                        "io.github.lupa4j.cli.Main",
                        peak,
                        kernels.toString())
                : List.of(luajit.toString(), peak, kernels.toString());
        return Double.parseDouble(run("", command).trim());
    }

    private static double time(String line) {
        return Double.parseDouble(line.trim().split(" ")[2]);
    }

    /** Nanoseconds: of the clock from the start of a JVM to its end, and of CPU time in all its threads. */
    record Run(double wall, double cpu) {}

    Run coldStart(String what) throws IOException, InterruptedException {
        List<String> path =
                new ArrayList<>(List.of(target.resolve("bench-classes").toString()));
        if (!what.equals("manager")) {
            path.addAll(jars(target, "lupa4j-"));
            path.addAll(jars(target.resolve("lib"), ""));
        }
        Stream.of(classPath.split(File.pathSeparator))
                .filter(entry -> entry.contains("luajava") || entry.contains("luajit") || entry.contains("gdx"))
                .forEach(path::add);
        List<String> command = List.of(
                "bash",
                "-c",
                "TIMEFORMAT='%R %U %S'; { time \"$@\" 2>&3; } 3>&2 2>&1",
                "coldStart",
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                String.join(File.pathSeparator, path),
                ColdStart.class.getName(),
                what);
        String[] seconds = run("", command).trim().split(" ");
        return new Run(
                Double.parseDouble(seconds[0]) * 1e9,
                (Double.parseDouble(seconds[1]) + Double.parseDouble(seconds[2])) * 1e9);
    }

    private static List<String> jars(Path folder, String prefix) throws IOException {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, prefix + "*.jar")) {
            for (Path jar : jars) {
                String name = jar.getFileName().toString();
                if (!name.endsWith("-sources.jar") && !name.endsWith("-javadoc.jar")) {
                    found.add(jar.toString());
                }
            }
        }
        return found;
    }

    /** KiB of an idle engine, by kind. */
    Map<String, Double> idleMemory(String whose) throws IOException, InterruptedException {
        List<String> command = List.of(
                java,
                "-Xms128m",
                "-Xmx128m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                IdleMemory.class.getName(),
                whose);
        String[] words = run("", command).trim().split(" ");
        Map<String, Double> figures = new HashMap<>();
        for (int i = 0; i < words.length; i += 2) {
            double figure = Double.parseDouble(words[i + 1]);
            if (figure > 0) { // not told, or lost in the noise
                figures.put(words[i], figure);
            }
        }
        return figures;
    }

    private static String run(String input, List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var stdin = process.outputWriter(StandardCharsets.UTF_8)) {
            stdin.write(input);
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        if (status != 0) {
            throw new IOException(String.join(" ", command) + " ended with status " + status);
        }
        return output;
    }
}
