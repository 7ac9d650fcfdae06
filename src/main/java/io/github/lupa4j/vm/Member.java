package io.github.lupa4j.vm;

/**
 * The answer to an index that is a member of the object: Lua remembers it by a number.
 *
 * @param target what {@link Host#invoke} gets
 * @param method whether it is a function in Lua; else it is read at once
 * @param shared whether all objects of the shape have it under that name
 * @param field whether it is one of {@link KnownFields}, for {@link Host#fieldOf}
 */
public record Member(Object target, boolean method, boolean shared, boolean field) {
    /** In place of a target: the item of a list or an array, by its position. */
    public static final Object ITEM = new Object();

    /** The same: what a map has for a string as a key. */
    public static final Object KEY = new Object();

    /** The same: null if a map does not have a string as a key. */
    public static final Object NO_KEY = new Object();

    /** The same: to put a value under a string as a key of a map, or to remove null. */
    public static final Object PUT = new Object();
}
