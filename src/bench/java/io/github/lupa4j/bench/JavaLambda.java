package io.github.lupa4j.bench;

/**
 * A lambda, called as a function where the engine can do that, else by its method.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main JavaLambda}
 */
public class JavaLambda extends JavaFromLua {
    @Override
    String body() {
        return "f(i)";
    }

    @Override
    String luajavaLoop() {
        return super.luajavaLoop().replace("f(i)", "f:applyAsInt(i)");
    }

    @Override
    String luajLoop() {
        return super.luajLoop().replace("f(i)", "f:applyAsInt(i)");
    }
}
