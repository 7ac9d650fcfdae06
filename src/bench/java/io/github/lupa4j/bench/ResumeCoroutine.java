package io.github.lupa4j.bench;

import io.github.lupa4j.LuaCoroutine;
import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaRuntime;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import party.iroiro.luajava.Lua;

/**
 * A coroutine that takes a number and yields it.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main ResumeCoroutine}
 */
public class ResumeCoroutine extends Micro {
    private static final String BODY = "function(x) while true do x = coroutine.yield(x) end end";

    private LuaRuntime lupa4j;
    private LuaCoroutine coroutine;
    private Lua luajava;
    private Lua luajavaThread;

    @Setup
    public void open() {
        lupa4j = LuaRuntime.create();
        coroutine = ((LuaFunction) lupa4j.eval(BODY)).coroutine();
        luajava = Peers.luajava();
        luajavaThread = luajava.newThread();
        luajavaThread.run("return " + BODY);
    }

    @TearDown
    public void close() {
        lupa4j.close();
        luajava.close();
    }

    @Benchmark
    public Object lupa4j(CpuTime time) {
        return coroutine.resume(1);
    }

    @Benchmark
    public double luajava(CpuTime time) {
        luajavaThread.push(1L);
        luajavaThread.resume(1);
        return Peers.pop(luajavaThread);
    }
}
