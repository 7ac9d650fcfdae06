package io.github.lupa4j;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * What a program does around the calls of functions that implement an interface; see
 * {@link LuaTable#implement(Class, boolean, LuaInterceptor)}. It may be asked from any thread, and does not hold the
 * runtime's lock.
 */
public interface LuaInterceptor {
    /** The call of a function. */
    interface Call {
        /**
         * {@return what the function gives}
         *
         * @throws NoSuchMethodException if there is no function now
         */
        @Nullable
        Object run() throws NoSuchMethodException;
    }

    /** {@return whether a call may begin as things are} It is {@linkplain #intercept intercepted} if not. */
    boolean isReady();

    /**
     * Makes a call, with something before or after it.
     *
     * @param call the call
     * @return what the call gave
     * @throws Exception anything; it is {@linkplain #failed translated}
     */
    @Nullable
    Object intercept(Call call) throws Exception;

    /**
     * A call that was ready has ended, and well.
     *
     * @throws Exception anything; it is {@linkplain #failed translated}
     */
    void completed() throws Exception;

    /**
     * {@return what is thrown for a call that failed}
     *
     * @param error what it threw: {@link NoSuchMethodException} if there is no function now
     * @param method the method of the interface
     * @param ready whether the call was not intercepted
     */
    Throwable failed(Exception error, Method method, boolean ready);
}
