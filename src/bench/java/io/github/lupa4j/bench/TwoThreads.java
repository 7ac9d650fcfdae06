package io.github.lupa4j.bench;

import javax.script.ScriptException;
import org.luaj.vm2.LuaValue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Threads;

/**
 * Two threads at once, each with an engine of its own, call a Lua function of two numbers.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main TwoThreads}
 */
public class TwoThreads extends Functions {
    @Override
    String script() {
        return "function add(a, b) return a + b end";
    }

    @Benchmark
    @Threads(2)
    public Object lupa4j(CpuTime time) throws ScriptException, NoSuchMethodException {
        return lupa4j.invokeFunction("add", 1, 2);
    }

    @Benchmark
    @Threads(2)
    public double luajava(CpuTime time) {
        luajava.getGlobal("add");
        luajava.push(1L);
        luajava.push(2L);
        luajava.pCall(2, 1);
        return Peers.pop(luajava);
    }

    @Benchmark
    @Threads(2)
    public int luaj(CpuTime time) {
        return luajFunction("add")
                .call(LuaValue.valueOf(1), LuaValue.valueOf(2))
                .toint();
    }
}
