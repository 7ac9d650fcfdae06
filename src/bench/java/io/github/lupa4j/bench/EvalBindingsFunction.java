package io.github.lupa4j.bench;

/**
 * The same as {@link EvalBindings} for a script that defines a function for itself.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main EvalBindingsFunction}
 */
public class EvalBindingsFunction extends EvalBindings {
    public EvalBindingsFunction() {
        super("local function f(x) return x + a end return f(b) + f(c) + f(d) + f(e)");
    }
}
