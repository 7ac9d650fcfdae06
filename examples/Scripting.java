// Lua through javax.script: ./lupa4j --java examples/Scripting.java

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntBinaryOperator;
import javax.script.Bindings;
import javax.script.Compilable;
import javax.script.CompiledScript;
import javax.script.Invocable;
import javax.script.ScriptEngine;
import javax.script.ScriptEngineManager;

public class Scripting {
    public static void main(String[] arguments) throws Exception {
        ScriptEngine lua = new ScriptEngineManager().getEngineByName("lua");

        // Bindings: Lua's globals are Java's variables.
        List<String> names = new ArrayList<>(List.of("Ada"));
        lua.put("names", names);
        lua.eval("names:add('Grace'); count = names:size()");
        System.out.println(names + ", " + lua.get("count"));

        // Invocable: Lua's functions are Java's, by name or as an interface.
        lua.eval("function add(a, b) return a + b end; function applyAsInt(a, b) return a * b end");
        IntBinaryOperator times = ((Invocable) lua).getInterface(IntBinaryOperator.class);
        System.out.println(((Invocable) lua).invokeFunction("add", 1, 2) + ", " + times.applyAsInt(6, 7));

        // Compilable: compiled once, run with any variables.
        CompiledScript total = ((Compilable) lua).compile("return price * (1 + tax)");
        for (double tax : new double[] {0.25, 0.5}) {
            Bindings bindings = lua.createBindings();
            bindings.put("price", 100);
            bindings.put("tax", tax);
            System.out.println(total.eval(bindings));
        }
    }
}
