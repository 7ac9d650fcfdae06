package io.github.lupa4j.bench;

import io.github.lupa4j.script.LuaScriptEngineFactory;
import javax.script.ScriptEngineManager;
import javax.script.ScriptException;
import party.iroiro.luajava.Lua;

/**
 * What a program pays for its first engine: one that makes none, one that asks a {@code ScriptEngineManager} with no
 * engine on the class path, one with lupa4j, the same without the manager, one with LuaJava.
 *
 * <p>{@code java -cp JARS io.github.lupa4j.bench.ColdStart none|manager|lupa4j|factory|luajava}
 */
public final class ColdStart {
    private ColdStart() {}

    public static void main(String[] args) throws ScriptException {
        if (args[0].equals("lupa4j")) {
            check(new ScriptEngineManager().getEngineByName("lua").eval("return 1+1"));
        } else if (args[0].equals("manager")) {
            if (new ScriptEngineManager().getEngineByName("none") != null) {
                throw new IllegalStateException("an engine named none");
            }
        } else if (args[0].equals("factory")) {
            check(new LuaScriptEngineFactory().getScriptEngine().eval("return 1+1"));
        } else if (args[0].equals("luajava")) {
            Luajava.run();
        }
    }

    private static void check(Object result) {
        if (((Number) result).intValue() != 2) {
            throw new IllegalStateException("not 2: " + result);
        }
    }

    /** Apart, so that LuaJava need not be on the class path of the others. */
    private static final class Luajava {
        static void run() {
            Lua lua = Peers.luajava();
            lua.run("return 1+1");
            check(Peers.pop(lua));
        }
    }
}
