package io.github.lupa4j.bench;

import io.github.lupa4j.script.LuaScriptEngine;
import javax.script.ScriptEngine;
import javax.script.ScriptException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import party.iroiro.luajava.Lua;

/**
 * A short text evaluated again and again.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main EvalText}
 */
public class EvalText extends Micro {
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
