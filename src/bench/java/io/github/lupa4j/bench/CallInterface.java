package io.github.lupa4j.bench;

import io.github.lupa4j.script.LuaScriptEngine;
import java.util.function.DoubleBinaryOperator;
import javax.script.ScriptEngine;
import javax.script.ScriptException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import party.iroiro.luajava.Lua;

/**
 * A Lua function of two numbers, called as the method of a Java interface.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main CallInterface}
 */
public class CallInterface extends Micro {
    private LuaScriptEngine lupa4jEngine;
    private DoubleBinaryOperator lupa4j;
    private Lua luajavaState;
    private DoubleBinaryOperator luajava;
    private DoubleBinaryOperator luaj;

    @Setup
    public void open() throws ScriptException {
        lupa4jEngine = Peers.lupa4j();
        lupa4jEngine.eval("function applyAsDouble(a, b) return a + b end");
        lupa4j = lupa4jEngine.getInterface(DoubleBinaryOperator.class);
        luajavaState = Peers.luajava();
        luajavaState.run("return {applyAsDouble = function(self, a, b) return a + b end}");
        luajava = (DoubleBinaryOperator)
                luajavaState.createProxy(new Class<?>[] {DoubleBinaryOperator.class}, Lua.Conversion.SEMI);
        ScriptEngine engine = Peers.luaj();
        luaj = (DoubleBinaryOperator)
                engine.eval("return luajava.createProxy('java.util.function.DoubleBinaryOperator',"
                        + " {applyAsDouble = function(a, b) return a + b end})");
    }

    @TearDown
    public void close() {
        lupa4jEngine.close();
        luajavaState.close();
    }

    @Benchmark
    public double lupa4j(CpuTime time) {
        return lupa4j.applyAsDouble(1, 2);
    }

    @Benchmark
    public double luajava(CpuTime time) {
        return luajava.applyAsDouble(1, 2);
    }

    @Benchmark
    public double luaj(CpuTime time) {
        return luaj.applyAsDouble(1, 2);
    }
}
