package io.github.lupa4j.bench;

import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaTable;
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
 * A sequence of 100,000 numbers as a {@code double[]}; per element.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main TableToDoubles}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class TableToDoubles {
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
