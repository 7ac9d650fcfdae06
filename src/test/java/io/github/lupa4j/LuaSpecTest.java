package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.lupa4j.testing.Eager;
import io.github.lupa4j.testing.Fibers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.opentest4j.AssertionFailedError;

/**
 * Behaviour as scripts see it: each {@code it} of each {@code src/test/lua/*_spec.lua} is a test. Every file has a
 * runtime of its own for each way from Lua to Java. The words of the files are in {@code support/spec.lua}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LuaSpecTest {
    private static final Path SPECS = Path.of("src", "test", "lua");

    private final List<LuaRuntime> runtimes = new ArrayList<>();

    @AfterEach
    void close() {
        runtimes.forEach(LuaRuntime::close);
    }

    @TestFactory
    Stream<DynamicContainer> specs() throws IOException {
        try (Stream<Path> files = Files.list(SPECS)) {
            return files.filter(file -> file.toString().endsWith("_spec.lua")).sorted().toList().stream()
                    .flatMap(file -> Stream.of(Way.values()).map(way -> container(file, way)));
        }
    }

    /** How scripts reach Java. */
    private enum Way {
        RETURNING,
        BY_JNI,
        ON_FIBER,
        /** All that saves a script from asking Java is done at the first use, and compiled at the second. */
        EAGER;

        void set(LuaRuntime lua) {
            lua.state.calls().setReturning(this != BY_JNI);
            if (this == ON_FIBER) {
                lua.execute(Fibers.OPEN);
            } else if (this == EAGER) {
                lua.state.calls().setOften(0);
                lua.execute(Eager.COMPILE);
            }
        }
    }

    private DynamicContainer container(Path file, Way way) {
        return dynamicContainer(file.getFileName() + " " + way, file.toUri(), tests(file, way).stream());
    }

    private List<DynamicContainer> tests(Path file, Way way) {
        LuaRuntime lua = LuaRuntime.create();
        way.set(lua);
        runtimes.add(lua);
        LuaTable tests = (LuaTable) run(lua, SPECS.resolve("support").resolve("spec.lua"));
        run(lua, file);
        Map<String, List<DynamicNode>> groups = new LinkedHashMap<>();
        for (long i = 1; i <= tests.length(); i++) {
            LuaTable test = (LuaTable) tests.get(i);
            groups.computeIfAbsent((String) test.get("group"), name -> new ArrayList<>())
                    .add(test(file, test));
        }
        assertFalse(groups.isEmpty(), () -> file + " has no tests");
        return groups.entrySet().stream()
                .map(group -> dynamicContainer(group.getKey(), group.getValue()))
                .toList();
    }

    private static Object run(LuaRuntime lua, Path file) {
        try {
            return lua.compile(LuaSource.of(Files.readString(file), "@" + file)).call();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static DynamicTest test(Path file, LuaTable test) {
        LuaFunction body = (LuaFunction) test.get("run");
        return dynamicTest((String) test.get("name"), file.toUri(), () -> {
            try {
                body.call();
            } catch (LuaException e) {
                // The message begins with the file and line of the expectation that failed.
                throw new AssertionFailedError(e.getMessage(), e);
            }
        });
    }
}
