package io.github.lupa4j.bench;

/**
 * A string of 20 characters in and out.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main JavaString}
 */
public class JavaString extends JavaFromLua {
    @Override
    String body() {
        return "text = o:echo(text)";
    }
}
