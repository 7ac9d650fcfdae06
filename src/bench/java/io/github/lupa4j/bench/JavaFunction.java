package io.github.lupa4j.bench;

/**
 * A function written for the engine's own interface, which takes its argument and gives its result by itself.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main JavaFunction}
 */
public class JavaFunction extends JavaFromLua {
    @Override
    String body() {
        return "own(i)";
    }

    @Override
    String nashornLoop() {
        return super.nashornLoop().replace("own", "f");
    }
}
