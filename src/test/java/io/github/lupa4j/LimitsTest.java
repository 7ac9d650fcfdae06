package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.script.ScriptEngineManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory, time and bytecode: what limits allow, and the system properties that tighten them. */
@Isolated("system properties belong to the whole JVM")
class LimitsTest {
    private final Map<String, String> before = new HashMap<>();

    private void property(String name, String value) {
        before.putIfAbsent(name, String.valueOf(System.getProperty(name)));
        System.setProperty(name, value);
    }

    @AfterEach
    void restore() {
        before.forEach((name, value) -> {
            if (value.equals("null")) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, value);
            }
        });
    }

    // -- Memory --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "local t = {} for i = 1, 1e9 do t[i] = i end",
                "local t = {} for i = 1, 1e9 do t[i] = 'item ' .. i end",
                "local t = {} for i = 1, 1e9 do t[i] = {} end",
                "local s = 'x' while true do s = s .. s end",
                "return ('x'):rep(1e9)",
                "coroutine.wrap(function() local t = {} for i = 1, 1e9 do t[i] = i end end)()",
                "local f f = function(t) return f({ t }) end f()",
                "return assert(load(function() return ('x'):rep(1e6) end))",
                "return (('x'):rep(1e6):gsub('x', ('y'):rep(1000)))",
                "return table.concat({ ('x'):rep(6e6), ('x'):rep(6e6), ('x'):rep(6e6) })",
                "return string.format('%s%s%s', ('x'):rep(6e6), ('x'):rep(6e6), ('x'):rep(6e6))",
                "local t = {} for i = 1, 1e9 do t[i] = java(i) end",
                "local t = {} for i = 1, 1e9 do t[i] = coroutine.wrap(function() end) end",
                "local t = {} for i = 1, 1e9 do t[i] = load('return ' .. i) end",
                "local ffi = require('ffi') local t = {} for i = 1, 1e9 do t[i] = ffi.new('char[1000]') end",
            })
    void aMemoryLimitLeavesTheRuntimeUsable(String script) {
        try (LuaRuntime runtime = LuaRuntime.builder().memoryLimit(16 << 20).build()) {
            runtime.globals().put("java", runtime.function(arguments -> "text " + arguments[0]));
            for (int i = 0; i < 3; i++) {
                LuaException e = assertThrows(LuaException.class, () -> runtime.execute(script));
                assertInstanceOf(LuaMemoryException.class, e);
                assertEquals(5050, runtime.execute("local s = 0 for i = 1, 100 do s = s + i end return s"));
                assertEquals(5_000_000, runtime.execute("return #('y'):rep(5e6)"));
            }
            assertTrue(runtime.memoryUsed() <= 16 << 20);
        }
    }

    @Test
    void anEndlessTimeLimitIsNone() {
        for (Duration limit : List.of(ChronoUnit.FOREVER.getDuration(), Duration.ofDays(400 * 365))) {
            try (LuaRuntime runtime = LuaRuntime.builder().timeLimit(limit).build()) {
                assertEquals(2, runtime.eval("1 + 1"));
            }
        }
    }

    @Test
    void pcallMayCatchALackOfMemory() {
        try (LuaRuntime runtime = LuaRuntime.builder().memoryLimit(16 << 20).build()) {
            for (int i = 0; i < 5; i++) {
                assertEquals(
                        List.of(false, "not enough memory"),
                        runtime.execute(
                                "return pcall(function() local t = {} for i = 1, 1e9 do t[i] = { i } end end)"));
                assertEquals(10, runtime.execute("return 10"));
            }
        }
    }

    @Test
    void whatJavaBringsInIsCounted() {
        try (LuaRuntime runtime = LuaRuntime.builder().memoryLimit(8 << 20).build()) {
            LuaFunction length = (LuaFunction) runtime.eval("function(s) return #s end");
            LuaTable table = runtime.table();
            String huge = "x".repeat(20 << 20);
            assertThrows(LuaMemoryException.class, () -> length.call(huge));
            assertThrows(LuaMemoryException.class, () -> table.put("x", huge));
            assertThrows(LuaMemoryException.class, () -> table.put(huge, 1));
            assertThrows(LuaMemoryException.class, () -> runtime.table(huge));
            assertThrows(LuaMemoryException.class, () -> runtime.eval("1 --" + huge));
            LuaFunction give = runtime.function(arguments -> huge);
            assertThrows(LuaException.class, give::call);
            assertThrows(LuaMemoryException.class, () -> {
                List<Object> kept = new ArrayList<>();
                for (int i = 0; i < 1_000_000; i++) {
                    kept.add(runtime.table("item " + i));
                }
            });
            System.gc();
            assertEquals(3, length.call("abc"));
            assertEquals(0, table.size());
        }
    }

    @Test
    void allOfTheMemoryCanBeUsed() {
        try (LuaRuntime runtime = LuaRuntime.builder().memoryLimit(32 << 20).build()) {
            assertEquals(
                    200,
                    runtime.execute("local keep = {} for i = 1, 200 do keep[i % 10 + 1] = ('x'):rep(1e6 + i) end"
                            + " return 200"));
            assertEquals(
                    1_000_000,
                    runtime.execute("local n = 0 for i = 1, 1e6 do local t = { i, { i } } n = n + #t[2] end return n"));
        }
    }

    // -- Time ----------------------------------------------------------------------------------------------------

    @Test
    void aTimeLimitTellsWhatItIs() {
        try (LuaRuntime runtime =
                LuaRuntime.builder().timeLimit(Duration.ofMillis(30)).build()) {
            LuaTimeoutException e =
                    assertThrows(LuaTimeoutException.class, () -> runtime.execute("\nwhile true do end"));
            assertTrue(e.getMessage().contains("0.03"), e.getMessage());
            assertEquals(1, runtime.eval("1"));
        }
    }

    // -- Bytecode ------------------------------------------------------------------------------------------------

    private static final String ROUND_TRIP =
            "return (load(string.dump(function() return 'round trip' end)) or function() return 'refused' end)()";

    @Test
    void bytecodeIsRefusedUnlessAllowed() {
        try (LuaRuntime runtime = LuaRuntime.create()) {
            assertEquals("refused", runtime.execute(ROUND_TRIP));
            assertEquals("refused", runtime.execute(ROUND_TRIP.replace("load(", "loadstring(")));
            assertEquals(
                    "refused",
                    runtime.execute("package.loaders[1] = function() return load(string.dump(function() end)) end"
                            + " return pcall(require, 'x') and 'loaded' or 'refused'"));
        }
        try (LuaRuntime runtime = LuaRuntime.builder().bytecode(true).build()) {
            assertEquals("round trip", runtime.execute(ROUND_TRIP));
        }
    }

    @Test
    void bytecodeInFilesIsRefused() throws Exception {
        java.nio.file.Path file = java.nio.file.Files.createTempFile("bytecode", ".lua");
        try (LuaRuntime runtime = LuaRuntime.create()) {
            String name = file.toString().replace("\\", "/");
            runtime.globals().put("name", name);
            runtime.execute(
                    "local f = io.open(name, 'wb') f:write(string.dump(function() return 'file' end)) f:close()");
            assertNull(runtime.execute("return (loadfile(name))"));
            assertEquals(false, runtime.execute("return (pcall(dofile, name))"));
            runtime.execute("package.path = name");
            assertEquals(false, runtime.execute("return (pcall(require, 'anything'))"));
            runtime.execute("local f = io.open(name, 'w') f:write('return 7') f:close()");
            assertEquals(7, runtime.execute("return dofile(name)"));
        } finally {
            java.nio.file.Files.delete(file);
        }
    }

    // -- System properties ---------------------------------------------------------------------------------------

    @Test
    void theTimeLimitProperty() {
        property("lupa4j.timeLimit", "PT0.05S");
        try (LuaRuntime plain = LuaRuntime.create();
                LuaRuntime loose =
                        LuaRuntime.builder().timeLimit(Duration.ofMinutes(10)).build()) {
            assertThrows(LuaTimeoutException.class, () -> plain.execute("while true do end"));
            assertThrows(LuaTimeoutException.class, () -> loose.execute("while true do end"));
        }
        property("lupa4j.timeLimit", "PT10M");
        try (LuaRuntime tight =
                LuaRuntime.builder().timeLimit(Duration.ofMillis(50)).build()) {
            assertThrows(LuaTimeoutException.class, () -> tight.execute("while true do end"));
        }
    }

    @ParameterizedTest
    @CsvSource({"8388608, 8", "8192k, 8", "8192K, 8", "8m, 8", "8M, 8", "1g, 1024", "1G, 1024"})
    void theMemoryLimitProperty(String text, int megabytes) {
        property("lupa4j.memoryLimit", text);
        try (LuaRuntime plain = LuaRuntime.create();
                LuaRuntime loose = LuaRuntime.builder().memoryLimit(1L << 40).build();
                LuaRuntime tight = LuaRuntime.builder().memoryLimit(2 << 20).build()) {
            assertThrows(LuaMemoryException.class, () -> tight.execute("return ('x'):rep(3e6)"));
            for (LuaRuntime runtime : List.of(plain, loose)) {
                if (megabytes < 100) {
                    assertThrows(
                            LuaMemoryException.class,
                            () -> runtime.execute("return #('x'):rep(" + megabytes + " * 2^20)"));
                }
                assertEquals(2_000_000, runtime.execute("return #('x'):rep(2e6)"));
            }
        }
    }

    @Test
    void theSandboxProperty() {
        property("lupa4j.sandbox", "true");
        try (LuaRuntime runtime = LuaRuntime.builder().bytecode(true).build()) {
            assertNull(runtime.eval("io"));
            assertNull(runtime.eval("debug"));
            assertNull(runtime.eval("string.dump"));
        }
        property("lupa4j.sandbox", "false");
        try (LuaRuntime runtime = LuaRuntime.builder().sandbox().build();
                LuaRuntime plain = LuaRuntime.create()) {
            assertNull(runtime.eval("io"));
            assertNotNull(plain.eval("io"));
        }
    }

    @Test
    void theBytecodeProperty() {
        property("lupa4j.bytecode", "false");
        try (LuaRuntime runtime = LuaRuntime.builder().bytecode(true).build()) {
            assertEquals("refused", runtime.execute(ROUND_TRIP));
        }
        property("lupa4j.bytecode", "true");
        try (LuaRuntime runtime = LuaRuntime.create()) {
            assertEquals("refused", runtime.execute(ROUND_TRIP));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "lupa4j.timeLimit, soon",
        "lupa4j.timeLimit, 5",
        "lupa4j.timeLimit, ''",
        "lupa4j.memoryLimit, much",
        "lupa4j.memoryLimit, 64mb",
        "lupa4j.memoryLimit, ''",
        "lupa4j.memoryLimit, 99999999999g",
        "lupa4j.memoryLimit, 1.5g",
        "lupa4j.instructionLimit, many",
        "lupa4j.sandbox, yes",
        "lupa4j.sandbox, ''",
        "lupa4j.jit, off",
        "lupa4j.bytecode, 0",
        "lupa4j.javaEval, no",
        "lupa4j.libraries, 'base,sting'",
        "lupa4j.libraries, ''"
    })
    void aMalformedPropertyIsAClearError(String name, String value) {
        property(name, value);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, LuaRuntime::create);
        assertTrue(e.getMessage().contains(name), e.getMessage());
    }

    @Test
    @Timeout(20)
    void theInstructionLimitProperty() {
        property("lupa4j.instructionLimit", "100000");
        try (LuaRuntime plain = LuaRuntime.create();
                LuaRuntime loose =
                        LuaRuntime.builder().instructionLimit(1L << 50).build();
                LuaRuntime tight = LuaRuntime.builder().instructionLimit(100).build()) {
            assertThrows(LuaTimeoutException.class, () -> plain.execute("while true do end"));
            assertThrows(LuaTimeoutException.class, () -> loose.execute("while true do end"));
            assertThrows(LuaTimeoutException.class, () -> tight.execute("for i = 1, 1000 do end"));
            assertEquals(1000, plain.execute("local n = 0 for i = 1, 1000 do n = n + 1 end return n"));
        }
    }

    @Test
    void theJitProperty() {
        property("lupa4j.jit", "false");
        try (LuaRuntime runtime = LuaRuntime.builder().jit(true).build()) {
            assertEquals(false, runtime.execute("return (jit.status())"));
        }
        property("lupa4j.jit", "true");
        try (LuaRuntime runtime = LuaRuntime.builder().jit(false).build()) {
            assertEquals(false, runtime.execute("return (jit.status())"));
        }
    }

    @Test
    void theJavaEvalProperty() {
        property("lupa4j.javaEval", "FALSE");
        try (LuaRuntime runtime = LuaRuntime.builder().javaEval(true).build()) {
            assertNull(runtime.eval("java.eval"));
        }
    }

    @Test
    void theLibrariesPropertyOnlyTakesAway() {
        property("lupa4j.libraries", "base, string,MATH");
        try (LuaRuntime plain = LuaRuntime.create();
                LuaRuntime few = LuaRuntime.builder()
                        .libraries(LuaLibrary.BASE, LuaLibrary.TABLE, LuaLibrary.MATH)
                        .build();
                LuaRuntime sandbox = LuaRuntime.builder().sandbox().build()) {
            assertEquals(List.of(true, true), plain.eval("math ~= nil and string ~= nil, io == nil and java == nil"));
            assertEquals(List.of(true, true), few.eval("math ~= nil, string == nil and table == nil"));
            assertEquals(List.of(true, true), sandbox.eval("math ~= nil, coroutine == nil and dofile == nil"));
        }
    }

    @Test
    @Timeout(20)
    void limitsBelowZeroLoosenNothing() {
        property("lupa4j.timeLimit", "PT-5S");
        property("lupa4j.memoryLimit", "-5");
        property("lupa4j.instructionLimit", "-5");
        try (LuaRuntime runtime = LuaRuntime.builder()
                .timeLimit(Duration.ofMillis(50))
                .memoryLimit(8 << 20)
                .build()) {
            assertThrows(LuaTimeoutException.class, () -> runtime.execute("while true do end"));
            assertThrows(LuaMemoryException.class, () -> runtime.execute("return ('x'):rep(1e8)"));
        }
    }

    /** ScriptEngineManager swallows the exception: the log is all that its clients see. */
    @Test
    void aMalformedPropertyIsLogged() {
        property("lupa4j.timeLimit", "soon");
        List<String> messages = new ArrayList<>();
        Logger logger = Logger.getLogger("io.github.lupa4j");
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord told) {
                messages.add(told.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        try {
            assertNull(new ScriptEngineManager().getEngineByName("lua"));
        } finally {
            logger.removeHandler(handler);
            logger.setUseParentHandlers(true);
        }
        assertEquals(1, messages.size());
        assertTrue(messages.get(0).contains("lupa4j.timeLimit"), messages.get(0));
    }

    /** The alarm of a call that ends just in time does not stop the next one. */
    @Test
    void aTimeOutIsThatOfItsOwnCall() {
        try (LuaRuntime limited =
                LuaRuntime.builder().timeLimit(Duration.ofMillis(2)).build()) {
            LuaFunction loop = inTime(limited, "function(n) for i = 1, n do end end");
            LuaFunction nothing = inTime(limited, "function() end");
            long steps = 1_000_000;
            for (long end = System.nanoTime() + 4_000_000_000L; System.nanoTime() < end; ) {
                try {
                    loop.call(steps);
                    steps += steps / 50;
                } catch (LuaTimeoutException e) {
                    steps -= steps / 50;
                }
                long begin = System.nanoTime();
                try {
                    nothing.call();
                } catch (LuaTimeoutException e) {
                    if (System.nanoTime() - begin < 2_000_000) {
                        throw e; // Else the machine had paused.
                    }
                }
            }
        }
    }

    /** The machine may pause for longer than the limit. */
    private static LuaFunction inTime(LuaRuntime limited, String function) {
        for (int i = 0; ; i++) {
            try {
                return (LuaFunction) limited.eval(function);
            } catch (LuaTimeoutException e) {
                if (i == 100) {
                    throw e;
                }
            }
        }
    }
}
