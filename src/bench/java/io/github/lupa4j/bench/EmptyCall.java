package io.github.lupa4j.bench;

import io.github.lupa4j.luajit.Bridge;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A native method that reads one integer: no call into Lua can cost less.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main EmptyCall}
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class EmptyCall {
    @Benchmark
    public int lupa4j(CpuTime time) {
        return Bridge.bridge_open_contexts();
    }
}
