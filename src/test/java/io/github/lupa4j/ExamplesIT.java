package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.cli.JavaProcess;
import io.github.lupa4j.cli.Main;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs each example by the command in its first comment, on the packaged jars instead of through the launcher. */
class ExamplesIT {
    private static final Path EXAMPLES = Path.of("examples");

    /** Stands for the root of the repository, so that what examples write goes here. */
    @TempDir
    Path root;

    @BeforeEach
    void copyExamples() throws IOException {
        Files.createDirectory(root.resolve(EXAMPLES));
        Files.copy(Path.of("README.md"), root.resolve("README.md"));
        for (Path example : examples()) {
            Files.copy(example, root.resolve(example));
        }
    }

    private static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.sorted().toList();
        }
    }

    /** The command in the comment that the file starts with. */
    private static String command(Path example) throws IOException {
        return Files.readAllLines(example).stream()
                .takeWhile(line -> line.startsWith("--") || line.startsWith("//"))
                .filter(line -> line.contains("./lupa4j "))
                .map(line -> line.substring(line.indexOf("./lupa4j ")))
                .findFirst()
                .orElseThrow(() -> new AssertionError(example + " does not say how to run it"));
    }

    private String run(String example, String more) throws IOException, InterruptedException {
        String java = "'" + String.join("' '", JavaProcess.java()) + "' ";
        String command = command(EXAMPLES.resolve(example)) + more;
        command = command.replace("./lupa4j --java ", java).replace("./lupa4j ", java + Main.class.getName() + " ");
        JavaProcess run = JavaProcess.run(List.of("sh", "-c", command), root, "");
        assertEquals("", run.err());
        assertEquals(0, run.status());
        return run.out();
    }

    @Test
    void thisTestRunsAllThereAre() throws IOException {
        assertEquals(
                List.of("Mandelbrot.java", "Scripting.java", "hello.lua", "mandelbrot.lua", "words.lua"),
                examples().stream().map(file -> file.getFileName().toString()).toList());
        assertEquals(command(EXAMPLES.resolve("Mandelbrot.java")), command(EXAMPLES.resolve("mandelbrot.lua")));
    }

    @Test
    void hello() throws Exception {
        String out = run("hello.lua", "");
        assertTrue(out.matches("Hello from LuaJIT 2\\.1\\.\\d+: 6 \\* 7 = 42\n"), out);
    }

    @Test
    void words() throws Exception {
        Files.writeString(root.resolve("README.md"), "One two three. Two,\nthree\n\nTHREE four\n");
        assertEquals("3\tthree\n2\ttwo\n1\tfour\n", run("words.lua", ""));
    }

    @Test
    void scripting() throws Exception {
        assertEquals("[Ada, Grace], 2\n3, 42\n125\n150\n", run("Scripting.java", ""));
    }

    @Test
    void mandelbrot() throws Exception {
        String out = run("Mandelbrot.java", "");
        assertTrue(out.endsWith("\nwritten to mandelbrot.png\n"), out);
        BufferedImage image = ImageIO.read(root.resolve("mandelbrot.png").toFile());
        assertEquals(1280, image.getWidth());
        assertEquals(1280, image.getHeight());
        assertTrue(isBlack(image, 0, 0), "the middle of the cardioid");
        assertTrue(isBlack(image, -1, 0), "the circle left of it");
        assertTrue(isBlack(image, -0.125, 0.75), "the circle below");
        assertTrue(isBlack(image, -0.125, -0.75), "the circle above");
        assertFalse(isBlack(image, 0.4, 0), "right of the cardioid");
        assertFalse(isBlack(image, -0.75, 0.25), "between cardioid and circle");
        assertEquals(0xffffffff, image.getRGB(0, 0), "far outside");
        assertEquals(0xffffffff, image.getRGB(0, 1279), "far outside");
    }

    @Test
    void theNumberOfThreadsDoesNotShow() throws Exception {
        String first = run("Mandelbrot.java", " 101 1");
        BufferedImage one = ImageIO.read(root.resolve("mandelbrot.png").toFile());
        String second = run("Mandelbrot.java", " 101 7");
        BufferedImage seven = ImageIO.read(root.resolve("mandelbrot.png").toFile());
        assertNotEquals(first, second);
        for (int i = 0; i < 101 * 101; i++) {
            assertEquals(one.getRGB(i % 101, i / 101), seven.getRGB(i % 101, i / 101));
        }
    }

    /** Whether a point of the plane is black; the picture shows -2-1.25i to 0.5+1.25i. */
    private static boolean isBlack(BufferedImage image, double re, double im) {
        double scale = image.getWidth() / 2.5;
        return image.getRGB((int) ((re + 2) * scale), (int) ((im + 1.25) * scale)) == 0xff000000;
    }

    @Test
    void theReadmeShowsTheSameProgram() throws IOException {
        String program = Files.readString(EXAMPLES.resolve("Scripting.java"));
        String body = program.substring(program.indexOf("import "));
        assertTrue(Files.readString(Path.of("README.md")).contains("```java\n" + body + "```\n"));
    }
}
