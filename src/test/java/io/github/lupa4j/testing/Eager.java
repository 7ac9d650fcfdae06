package io.github.lupa4j.testing;

/** A script after which the compiler is quick to compile. */
public final class Eager {
    public static final String COMPILE = "jit.opt.start('hotloop=2', 'hotexit=1')";

    private Eager() {}
}
