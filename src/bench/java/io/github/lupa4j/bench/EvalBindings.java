package io.github.lupa4j.bench;

import io.github.lupa4j.script.LuaScriptEngine;
import javax.script.Bindings;
import javax.script.Compilable;
import javax.script.CompiledScript;
import javax.script.ScriptException;
import javax.script.SimpleBindings;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import party.iroiro.luajava.Lua;

/**
 * A compiled script with five variables that are new for each evaluation.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main EvalBindings}
 */
public class EvalBindings extends Micro {
    private static final String[] NAMES = {"a", "b", "c", "d", "e"};

    private final String text;
    private LuaScriptEngine lupa4jEngine;
    private CompiledScript lupa4j;
    private Lua luajava;
    private int luajavaChunk;
    private CompiledScript luaj;
    private int seed;

    public EvalBindings() {
        this("return a+b+c+d+e");
    }

    EvalBindings(String text) {
        this.text = text;
    }

    @Setup
    public void open() throws ScriptException {
        lupa4jEngine = Peers.lupa4j();
        lupa4j = lupa4jEngine.compile(text);
        luajava = Peers.luajava();
        luajava.load(text);
        luajavaChunk = luajava.ref();
        luaj = ((Compilable) Peers.luaj()).compile(text);
    }

    @TearDown
    public void close() {
        lupa4jEngine.close();
        luajava.close();
    }

    private Bindings fresh() {
        Bindings bindings = new SimpleBindings();
        for (String name : NAMES) {
            bindings.put(name, seed++);
        }
        return bindings;
    }

    @Benchmark
    public Object lupa4j(CpuTime time) throws ScriptException {
        return lupa4j.eval(fresh());
    }

    /** LuaJava has no bindings: five globals are set. */
    @Benchmark
    public double luajava(CpuTime time) {
        for (String name : NAMES) {
            luajava.push((long) seed++);
            luajava.setGlobal(name);
        }
        luajava.refGet(luajavaChunk);
        luajava.pCall(0, 1);
        return Peers.pop(luajava);
    }

    @Benchmark
    public Object luaj(CpuTime time) throws ScriptException {
        return luaj.eval(fresh());
    }
}
