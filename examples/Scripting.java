// Lua through javax.script: ./lupa4j --java examples/Scripting.java

import java.util.*;
import java.util.function.IntBinaryOperator;
import javax.script.*;

public class Scripting {
    public static void main(String[] arguments) throws Exception {
        ScriptEngine lua = new ScriptEngineManager().getEngineByName("lua");

        List<String> names = new ArrayList<>(List.of("Ada"));
        lua.put("names", names); // a global variable of Lua
        lua.eval("names:add('Grace'); count = names:size()");
        System.out.println(names + ", " + lua.get("count"));

        lua.eval("function add(a, b) return a + b end; function applyAsInt(a, b) return a * b end");
        IntBinaryOperator times = ((Invocable) lua).getInterface(IntBinaryOperator.class);
        System.out.println(((Invocable) lua).invokeFunction("add", 1, 2) + ", " + times.applyAsInt(6, 7));

        CompiledScript total = ((Compilable) lua).compile("return price * (1 + tax)");
        for (double tax : new double[] {0.25, 0.5}) {
            System.out.println(total.eval(new SimpleBindings(new HashMap<>(Map.of("price", 100, "tax", tax)))));
        }
    }
}
