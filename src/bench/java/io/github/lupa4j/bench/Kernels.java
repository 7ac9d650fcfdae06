package io.github.lupa4j.bench;

import io.github.lupa4j.script.LuaScriptEngine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.script.ScriptEngine;
import javax.script.ScriptException;

/**
 * Runs the kernels that standard input names, each in a new engine, with so many others there; measure.lua prints what
 * they took.
 *
 * <p>{@code echo mandelbrot | java @target/bench.args io.github.lupa4j.bench.Kernels src/bench/lua 7 99}
 */
public final class Kernels {
    private Kernels() {}

    public static void main(String[] args) throws IOException, ScriptException {
        Path folder = Path.of(args[0]);
        String measure = Files.readString(folder.resolve("measure.lua"));
        List<LuaScriptEngine> others = new ArrayList<>();
        for (int i = args.length > 2 ? Integer.parseInt(args[2]) : 0; i > 0; i--) {
            LuaScriptEngine other = Peers.lupa4j();
            other.eval("local n = 0 for i = 1, 1000 do n = n + i end");
            others.add(other);
        }
        BufferedReader names = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String name = names.readLine(); name != null; name = names.readLine()) {
            try (LuaScriptEngine engine = Peers.lupa4j()) {
                engine.put(ScriptEngine.FILENAME, "measure.lua");
                engine.put(ScriptEngine.ARGV, new Object[] {folder.toString(), name, args[1]});
                engine.eval(measure);
            }
            System.out.flush();
        }
        others.forEach(LuaScriptEngine::close);
    }
}
