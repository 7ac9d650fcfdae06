package io.github.lupa4j.bench;

/**
 * A lambda as a leaf function; the others call it as they can.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main JavaLeaf}
 */
public class JavaLeaf extends JavaFromLua {
    @Override
    String body() {
        return "f(i)";
    }

    @Override
    String lupa4jBegin() {
        return "local f = java.leaf(f) ";
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
