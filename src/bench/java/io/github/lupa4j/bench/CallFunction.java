package io.github.lupa4j.bench;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.script.LuaScriptEngine;
import javax.script.Invocable;
import javax.script.ScriptEngine;
import javax.script.ScriptException;
import org.luaj.vm2.LuaValue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import party.iroiro.luajava.Lua;

/**
 * A Lua function of two numbers, called from Java.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main CallFunction}
 */
public class CallFunction extends Micro {
    private static final String ADD = "function add(a, b) return a + b end";

    private LuaScriptEngine lupa4j;
    private LuaFunction lupa4jFunction;
    private Lua luajava;
    private int luajavaFunction;
    private LuaValue luajFunction;
    private Invocable nashorn;
    private Invocable graaljs;

    @Setup
    public void open() throws ScriptException {
        lupa4j = Peers.lupa4j();
        lupa4j.eval(ADD);
        lupa4jFunction = (LuaFunction) lupa4j.get("add");
        luajava = Peers.luajava();
        luajava.run(ADD);
        luajava.getGlobal("add");
        luajavaFunction = luajava.ref();
        ScriptEngine luaj = Peers.luaj();
        luaj.eval(ADD);
        luajFunction = (LuaValue) luaj.get("add");
        nashorn = javaScript(Peers.nashorn());
        graaljs = javaScript(Peers.graaljs());
    }

    private static Invocable javaScript(ScriptEngine engine) throws ScriptException {
        engine.eval("function add(a, b) { return a + b; }");
        return (Invocable) engine;
    }

    @TearDown
    public void close() {
        lupa4j.close();
        luajava.close();
    }

    @Benchmark
    public Object lupa4j(CpuTime time) throws ScriptException, NoSuchMethodException {
        return lupa4j.invokeFunction("add", 1, 2);
    }

    @Benchmark
    public Object lupa4jHandle(CpuTime time) {
        return lupa4jFunction.call(1, 2);
    }

    /** By name, as {@code invokeFunction} does it. */
    @Benchmark
    public double luajava(CpuTime time) {
        luajava.getGlobal("add");
        luajava.push(1L);
        luajava.push(2L);
        luajava.pCall(2, 1);
        return Peers.pop(luajava);
    }

    @Benchmark
    public double luajavaHandle(CpuTime time) {
        luajava.refGet(luajavaFunction);
        luajava.push(1L);
        luajava.push(2L);
        luajava.pCall(2, 1);
        return Peers.pop(luajava);
    }

    @Benchmark
    public Object nashorn(CpuTime time) throws ScriptException, NoSuchMethodException {
        return nashorn.invokeFunction("add", 1, 2);
    }

    @Benchmark
    public Object graaljs(CpuTime time) throws ScriptException, NoSuchMethodException {
        return graaljs.invokeFunction("add", 1, 2);
    }

    /** LuaJ's engine is no Invocable: the function is called through LuaJ's own API. */
    @Benchmark
    public int luaj(CpuTime time) {
        return luajFunction.call(LuaValue.valueOf(1), LuaValue.valueOf(2)).toint();
    }
}
