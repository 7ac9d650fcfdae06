package io.github.lupa4j.testing;

/** A script after which the outermost calls of its state run on a fiber. */
public final class Fibers {
    public static final String OPEN = "local abs = java.lang.Math.abs for i = 1, 300 do abs(i) end";

    private Fibers() {}
}
