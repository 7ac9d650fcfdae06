package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts whose memory ends at one point after the other. */
class ShortMemoryTest {
    /**
     * A limit that is met anywhere in a script. In the first, a function that the interpreter has built in got no memory
     * for its result; in the second, the compiler none while it had moved a call on the stack; in the third, a message
     * handler none for its own; in the last, the compiler none for a trace.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "local random = math.random local all = {} for r = 1, 1500 do local t = {}"
                        + " for i = 1, random(1, 400) do t[i] = {i, tostring(i)} end all[r] = t end",
                "local function make() local t = {} local unused = 0 for _, i in ipairs{5, 6, 7, 8, 9, 10, 11, 12} do"
                        + " t[#t+1] = {i, loadstring('return ' .. i)()} end return t end"
                        + " local all = {} for r = 1, 1500 do all[r] = make() end",
                "local function handler(e) return {e} end for i = 1, 300 do xpcall(error, handler, 'a') end",
                "local function one(a) return a end for i = 1, 300 do assert(one(i, 2, 3, 4, 5, 6, 7, 8) == i) end"
            })
    void theLimitMayBeMetAnywhere(String script) {
        for (int more = 8; more < 24_000; more += 8) {
            try (LuaRuntime fresh = LuaRuntime.create()) {
                LuaFunction function = fresh.compile(script);
                fresh.setMaxMemory(fresh.memoryUsed() + more);
                try {
                    function.call();
                } catch (LuaException expected) {
                    // Whether it is the memory that is missing, or what loadstring did not give for want of it.
                }
                fresh.setMaxMemory(0);
                assertEquals(42, fresh.eval("6 * 7"));
            }
        }
    }

    private static Stream<String> scripts() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/lua/memory"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
        }
    }

    /** The same anywhere in scripts that use most of what there is; and then they must do what they do. */
    @ParameterizedTest
    @MethodSource("scripts")
    void memoryMayEndAnywhere(String script) throws IOException {
        String code = Files.readString(Path.of("src/test/lua/memory", script));
        int tooLittle = 0;
        for (int more = 8; more < 40_000; more += 100) {
            try (LuaRuntime fresh = LuaRuntime.create()) {
                LuaFunction function = fresh.compile(code);
                fresh.require("string.buffer"); // a module that failed to load stays away, as in any Lua
                fresh.setMaxMemory(fresh.memoryUsed() + more);
                try {
                    function.call();
                } catch (LuaMemoryException expected) {
                    tooLittle++;
                }
                fresh.setMaxMemory(0);
                if (more % 500 == 8) {
                    function.call();
                }
            }
        }
        assertTrue(tooLittle > 10, tooLittle + " times");
    }

    /** What is missing because there was no memory for it comes when there is. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "java.tolist{1}",
                "java.lang.Math.abs(1)",
                "java.caught(1)",
                "luajava.bindClass('java.lang.Object')"
            })
    void membersComeLater(String script) {
        for (int more = 28_000; more < 34_000; more += 8) {
            try (LuaRuntime fresh = LuaRuntime.create()) {
                LuaFunction function = fresh.compile("return " + script);
                fresh.setMaxMemory(fresh.memoryUsed() + more);
                try {
                    function.call();
                } catch (LuaMemoryException expected) {
                    // Only now.
                }
                fresh.setMaxMemory(0);
                function.call();
            }
        }
    }
}
