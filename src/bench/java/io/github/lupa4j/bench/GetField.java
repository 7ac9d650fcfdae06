package io.github.lupa4j.bench;

import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaTable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import party.iroiro.luajava.Lua;

/**
 * A field of a table by its name.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main GetField}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class GetField {
    private LuaRuntime lupa4j;
    private LuaTable table;
    private Lua luajava;

    @Setup
    public void open() {
        String code = "return { field = 1 }";
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
    public Object lupa4j(CpuTime time) {
        return table.get("field");
    }

    @Benchmark
    public double luajava(CpuTime time) {
        luajava.getField(-1, "field");
        return Peers.pop(luajava);
    }
}
