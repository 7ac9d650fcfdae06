package io.github.lupa4j.bench;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaValue;
import io.github.lupa4j.luajit.Bridge;
import io.github.lupa4j.script.LuaScriptEngine;
import io.github.lupa4j.vm.LuaState;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import javax.script.ScriptException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The crossing under every call of a Lua function: the lock is held, and arguments and result are the words of numbers.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main CallRaw}
 */
public class CallRaw extends Micro {
    private static final long ONE = Double.doubleToRawLongBits(1);
    private static final long TWO = Double.doubleToRawLongBits(2);

    private LuaScriptEngine engine;
    private LuaState state;
    private long context;
    private int function;
    private int hold;

    @Setup
    public void open() throws ScriptException, ReflectiveOperationException {
        engine = Peers.lupa4j();
        LuaFunction add = (LuaFunction) engine.eval("function(a, b) return a + b end");
        state = (LuaState) get(LuaRuntime.class, engine.runtime(), "state");
        context = (long) get(LuaState.class, state, "context");
        Object reference = get(LuaValue.class, add, "ref");
        Method index = reference.getClass().getDeclaredMethod("index");
        index.setAccessible(true);
        function = (int) index.invoke(reference);
        hold = state.enter();
    }

    private static Object get(Class<?> type, Object object, String field) throws ReflectiveOperationException {
        Field found = type.getDeclaredField(field);
        found.setAccessible(true);
        return found.get(object);
    }

    @TearDown
    public void close() {
        state.exit(hold);
        engine.close();
    }

    @Benchmark
    public double lupa4j(CpuTime time) {
        return Double.longBitsToDouble(Bridge.bridge_call_words(state, context, function, 2, ONE, TWO, 0));
    }
}
