package io.github.lupa4j.bench;

/**
 * A field, read and written.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main JavaField}
 */
public class JavaField extends JavaFromLua {
    @Override
    String body() {
        return "o.field = o.field + 1";
    }
}
