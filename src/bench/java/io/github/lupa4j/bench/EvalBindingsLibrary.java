package io.github.lupa4j.bench;

/**
 * The same as {@link EvalBindings} for a script that calls a function of the library.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main EvalBindingsLibrary}
 */
public class EvalBindingsLibrary extends EvalBindings {
    public EvalBindingsLibrary() {
        super("return math.max(a, b) + c + d + e");
    }
}
