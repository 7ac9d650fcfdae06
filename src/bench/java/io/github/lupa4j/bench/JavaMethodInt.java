package io.github.lupa4j.bench;

/**
 * A method of an int.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main JavaMethodInt}
 */
public class JavaMethodInt extends JavaFromLua {
    @Override
    String body() {
        return "o:plus(i)";
    }
}
