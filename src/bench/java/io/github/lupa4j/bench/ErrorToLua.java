package io.github.lupa4j.bench;

import javax.script.ScriptException;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * A method that throws, and a script that catches it.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main ErrorToLua}
 */
public class ErrorToLua extends Functions {
    @Override
    String script() {
        return "function try() return (pcall(function() o:fail(1) end)) end";
    }

    @Benchmark
    public Object lupa4j(CpuTime time) throws ScriptException, NoSuchMethodException {
        return lupa4j.invokeFunction("try");
    }

    @Benchmark
    public void luajava(CpuTime time) {
        luajava.getGlobal("try");
        luajava.pCall(0, 1);
        luajava.pop(1);
    }

    @Benchmark
    public Object luaj(CpuTime time) {
        return luajFunction("try").call();
    }
}
