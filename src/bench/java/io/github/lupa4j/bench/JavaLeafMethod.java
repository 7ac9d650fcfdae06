package io.github.lupa4j.bench;

/**
 * A method that is annotated as a leaf function.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main JavaLeafMethod}
 */
public class JavaLeafMethod extends JavaFromLua {
    @Override
    String body() {
        return "o:leafPlus(i)";
    }
}
