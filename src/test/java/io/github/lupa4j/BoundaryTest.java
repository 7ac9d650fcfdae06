package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The layers know only those below them, as the architecture page draws them. */
class BoundaryTest {
    private static final String ROOT = "io.github.lupa4j";

    /** Which packages each package uses. */
    private static final Map<String, Set<String>> USES = new TreeMap<>();

    @BeforeAll
    static void askJdeps() throws Exception {
        String classes = Path.of(LuaRuntime.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();
        StringWriter output = new StringWriter();
        ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
        PrintWriter printer = new PrintWriter(output);
        String libraries =
                System.getProperty("java.class.path") + File.pathSeparator + System.getProperty("jdk.module.path", "");
        int status = jdeps.run(
                printer,
                printer,
                "--module-path",
                libraries,
                "--ignore-missing-deps",
                "--multi-release",
                "17",
                "-v",
                classes);
        assertEquals(0, status, output.toString());
        for (String line : output.toString().split("\n")) {
            String[] words = line.strip().split("\\s+");
            boolean ofClasses = line.startsWith("   "); // others are of modules
            if (ofClasses && words.length >= 3 && words[1].equals("->")) {
                USES.computeIfAbsent(packageOf(words[0]), name -> new TreeSet<>())
                        .add(packageOf(words[2]));
            }
        }
        assertFalse(USES.isEmpty(), output.toString());
    }

    private static String packageOf(String type) {
        int dot = type.lastIndexOf('.');
        return dot < 0 ? "" : type.substring(0, dot);
    }

    private static Set<String> usersOf(String prefix) {
        return USES.entrySet().stream()
                .filter(entry -> entry.getValue().stream().anyMatch(used -> used.startsWith(prefix)))
                .map(Map.Entry::getKey)
                .filter(user -> !user.startsWith(prefix))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> ownUsedBy(String user) {
        return USES.get(user).stream()
                .filter(used -> used.startsWith(ROOT) && !used.equals(user))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void only_vm_uses_the_generated_classes_and_javacpp() {
        assertEquals(Set.of(ROOT + ".vm"), usersOf(ROOT + ".luajit"));
        assertEquals(Set.of(ROOT + ".luajit", ROOT + ".presets"), withoutVm(usersOf("org.bytedeco")));
    }

    private static Set<String> withoutVm(Set<String> users) {
        Set<String> others = new TreeSet<>(users);
        others.remove(ROOT + ".vm");
        return others;
    }

    @Test
    void script_uses_the_public_api_alone() {
        assertEquals(Set.of(ROOT), ownUsedBy(ROOT + ".script"));
    }

    @Test
    void vm_knows_nothing_above_it() {
        assertEquals(Set.of(ROOT + ".luajit"), ownUsedBy(ROOT + ".vm"));
    }
}
