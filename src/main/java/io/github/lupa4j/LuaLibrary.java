package io.github.lupa4j;

/** The libraries that a runtime can have; see {@link LuaRuntime.Builder#libraries}. */
public enum LuaLibrary {
    /** The basic functions: {@code print}, {@code pairs}, {@code pcall} and so on. */
    BASE,
    /** {@code package}, {@code require} and {@code module}. */
    PACKAGE,
    /** {@code coroutine}. */
    COROUTINE,
    /** {@code string}, and with it the methods of strings. */
    STRING,
    /** {@code table}. */
    TABLE,
    /** {@code math}. */
    MATH,
    /** {@code bit}: operations on 32-bit words. */
    BIT,
    /** {@code io}: files and the standard streams. */
    IO,
    /** {@code os}. */
    OS,
    /** {@code debug}, which reaches into everything that scripts hold. */
    DEBUG,
    /** {@code jit}: controls LuaJIT's compiler. */
    JIT,
    /** {@code require "ffi"}: C functions and data, by which a script can do anything to the process. */
    FFI,
    /** {@code java} and {@code javax}, and {@code luajava} for scripts written for it. */
    JAVA
}
