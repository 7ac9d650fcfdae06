package io.github.lupa4j.bench;

import io.github.lupa4j.script.LuaScriptEngine;
import io.github.lupa4j.script.LuaScriptEngineFactory;
import javax.script.ScriptEngine;
import party.iroiro.luajava.Lua;
import party.iroiro.luajava.luajit.LuaJit;

/** Engines to compare, new ones at each call. */
final class Peers {
    private Peers() {}

    static LuaScriptEngine lupa4j() {
        return new LuaScriptEngineFactory().getScriptEngine();
    }

    /** LuaJava by its direct API: its javax.script engine makes a new state for each evaluation. */
    static Lua luajava() {
        Lua lua = new LuaJit();
        lua.openLibraries();
        return lua;
    }

    static ScriptEngine luaj() {
        return new org.luaj.vm2.script.LuaScriptEngineFactory().getScriptEngine();
    }

    /** The number on top of the stack, taken off. */
    static double pop(Lua lua) {
        double value = lua.toNumber(-1);
        lua.pop(1);
        return value;
    }
}
