package io.github.lupa4j;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method that scripts call as a leaf function, without {@code java.leaf}: it must not use the runtime whose script calls
 * it, nor an object of that runtime, which is an {@link IllegalStateException} there.
 *
 * <p>Its parameters are of the types int, long, double, boolean and String; its result is of one of these, or another
 * primitive type, or nothing. If it is overloaded, it is called as any other.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface LuaLeaf {}
