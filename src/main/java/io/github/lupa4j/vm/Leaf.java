package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.BRIDGE_LEAF_PARAMETERS;

/** What a leaf function of Lua calls. It must not use the state. */
public abstract class Leaf {
    /** As many can cross. */
    public static final int MOST_PARAMETERS = BRIDGE_LEAF_PARAMETERS;

    /** The number of arguments that it takes. */
    public abstract int parameters();

    /**
     * Calls it.
     *
     * @return the result as a word; {@link Arguments#MISFIT}, with nothing done, if the arguments are of other kinds
     * @throws Throwable anything; it is raised in Lua
     */
    public abstract long call(Arguments arguments) throws Throwable;
}
