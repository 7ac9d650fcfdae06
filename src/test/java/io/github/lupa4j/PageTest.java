package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The blocks of Java in {@code src/docs/lupa.md}: each compiles, runs, and gives what its comments say. */
class PageTest {
    private static final Path PAGE = Path.of("src", "docs", "lupa.md");
    private static final Pattern BLOCK = Pattern.compile("^```java\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern RESULT = Pattern.compile("^(\\s*)(.+); // → (.*)$");

    @TempDir
    static Path folder;

    @TestFactory
    Stream<DynamicTest> blocks() throws Exception {
        String page = Files.readString(PAGE);
        List<String> blocks = new ArrayList<>();
        List<String> names = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(page);
        while (matcher.find()) {
            blocks.add(matcher.group(1));
            String before = page.substring(0, matcher.start());
            String heading = before.substring(before.lastIndexOf("\n## ") + 4).split("\n", 2)[0];
            names.add(heading + ", line " + (before.lines().count() + 1));
        }
        assertTrue(blocks.size() > 15, blocks.size() + " blocks");
        Class<?> examples = compile(blocks);
        List<DynamicTest> tests = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            Method example = examples.getMethod("example" + i, LuaRuntime.class, BiConsumer.class);
            tests.add(dynamicTest(names.get(i), () -> run(example)));
        }
        tests.add(dynamicTest("the picture on the page", PageTest::comparePictures)); // after the block that makes it
        return tests.stream();
    }

    private static void run(Method example) throws Throwable {
        BiConsumer<String, Object> check = (expected, actual) -> assertEquals(expected, String.valueOf(actual));
        try (LuaRuntime lua = LuaRuntime.create()) {
            example.invoke(null, lua, check);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static String method(int number, String block) {
        StringBuilder code = new StringBuilder("    public static void example" + number
                + "(LuaRuntime lua, BiConsumer<String, Object> check) throws Exception {\n");
        for (String line : block.split("\n", -1)) {
            Matcher result = RESULT.matcher(line);
            if (result.matches()) {
                String expected = result.group(3).replace("\\", "\\\\").replace("\"", "\\\"");
                code.append("check.accept(\"" + expected + "\", " + result.group(2) + ");\n");
            } else {
                code.append(line).append('\n');
            }
        }
        return code.append("    }\n").toString();
    }

    private static Class<?> compile(List<String> blocks) throws IOException, ReflectiveOperationException {
        StringBuilder code = new StringBuilder();
        for (String name : List.of(
                "io.github.lupa4j.*",
                "java.awt.image.BufferedImage",
                "java.io.File",
                "java.nio.charset.Charset",
                "java.time.Duration",
                "java.util.*",
                "java.util.concurrent.atomic.AtomicInteger",
                "java.util.function.*",
                "javax.imageio.ImageIO")) {
            code.append("import ").append(name).append(";\n");
        }
        code.append("public class Examples {\n");
        for (int i = 0; i < blocks.size(); i++) {
            code.append(method(i, blocks.get(i)));
        }
        code.append("}\n");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        JavaFileObject source =
                new SimpleJavaFileObject(URI.create("string:///Examples.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return code;
                    }
                };
        List<String> options = List.of("-d", folder.toString(), "-cp", classPath(), "-proc:none");
        boolean compiled = compiler.getTask(messages, null, null, options, null, List.of(source))
                .call();
        assertTrue(compiled, () -> messages + "\n" + code);
        URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, PageTest.class.getClassLoader());
        return loader.loadClass("Examples");
    }

    /** Where the classes of this JVM come from; a launcher may keep that to itself. */
    private static String classPath() {
        String own = Path.of(PageTest.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .toString();
        String product = LuaRuntime.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        return String.join(
                File.pathSeparator,
                own,
                product,
                System.getProperty("java.class.path"),
                System.getProperty("jdk.module.path", ""));
    }

    private static void comparePictures() throws IOException {
        assertTrue(Arrays.equals(
                pixels(Path.of("src", "docs", "mandelbrot.png")),
                pixels(Path.of("target", "mandelbrot-of-lupa-page.png"))));
    }

    private static int[] pixels(Path file) throws IOException {
        var image = ImageIO.read(file.toFile());
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }
}
