package io.github.lupa4j.bench;

import io.github.lupa4j.script.LuaScriptEngine;
import javax.script.ScriptEngine;
import javax.script.ScriptException;
import org.luaj.vm2.LuaValue;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import party.iroiro.luajava.Lua;

/** Engines that have the functions of a script. */
public abstract class Functions extends Micro {
    LuaScriptEngine lupa4j;
    Lua luajava;
    ScriptEngine luaj;

    /** What is defined. */
    abstract String script();

    @Setup
    public void open() throws ScriptException {
        lupa4j = Peers.lupa4j();
        luajava = Peers.luajava();
        luaj = Peers.luaj();
        lupa4j.put("o", new JavaFromLua.Target());
        luajava.pushJavaObject(new JavaFromLua.Target());
        luajava.setGlobal("o");
        luaj.put("o", new JavaFromLua.Target());
        lupa4j.eval(script());
        luajava.run(script());
        luaj.eval(script());
    }

    /** A function of LuaJ's, whose engine is no Invocable. */
    LuaValue luajFunction(String name) {
        return (LuaValue) luaj.get(name);
    }

    @TearDown
    public void close() {
        lupa4j.close();
        luajava.close();
    }
}
