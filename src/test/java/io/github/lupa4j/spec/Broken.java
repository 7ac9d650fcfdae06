package io.github.lupa4j.spec;

/** A class whose initialiser fails. */
public final class Broken {
    public static final int VALUE = fail();

    private Broken() {}

    private static int fail() {
        throw new IllegalStateException("not today");
    }
}
