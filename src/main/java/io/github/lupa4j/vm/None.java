package io.github.lupa4j.vm;

/** Null as a value in Lua, where nil would be the absence of one. Java reads it as null. */
public final class None {
    public static final None NONE = new None();

    private None() {}

    @Override
    public String toString() {
        return "null";
    }
}
