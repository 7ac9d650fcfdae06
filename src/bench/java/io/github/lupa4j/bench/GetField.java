package io.github.lupa4j.bench;

import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaTable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import party.iroiro.luajava.Lua;

/**
 * A field of a table by its name.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main GetField}
 */
public class GetField extends Micro {
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
