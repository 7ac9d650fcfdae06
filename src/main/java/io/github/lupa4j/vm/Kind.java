package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

/** What kind of Lua object a reference names. */
public enum Kind {
    TABLE,
    FUNCTION,
    THREAD,
    USERDATA,
    CDATA;

    static Kind of(int type) {
        return switch (type) {
            case BRIDGE_TYPE_TABLE -> TABLE;
            case BRIDGE_TYPE_FUNCTION -> FUNCTION;
            case BRIDGE_TYPE_THREAD -> THREAD;
            case BRIDGE_TYPE_CDATA -> CDATA;
            default -> USERDATA;
        };
    }
}
