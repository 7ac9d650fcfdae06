package io.github.lupa4j.interop;

import io.github.lupa4j.vm.StandIn;

/**
 * An object of which a script sees one side only.
 *
 * @param target the object
 * @param items whether indexing means items; else it means members
 */
record View(Object target, boolean items) implements StandIn {}
