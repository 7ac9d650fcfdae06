package io.github.lupa4j.bench;

/**
 * A method of a double.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main JavaMethodDouble}
 */
public class JavaMethodDouble extends JavaFromLua {
    @Override
    String body() {
        return "o:half(i + 0.5)";
    }
}
