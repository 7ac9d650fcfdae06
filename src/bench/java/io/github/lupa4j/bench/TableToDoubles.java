package io.github.lupa4j.bench;

import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaTable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import party.iroiro.luajava.Lua;

/**
 * A sequence of 100,000 numbers as a {@code double[]}; per element.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main TableToDoubles}
 */
public class TableToDoubles extends Micro {
    private static final int SIZE = 100_000;

    private LuaRuntime lupa4j;
    private LuaTable table;
    private Lua luajava;

    @Setup
    public void open() {
        String code = "local t = {} for i = 1, 100000 do t[i] = i + 0.5 end return t";
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
    public double[] lupa4j(CpuTime time) {
        return table.toDoubles();
    }

    @Benchmark
    @OperationsPerInvocation(SIZE)
    public double[] luajava(CpuTime time) {
        double[] numbers = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            luajava.rawGetI(-1, i + 1);
            numbers[i] = Peers.pop(luajava);
        }
        return numbers;
    }
}
