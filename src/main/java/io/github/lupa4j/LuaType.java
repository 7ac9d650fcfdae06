package io.github.lupa4j;

/** The types of Lua values. */
public enum LuaType {
    /** {@code nil}; null in Java. */
    NIL,
    /** {@code true} or {@code false}; a Boolean in Java. */
    BOOLEAN,
    /** A double; an Integer, Long or Double in Java. */
    NUMBER,
    /** Bytes; a String in Java. */
    STRING,
    /** A {@link LuaTable}. */
    TABLE,
    /** A {@link LuaFunction}. */
    FUNCTION,
    /** A {@link LuaCoroutine}. */
    THREAD,
    /** An object that Lua code uses through its metatable; a Java object in Lua is one. */
    USERDATA,
    /** An object of LuaJIT's FFI library; 64-bit integers are a Long or BigInteger in Java. */
    CDATA
}
