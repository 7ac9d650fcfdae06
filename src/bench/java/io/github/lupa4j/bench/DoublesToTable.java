package io.github.lupa4j.bench;

import io.github.lupa4j.LuaRuntime;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import party.iroiro.luajava.Lua;

/**
 * A {@code double[]} of 100,000 numbers as a new table; per element.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main DoublesToTable}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class DoublesToTable {
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
