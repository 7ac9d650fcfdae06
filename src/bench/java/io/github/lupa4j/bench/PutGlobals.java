package io.github.lupa4j.bench;

import org.openjdk.jmh.annotations.Benchmark;

/**
 * Five global variables set.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main PutGlobals}
 */
public class PutGlobals extends Functions {
    private static final String[] NAMES = {"a", "b", "c", "d", "e"};

    private int seed;

    @Override
    String script() {
        return "";
    }

    @Benchmark
    public void lupa4j(CpuTime time) {
        for (String name : NAMES) {
            lupa4j.put(name, seed++);
        }
    }

    @Benchmark
    public void luajava(CpuTime time) {
        for (String name : NAMES) {
            luajava.push((long) seed++);
            luajava.setGlobal(name);
        }
    }

    @Benchmark
    public void luaj(CpuTime time) {
        for (String name : NAMES) {
            luaj.put(name, seed++);
        }
    }
}
