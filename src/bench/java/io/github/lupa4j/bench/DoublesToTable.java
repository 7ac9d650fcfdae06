package io.github.lupa4j.bench;

import io.github.lupa4j.LuaRuntime;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import party.iroiro.luajava.Lua;

/**
 * A {@code double[]} of 100,000 numbers as a new table; per element.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main DoublesToTable}
 */
public class DoublesToTable extends Micro {
    private static final int SIZE = 100_000;

    private final double[] numbers = new double[SIZE];
    private LuaRuntime lupa4j;
    private Lua luajava;

    @Setup
    public void open() {
        Arrays.setAll(numbers, i -> i + 0.5);
        lupa4j = LuaRuntime.create();
        luajava = Peers.luajava();
    }

    @TearDown
    public void close() {
        lupa4j.close();
        luajava.close();
    }

    @Benchmark
    @OperationsPerInvocation(SIZE)
    public void lupa4j(CpuTime time) {
        lupa4j.table(numbers).close();
    }

    @Benchmark
    @OperationsPerInvocation(SIZE)
    public void luajava(CpuTime time) {
        luajava.createTable(SIZE, 0);
        for (int i = 0; i < SIZE; i++) {
            luajava.push(numbers[i]);
            luajava.rawSetI(-2, i + 1);
        }
        luajava.pop(1);
    }
}
