package io.github.lupa4j.bench;

import io.github.lupa4j.script.LuaScriptEngine;
import javax.script.Compilable;
import javax.script.CompiledScript;
import javax.script.ScriptException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import party.iroiro.luajava.Lua;

/**
 * A short script, compiled once.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main EvalCompiled}
 */
public class EvalCompiled extends Micro {
    private static final String TEXT = "return 1+1";

    private LuaScriptEngine lupa4jEngine;
    private CompiledScript lupa4j;
    private Lua luajava;
    private int luajavaChunk;
    private CompiledScript luaj;

    @Setup
    public void open() throws ScriptException {
        lupa4jEngine = Peers.lupa4j();
        lupa4j = lupa4jEngine.compile(TEXT);
        luajava = Peers.luajava();
        luajava.load(TEXT);
        luajavaChunk = luajava.ref();
        luaj = ((Compilable) Peers.luaj()).compile(TEXT);
    }

    @TearDown
    public void close() {
        lupa4jEngine.close();
        luajava.close();
    }

    @Benchmark
    public Object lupa4j(CpuTime time) throws ScriptException {
        return lupa4j.eval();
    }

    @Benchmark
    public double luajava(CpuTime time) {
        luajava.refGet(luajavaChunk);
        luajava.pCall(0, 1);
        return Peers.pop(luajava);
    }

    @Benchmark
    public Object luaj(CpuTime time) throws ScriptException {
        return luaj.eval();
    }
}
