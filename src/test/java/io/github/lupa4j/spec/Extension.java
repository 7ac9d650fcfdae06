package io.github.lupa4j.spec;

import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaTable;

/** A library in Java, as luajava.loadLib loads it. */
public final class Extension {
    private Extension() {}

    public static LuaTable open(LuaRuntime lua) {
        LuaTable library = lua.table();
        library.put("twice", lua.function(arguments -> ((Number) arguments[0]).intValue() * 2));
        return library;
    }

    public static String version() {
        return "1.0";
    }

    public static Object failing() {
        throw new IllegalStateException("cannot open");
    }
}
