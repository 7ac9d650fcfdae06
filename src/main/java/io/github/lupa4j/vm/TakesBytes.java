package io.github.lupa4j.vm;

/** Marks a callee whose arguments are to be {@code byte[]} where a script passes strings. */
public interface TakesBytes {}
