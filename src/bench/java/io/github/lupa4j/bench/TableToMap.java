package io.github.lupa4j.bench;

import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaTable;
import java.util.HashMap;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import party.iroiro.luajava.Lua;

/**
 * A table of 100,000 strings and numbers as a {@code HashMap}; per entry.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main TableToMap}
 */
public class TableToMap extends Micro {
    private static final int SIZE = 100_000;

    private LuaRuntime lupa4j;
    private LuaTable table;
    private Lua luajava;

    @Setup
    public void open() {
        String code = "local t = {} for i = 1, 100000 do t['key' .. i] = i end return t";
        lupa4j = LuaRuntime.create();
        table = (LuaTable) lupa4j.execute(code);
        luajava = Peers.luajava();
        luajava.run(code);
    }

    @TearDown
    public void close() {
        lupa4j.close();
        luajava.close();
    }

    @Benchmark
    @OperationsPerInvocation(SIZE)
    public Map<Object, Object> lupa4j(CpuTime time) {
        return new HashMap<>(table);
    }

    @Benchmark
    @OperationsPerInvocation(SIZE)
    public Map<?, ?> luajava(CpuTime time) {
        return luajava.toMap(-1);
    }
}
