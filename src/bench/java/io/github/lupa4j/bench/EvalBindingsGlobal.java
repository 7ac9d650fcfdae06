package io.github.lupa4j.bench;

/**
 * The same as {@link EvalBindingsFunction} for a function that the script leaves in the Bindings.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main EvalBindingsGlobal}
 */
public class EvalBindingsGlobal extends EvalBindings {
    public EvalBindingsGlobal() {
        super("function f(x) return x + a end return f(b) + f(c) + f(d) + f(e)");
    }
}
