package io.github.lupa4j.interop;

import io.github.lupa4j.vm.StandIn;

/** An object of which a script sees one side only. */
final class View extends StandIn {
    private final Object target;
    private final boolean items;

    /**
     * A view of an object.
     *
     * @param items whether indexing means items; else it means members
     */
    View(Object target, boolean items) {
        this.target = target;
        this.items = items;
    }

    @Override
    public Object target() {
        return target;
    }

    boolean items() {
        return items;
    }
}
