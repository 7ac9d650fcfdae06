package io.github.lupa4j.bench;

import io.github.lupa4j.script.LuaScriptEngine;
import javax.script.ScriptException;
import org.openjdk.jmh.annotations.Benchmark;
import party.iroiro.luajava.Lua;

/**
 * A new engine, one evaluation in it, its end.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main CreateEngine}
 */
public class CreateEngine extends Micro {
    @Benchmark
    public Object lupa4j(CpuTime time) throws ScriptException {
        try (LuaScriptEngine engine = Peers.lupa4j()) {
            return engine.eval("return 1");
        }
    }

    @Benchmark
    public double luajava(CpuTime time) {
        try (Lua lua = Peers.luajava()) {
            lua.run("return 1");
            return Peers.pop(lua);
        }
    }

    @Benchmark
    public Object luaj(CpuTime time) throws ScriptException {
        return Peers.luaj().eval("return 1");
    }
}
