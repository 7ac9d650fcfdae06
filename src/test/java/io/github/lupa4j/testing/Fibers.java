package io.github.lupa4j.testing;

/** A script after which the outermost calls of its state run on a fiber. */
public final class Fibers {
    public static final String OPEN = "java.leaf(java.lang.Math.sqrt)";

    private Fibers() {}
}
