package io.github.lupa4j.bench;

/**
 * A map of 100,000 strings and numbers, added up.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main JavaMap}
 */
public class JavaMap extends JavaFromLua {
    @Override
    String body() {
        return "n = n + map:get(keys[i])";
    }

    @Override
    String lupa4jLoop() {
        return "for k, v in pairs(map) do n = n + v end";
    }

    @Override
    String luajavaLoop() {
        return "for i = 1, " + TIMES + " do " + body() + " end";
    }

    @Override
    String luajLoop() {
        return luajavaLoop();
    }

    @Override
    String graaljsLoop() {
        return "for (var e of map.entrySet()) { n = n + e.getValue(); }";
    }

    @Override
    String nashornLoop() {
        return "for each (var e in map.entrySet()) { n = n + e.getValue(); }";
    }
}
