package io.github.lupa4j.bench;

import io.github.lupa4j.luajit.Bridge;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * A native method that reads one integer: no call into Lua can cost less.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main EmptyCall}
 */
public class EmptyCall extends Micro {
    @Benchmark
    public int lupa4j(CpuTime time) {
        return Bridge.bridge_open_contexts();
    }
}
