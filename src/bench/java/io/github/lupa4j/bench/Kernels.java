package io.github.lupa4j.bench;

import io.github.lupa4j.script.LuaScriptEngine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.script.ScriptEngine;
import javax.script.ScriptException;

/**
 * Runs the kernels that standard input names, each in a new engine; measure.lua prints what they took.
 *
 * <p>{@code echo mandelbrot | java @target/bench.args io.github.lupa4j.bench.Kernels src/bench/lua 7}
 */
public final class Kernels {
    private Kernels() {}

    public static void main(String[] args) throws IOException, ScriptException {
        Path folder = Path.of(args[0]);
        String measure = Files.readString(folder.resolve("measure.lua"));
        BufferedReader names = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String name = names.readLine(); name != null; name = names.readLine()) {
            try (LuaScriptEngine engine = Peers.lupa4j()) {
                engine.put(ScriptEngine.FILENAME, "measure.lua");
                engine.put(ScriptEngine.ARGV, new Object[] {folder.toString(), name, args[1]});
                engine.eval(measure);
            }
            System.out.flush();
        }
    }
}
