package io.github.lupa4j.bench;

import javax.script.ScriptException;
import org.luaj.vm2.LuaValue;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * A Lua function of eight numbers.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main CallEight}
 */
public class CallEight extends Functions {
    @Override
    String script() {
        return "function sum(a, b, c, d, e, f, g, h) return a + b + c + d + e + f + g + h end";
    }

    @Benchmark
    public Object lupa4j(CpuTime time) throws ScriptException, NoSuchMethodException {
        return lupa4j.invokeFunction("sum", 1, 2, 3, 4, 5, 6, 7, 8);
    }

    @Benchmark
    public double luajava(CpuTime time) {
        luajava.getGlobal("sum");
        for (long i = 1; i <= 8; i++) {
            luajava.push(i);
        }
        luajava.pCall(8, 1);
        return Peers.pop(luajava);
    }

    @Benchmark
    public int luaj(CpuTime time) {
        LuaValue[] numbers = new LuaValue[8];
        for (int i = 0; i < 8; i++) {
            numbers[i] = LuaValue.valueOf(i + 1);
        }
        return luajFunction("sum").invoke(numbers).arg1().toint();
    }
}
