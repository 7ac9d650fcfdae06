package io.github.lupa4j.bench;

/**
 * What a map has for a key.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main JavaMapKey}
 */
public class JavaMapKey extends JavaFromLua {
    @Override
    String body() {
        return "local v = map:get('key7')";
    }

    @Override
    String lupa4jLoop() {
        return super.lupa4jLoop().replace("map:get('key7')", "map.key7");
    }

    @Override
    String luajavaLoop() {
        return super.lupa4jLoop();
    }

    @Override
    String luajLoop() {
        return super.lupa4jLoop();
    }
}
