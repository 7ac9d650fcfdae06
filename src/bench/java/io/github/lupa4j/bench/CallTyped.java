package io.github.lupa4j.bench;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.script.LuaScriptEngine;
import java.util.function.DoubleBinaryOperator;
import javax.script.ScriptException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A Lua function of two numbers, as a Java interface with parameters of these types.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main CallTyped}
 */
public class CallTyped extends Micro {
    private LuaScriptEngine engine;
    private DoubleBinaryOperator add;

    @Setup
    public void open() throws ScriptException {
        engine = Peers.lupa4j();
        LuaFunction function = (LuaFunction) engine.eval("function(a, b) return a + b end");
        add = function.as(DoubleBinaryOperator.class);
    }

    @TearDown
    public void close() {
        engine.close();
    }

    @Benchmark
    public double lupa4j(CpuTime time) {
        return add.applyAsDouble(1, 2);
    }
}
