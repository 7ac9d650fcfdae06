package io.github.lupa4j.bench;

import javax.script.ScriptException;
import org.luaj.vm2.LuaValue;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * A Lua function of two strings of 20 characters, which gives one of them.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main CallStrings}
 */
public class CallStrings extends Functions {
    private static final String A = "12345678901234567890";
    private static final String B = "abcdefghijklmnopqrst";

    @Override
    String script() {
        return "function second(a, b) return b end";
    }

    @Benchmark
    public Object lupa4j(CpuTime time) throws ScriptException, NoSuchMethodException {
        return lupa4j.invokeFunction("second", A, B);
    }

    @Benchmark
    public String luajava(CpuTime time) {
        luajava.getGlobal("second");
        luajava.push(A);
        luajava.push(B);
        luajava.pCall(2, 1);
        String result = luajava.toString(-1);
        luajava.pop(1);
        return result;
    }

    @Benchmark
    public String luaj(CpuTime time) {
        return luajFunction("second")
                .call(LuaValue.valueOf(A), LuaValue.valueOf(B))
                .tojstring();
    }
}
