package io.github.lupa4j.bench;

import javax.script.ScriptException;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * A text that was not evaluated before.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main EvalNewText}
 */
public class EvalNewText extends Functions {
    private int number;

    @Override
    String script() {
        return "";
    }

    private String text() {
        return "return 1+" + number++;
    }

    @Benchmark
    public Object lupa4j(CpuTime time) throws ScriptException {
        return lupa4j.eval(text());
    }

    @Benchmark
    public double luajava(CpuTime time) {
        luajava.run(text());
        return Peers.pop(luajava);
    }

    @Benchmark
    public Object luaj(CpuTime time) throws ScriptException {
        return luaj.eval(text());
    }
}
