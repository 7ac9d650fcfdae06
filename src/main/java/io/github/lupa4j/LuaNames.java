package io.github.lupa4j;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the parameters of a method or constructor for scripts, which can then pass arguments by name:
 * {@code object:move(java.args{ x = 1, y = 2 })}. Not needed where the names are known otherwise: in code compiled with
 * {@code -parameters}, and for the components of a record.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.CONSTRUCTOR})
public @interface LuaNames {
    /**
     * {@return the names, one for each parameter, in their order}
     */
    String[] value();
}
