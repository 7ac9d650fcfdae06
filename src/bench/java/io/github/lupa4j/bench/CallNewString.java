package io.github.lupa4j.bench;

import javax.script.ScriptException;
import org.luaj.vm2.LuaValue;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * A Lua function that gives back a string of 20 characters, which did not cross lately.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main CallNewString}
 */
public class CallNewString extends Functions {
    private final String[] strings = new String[4096];
    private int next;

    @Override
    String script() {
        for (int i = 0; i < strings.length; i++) {
            strings[i] = "string number " + (100_000 + i);
        }
        return "function same(a) return a end";
    }

    private String next() {
        next = next + 1 & strings.length - 1;
        return strings[next];
    }

    @Benchmark
    public Object lupa4j(CpuTime time) throws ScriptException, NoSuchMethodException {
        return lupa4j.invokeFunction("same", next());
    }

    @Benchmark
    public String luajava(CpuTime time) {
        luajava.getGlobal("same");
        luajava.push(next());
        luajava.pCall(1, 1);
        String result = luajava.toString(-1);
        luajava.pop(1);
        return result;
    }

    @Benchmark
    public String luaj(CpuTime time) {
        return luajFunction("same").call(LuaValue.valueOf(next())).tojstring();
    }
}
