package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.testing.ChildJvm;
import io.github.lupa4j.vm.LuaState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The JIT compiler works in every heap: machine code has to lie near LuaJIT's own, where a big heap may be. */
class JitTest {
    /** Prints how many of a hundred runtimes compiled a loop. */
    static final class Hundred {
        private Hundred() {}

        public static void main(String[] arguments) {
            List<LuaRuntime> runtimes = new ArrayList<>();
            int compiled = 0;
            for (int i = 0; i < 100; i++) {
                LuaRuntime runtime = LuaRuntime.create();
                runtimes.add(runtime);
                assertEquals(5000050000L, runtime.execute("local s = 0 for i = 1, 100000 do s = s + i end return s"));
                assertEquals(
                        true,
                        runtime.execute("local t = {} for i = 1, 1000 do t[i] = tostring(i) end"
                                + " for i = 1, 1000 do assert(t[i] == tostring(i)) end return jit.status()"
                                + " == true"));
                compiled += runtime.state.traceCount() > 0 ? 1 : 0;
            }
            System.out.println("compiled in " + compiled);
            runtimes.forEach(LuaRuntime::close);
        }
    }

    private static void assertAllCompile(String... options) throws Exception {
        String output = ChildJvm.run(Hundred.class, options);
        assertTrue(output.contains("compiled in 100\n"), output);
    }

    @Test
    void inABigHeap() throws Exception {
        assertAllCompile("-Xmx16g");
    }

    @Test
    void inASmallHeap() throws Exception {
        assertAllCompile("-Xmx64m", "-XX:+UseSerialGC");
    }

    @Test
    void inAHeapWithoutCompressedPointers() throws Exception {
        assertAllCompile("-Xmx16g", "-XX:-UseCompressedOops");
    }

    @Test
    void machineCodeLiesInTheLibrary() {
        try (LuaRuntime runtime = LuaRuntime.create()) {
            int before = LuaState.machineCodeInArena();
            runtime.execute("local s = 0 for i = 1, 1000 do s = s + i end");
            assertTrue(LuaState.machineCodeInArena() > before, "still " + before + " KB");
        }
    }

    @Test
    void machineCodeOfClosedRuntimesIsUsedAgain() {
        for (int i = 0; i < 300; i++) {
            try (LuaRuntime runtime = LuaRuntime.create()) {
                runtime.execute("local s = 0 for i = 1, 1000 do s = s + i end");
                assertTrue(runtime.state.traceCount() > 0, "compiles in number " + i);
            }
        }
    }
}
