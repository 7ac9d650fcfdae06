package io.github.lupa4j.bench;

/**
 * A list of 100,000 numbers, added up.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main JavaList}
 */
public class JavaList extends JavaFromLua {
    @Override
    String body() {
        return "n = n + list:get(i - 1)";
    }

    @Override
    String lupa4jLoop() {
        return "for i, v in ipairs(list) do n = n + v end";
    }

    @Override
    String luajavaLoop() {
        return "for i = 1, " + TIMES + " do " + body() + " end";
    }

    @Override
    String luajLoop() {
        return luajavaLoop();
    }
}
