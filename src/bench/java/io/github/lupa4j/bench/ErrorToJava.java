package io.github.lupa4j.bench;

import javax.script.ScriptException;
import org.luaj.vm2.LuaError;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * A Lua function that fails, and Java code that catches the exception.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main ErrorToJava}
 */
public class ErrorToJava extends Functions {
    @Override
    String script() {
        return "function fail() error('failed') end";
    }

    @Benchmark
    public Object lupa4j(CpuTime time) throws NoSuchMethodException {
        try {
            return lupa4j.invokeFunction("fail");
        } catch (ScriptException e) {
            return e;
        }
    }

    /** LuaJava makes no exception here: the message is read. */
    @Benchmark
    public Object luajava(CpuTime time) {
        luajava.getGlobal("fail");
        try {
            luajava.pCall(0, 1);
            return "none";
        } catch (RuntimeException e) {
            return e;
        } finally {
            luajava.setTop(0);
        }
    }

    @Benchmark
    public Object luaj(CpuTime time) {
        try {
            return luajFunction("fail").call();
        } catch (LuaError e) {
            return e;
        }
    }
}
