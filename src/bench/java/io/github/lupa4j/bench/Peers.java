package io.github.lupa4j.bench;

import com.oracle.truffle.js.scriptengine.GraalJSScriptEngine;
import io.github.lupa4j.script.LuaScriptEngine;
import io.github.lupa4j.script.LuaScriptEngineFactory;
import javax.script.ScriptEngine;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.openjdk.nashorn.api.scripting.NashornScriptEngineFactory;
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

    /** LuaJ with its compiler to Java bytecode. */
    static ScriptEngine luajc() {
        System.setProperty("org.luaj.luajc", "true");
        try {
            return luaj();
        } finally {
            System.clearProperty("org.luaj.luajc");
        }
    }

    static ScriptEngine nashorn() {
        return new NashornScriptEngineFactory().getScriptEngine();
    }

    /** Scripts may do with Java what those of the others may. */
    static ScriptEngine graaljs() {
        return GraalJSScriptEngine.create(
                Engine.newBuilder("js")
                        .option("engine.WarnInterpreterOnly", "false")
                        .build(),
                Context.newBuilder("js").allowAllAccess(true));
    }

    /** The number on top of the stack, taken off. */
    static double pop(Lua lua) {
        double value = lua.toNumber(-1);
        lua.pop(1);
        return value;
    }
}
