package io.github.lupa4j.bench;

import io.github.lupa4j.script.LuaScriptEngine;
import java.util.concurrent.TimeUnit;
import javax.script.ScriptEngine;
import javax.script.ScriptException;
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
 * A short text evaluated again and again.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main EvalText}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class EvalText {
    private static final String TEXT = "return 1+1";

    private LuaScriptEngine lupa4j;
    private Lua luajava;
    private ScriptEngine luaj;

    @Setup
    public void open() {
        lupa4j = Peers.lupa4j();
        luajava = Peers.luajava();
        luaj = Peers.luaj();
    }

    @TearDown
    public void close() {
        lupa4j.close();
        luajava.close();
    }

    @Benchmark
    public Object lupa4j(CpuTime time) throws ScriptException {
        return lupa4j.eval(TEXT);
    }

    @Benchmark
    public double luajava(CpuTime time) {
        luajava.run(TEXT);
        return Peers.pop(luajava);
    }

    @Benchmark
    public Object luaj(CpuTime time) throws ScriptException {
        return luaj.eval(TEXT);
    }
}
