package io.github.lupa4j.bench;

import io.github.lupa4j.script.LuaScriptEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import javax.script.ScriptException;
import party.iroiro.luajava.Lua;

/**
 * What an engine that was used once and is held weighs, in KiB: resident memory (with a heap that is all resident
 * from the start, so that only memory outside it counts), Java heap, and what the state says it has allocated.
 *
 * <p>{@code java -Xms128m -Xmx128m -XX:+AlwaysPreTouch -XX:+UseSerialGC @target/bench.args
 * io.github.lupa4j.bench.IdleMemory lupa4j|luajava}
 */
public final class IdleMemory {
    private static final int ENGINES = 200;
    private static final int PAGE = 4096;

    private IdleMemory() {}

    public static void main(String[] args) throws IOException {
        boolean ours = args[0].equals("lupa4j");
        Supplier<Object> maker = ours ? IdleMemory::lupa4j : IdleMemory::luajava;
        List<Object> held = make(maker, ENGINES); // code and caches of the process are not an engine's
        long heap = heap();
        long resident = resident();
        held.addAll(make(maker, ENGINES));
        long residentAfter = resident();
        long heapAfter = heap();
        long used = 0;
        if (ours) {
            for (Object engine : held) {
                used += ((LuaScriptEngine) engine).runtime().memoryUsed();
            }
        }
        System.out.printf(
                Locale.ROOT,
                "resident %.1f heap %.1f used %.1f%n",
                (residentAfter - resident) / 1024.0 / ENGINES,
                (heapAfter - heap) / 1024.0 / ENGINES,
                used / 1024.0 / held.size());
    }

    private static List<Object> make(Supplier<Object> maker, int count) {
        List<Object> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            made.add(maker.get());
        }
        return made;
    }

    private static Object lupa4j() {
        LuaScriptEngine engine = Peers.lupa4j();
        try {
            engine.eval("return 1");
        } catch (ScriptException e) {
            throw new IllegalStateException(e);
        }
        return engine;
    }

    private static Object luajava() {
        Lua lua = Peers.luajava();
        lua.run("return 1");
        Peers.pop(lua);
        return lua;
    }

    private static long heap() {
        System.gc();
        try {
            Thread.sleep(100); // cleaners run
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static long resident() throws IOException {
        return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * PAGE;
    }
}
