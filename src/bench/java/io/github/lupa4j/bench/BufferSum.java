package io.github.lupa4j.bench;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.script.LuaScriptEngine;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A direct buffer of 100,000 numbers, added up by a script and by a loop in Java.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main BufferSum}
 */
public class BufferSum extends Micro {
    private static final int SIZE = 100_000;

    private LuaScriptEngine engine;
    private LuaFunction sum;
    private DoubleBuffer buffer;

    @Setup
    public void open() {
        engine = Peers.lupa4j();
        ByteBuffer bytes = ByteBuffer.allocateDirect(8 * SIZE).order(ByteOrder.nativeOrder());
        buffer = bytes.asDoubleBuffer();
        for (int i = 0; i < SIZE; i++) {
            buffer.put(i, i);
        }
        engine.put("buffer", bytes);
        sum = engine.runtime()
                .compile("local p, n = java.buffer(buffer, 'double'), 0 for i = 0, " + (SIZE - 1)
                        + " do n = n + p[i] end return n");
    }

    @TearDown
    public void close() {
        engine.close();
    }

    @Benchmark
    @OperationsPerInvocation(SIZE)
    public Object lupa4j(CpuTime time) {
        return sum.call();
    }

    @Benchmark
    @OperationsPerInvocation(SIZE)
    public double java(CpuTime time) {
        double n = 0;
        for (int i = 0; i < SIZE; i++) {
            n += buffer.get(i);
        }
        return n;
    }
}
