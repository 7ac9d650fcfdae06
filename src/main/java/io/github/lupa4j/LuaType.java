package io.github.lupa4j;

/** The types of Lua values. */
public enum LuaType {
    NIL,
    BOOLEAN,
    NUMBER,
    STRING,
    TABLE,
    FUNCTION,
    THREAD,
    USERDATA,
    CDATA
}
