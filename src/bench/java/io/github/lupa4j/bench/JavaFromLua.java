package io.github.lupa4j.bench;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.script.LuaScriptEngine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import javax.script.Compilable;
import javax.script.CompiledScript;
import javax.script.ScriptEngine;
import javax.script.ScriptException;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.lib.OneArgFunction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.nashorn.api.scripting.NashornScriptEngineFactory;
import party.iroiro.luajava.JFunction;
import party.iroiro.luajava.Lua;

/** A loop of a script that uses Java 100,000 times; the figures are of one time. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public abstract class JavaFromLua {
    static final int TIMES = 100_000;

    private static final String FOR = "for i = 1, " + TIMES + " do ";

    private LuaScriptEngine lupa4jEngine;
    private LuaFunction lupa4j;
    private Lua luajava;
    private CompiledScript luaj;
    private CompiledScript nashorn;

    /** What is done each time, {@code i} counting; {@code n} is a number that it may change. */
    abstract String body();

    /** The whole loop for one of the engines. */
    String lupa4jLoop() {
        return FOR + body() + " end";
    }

    String luajavaLoop() {
        return lupa4jLoop();
    }

    String luajLoop() {
        return lupa4jLoop();
    }

    String nashornLoop() {
        return "for (var i = 1; i <= " + TIMES + "; i++) { "
                + body().replace(":", ".").replace("local ", "var ") + " }";
    }

    /** What scripts have as {@code o}. */
    public static class Target {
        public int field = 1;

        public int plus(int n) {
            return n + 1;
        }

        public double half(double n) {
            return n * 0.5;
        }

        public String echo(String text) {
            return text;
        }
    }

    /** For LuaJava, which has no access to the class of a lambda. */
    public static class AddOne implements IntUnaryOperator {
        @Override
        public int applyAsInt(int n) {
            return n + 1;
        }
    }

    @Setup
    public void open() throws ScriptException {
        Map<String, Object> globals = globals();
        lupa4jEngine = Peers.lupa4j();
        globals.forEach(lupa4jEngine::put);
        lupa4jEngine.put("Math", Math.class);
        lupa4jEngine.put("own", (io.github.lupa4j.JavaFunction) arguments -> (int) arguments[0] + 1);
        lupa4j = lupa4jEngine.runtime().compile("local n = 0 local text = '12345678901234567890' " + lupa4jLoop());
        luajava = Peers.luajava();
        globals.forEach((name, object) -> {
            if (object instanceof IntUnaryOperator) {
                luajava.pushJavaObject(new AddOne());
            } else if (object instanceof Object[] array) {
                luajava.pushJavaArray(array);
            } else {
                luajava.pushJavaObject(object);
            }
            luajava.setGlobal(name);
        });
        luajava.push((JFunction) lua -> {
            lua.push(lua.toInteger(1) + 1);
            return 1;
        });
        luajava.setGlobal("own");
        luajava.run("Math = java.import('java.lang.Math') n = 0 text = '12345678901234567890' function loop() "
                + "local n, text = n, text " + luajavaLoop() + " end");
        ScriptEngine luajEngine = Peers.luaj();
        globals.forEach(luajEngine::put);
        luajEngine.put("own", new OneArgFunction() {
            @Override
            public LuaValue call(LuaValue argument) {
                return LuaValue.valueOf(argument.toint() + 1);
            }
        });
        luajEngine.eval("Math = luajava.bindClass('java.lang.Math')");
        luaj = ((Compilable) luajEngine).compile("local n = 0 local text = '12345678901234567890' " + luajLoop());
        ScriptEngine nashornEngine = new NashornScriptEngineFactory().getScriptEngine();
        globals.forEach(nashornEngine::put);
        nashornEngine.eval("var Math = Java.type('java.lang.Math')");
        nashorn = ((Compilable) nashornEngine)
                .compile("(function() { var n = 0; var text = '12345678901234567890'; " + nashornLoop() + " })()");
    }

    private static Map<String, Object> globals() {
        List<Integer> list = new ArrayList<>();
        Map<String, Integer> map = new HashMap<>();
        for (int i = 0; i < TIMES; i++) {
            list.add(i);
            map.put("key" + i, i);
        }
        IntUnaryOperator f = n -> n + 1;
        return Map.of(
                "o",
                new Target(),
                "f",
                f,
                "list",
                list,
                "map",
                map,
                "keys",
                map.keySet().toArray());
    }

    @TearDown
    public void close() {
        lupa4jEngine.close();
        luajava.close();
    }

    @Benchmark
    @OperationsPerInvocation(TIMES)
    public Object lupa4j(CpuTime time) {
        return lupa4j.call();
    }

    @Benchmark
    @OperationsPerInvocation(TIMES)
    public void luajava(CpuTime time) {
        luajava.getGlobal("loop");
        luajava.pCall(0, 0);
    }

    @Benchmark
    @OperationsPerInvocation(TIMES)
    public Object luaj(CpuTime time) throws ScriptException {
        return luaj.eval();
    }

    @Benchmark
    @OperationsPerInvocation(TIMES)
    public Object nashorn(CpuTime time) throws ScriptException {
        return nashorn.eval();
    }
}
