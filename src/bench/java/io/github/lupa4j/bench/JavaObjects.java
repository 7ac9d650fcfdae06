package io.github.lupa4j.bench;

/**
 * A loop over a list of 1,000 objects that calls a method of each, 100 times.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main JavaObjects}
 */
public class JavaObjects extends JavaFromLua {
    static final int OBJECTS = 1000;

    @Override
    String body() {
        return "n = n + objects:get(i - 1):plus(1)";
    }

    private static String loop(String inner) {
        return "for k = 1, " + TIMES / OBJECTS + " do " + inner + " end";
    }

    @Override
    String lupa4jLoop() {
        return loop("for i, object in ipairs(objects) do n = n + object:plus(1) end");
    }

    @Override
    String luajavaLoop() {
        return loop("for i = 1, " + OBJECTS + " do " + body() + " end");
    }

    @Override
    String luajLoop() {
        return luajavaLoop();
    }

    @Override
    String nashornLoop() {
        return "for (var k = 1; k <= " + TIMES / OBJECTS + "; k++) { for (var i = 1; i <= " + OBJECTS + "; i++) { "
                + body().replace(":", ".") + " } }";
    }
}
