package io.github.lupa4j.bench;

/**
 * A lambda as a leaf function; the others call it as they can.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main JavaLeaf}
 */
public class JavaLeaf extends JavaLambda {
    @Override
    String lupa4jBegin() {
        return "local f = java.leaf(f) ";
    }
}
