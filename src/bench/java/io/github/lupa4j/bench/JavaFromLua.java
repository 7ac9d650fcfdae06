package io.github.lupa4j.bench;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaLeaf;
import io.github.lupa4j.script.LuaScriptEngine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import javax.script.Compilable;
import javax.script.CompiledScript;
import javax.script.ScriptEngine;
import javax.script.ScriptException;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.lib.OneArgFunction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;
import party.iroiro.luajava.JFunction;
import party.iroiro.luajava.Lua;

/** A loop of a script that uses Java 100,000 times; the figures are of one time. */
public abstract class JavaFromLua extends Micro {
    static final int TIMES = 100_000;

    private static final String FOR = "for i = 1, " + TIMES + " do ";
    private static final String LOCALS = "local n = 0 local text = '12345678901234567890' ";

    private LuaScriptEngine lupa4jEngine;
    private LuaFunction lupa4j;
    private Lua luajava;
    private CompiledScript script;

    /** What is done each time, {@code i} counting; {@code n} is a number that it may change. */
    abstract String body();

    /** The whole loop for one of the engines. */
    String lupa4jLoop() {
        return FOR + body() + " end";
    }

    /** What comes before the loop. */
    String lupa4jBegin() {
        return "";
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

    String graaljsLoop() {
        return nashornLoop();
    }

    /** What scripts have as {@code o}. */
    public static class Target {
        public int field = 1;

        public int plus(int n) {
            return n + 1;
        }

        @LuaLeaf
        public int leafPlus(int n) {
            return n + 1;
        }

        public double half(double n) {
            return n * 0.5;
        }

        public boolean isOdd(int n) {
            return n % 2 != 0;
        }

        public String echo(String text) {
            return text;
        }

        public int fail(int n) {
            throw new IllegalStateException("failed");
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
    public void open(BenchmarkParams parameters) throws ScriptException {
        String benchmark = parameters.getBenchmark();
        switch (Who.named(benchmark.substring(benchmark.lastIndexOf('.') + 1))) {
            case LUPA4J -> openLupa4j();
            case LUAJAVA -> openLuajava();
            case LUAJ -> script = luaj(Peers.luaj());
            case LUAJC -> script = luaj(Peers.luajc());
            case NASHORN -> script = javaScript(Peers.nashorn(), nashornLoop());
            case GRAALJS -> script = javaScript(Peers.graaljs(), graaljsLoop());
            default -> throw new IllegalArgumentException(benchmark);
        }
    }

    private void openLupa4j() {
        lupa4jEngine = Peers.lupa4j();
        globals().forEach(lupa4jEngine::put);
        lupa4jEngine.put("Math", Math.class);
        lupa4jEngine.put("own", (io.github.lupa4j.JavaFunction) arguments -> (int) arguments[0] + 1);
        lupa4j = lupa4jEngine.runtime().compile(LOCALS + lupa4jBegin() + lupa4jLoop());
    }

    private void openLuajava() {
        luajava = Peers.luajava();
        globals().forEach((name, object) -> {
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
    }

    private CompiledScript luaj(ScriptEngine engine) throws ScriptException {
        globals().forEach(engine::put);
        engine.put("own", new OneArgFunction() {
            @Override
            public LuaValue call(LuaValue argument) {
                return LuaValue.valueOf(argument.toint() + 1);
            }
        });
        engine.eval("Math = luajava.bindClass('java.lang.Math')");
        return ((Compilable) engine).compile(LOCALS + luajLoop());
    }

    private static CompiledScript javaScript(ScriptEngine engine, String loop) throws ScriptException {
        globals().forEach(engine::put);
        return ((Compilable) engine)
                .compile("(function() { var n = 0; var text = '12345678901234567890'; "
                        + "var Math = Java.type('java.lang.Math'); " + loop + " })()");
    }

    private static Map<String, Object> globals() {
        List<Integer> list = new ArrayList<>();
        Map<String, Integer> map = new HashMap<>();
        for (int i = 0; i < TIMES; i++) {
            list.add(i);
            map.put("key" + i, i);
        }
        List<Target> objects = new ArrayList<>();
        for (int i = 0; i < JavaObjects.OBJECTS; i++) {
            objects.add(new Target());
        }
        IntUnaryOperator f = n -> n + 1;
        return Map.of(
                "o",
                new Target(),
                "f",
                f,
                "list",
                list,
                "objects",
                objects,
                "map",
                map,
                "keys",
                map.keySet().toArray());
    }

    @TearDown
    public void close() {
        if (lupa4jEngine != null) {
            lupa4jEngine.close();
        }
        if (luajava != null) {
            luajava.close();
        }
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
        return script.eval();
    }

    @Benchmark
    @OperationsPerInvocation(TIMES)
    public Object luajc(CpuTime time) throws ScriptException {
        return script.eval();
    }

    @Benchmark
    @OperationsPerInvocation(TIMES)
    public Object nashorn(CpuTime time) throws ScriptException {
        return script.eval();
    }

    @Benchmark
    @OperationsPerInvocation(TIMES)
    public Object graaljs(CpuTime time) throws ScriptException {
        return script.eval();
    }
}
