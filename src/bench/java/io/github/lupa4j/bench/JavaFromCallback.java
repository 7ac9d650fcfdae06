package io.github.lupa4j.bench;

/**
 * A method called from a callback of gsub.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main JavaFromCallback}
 */
public class JavaFromCallback extends JavaFromLua {
    @Override
    String body() {
        return "o:plus(1)";
    }

    @Override
    String lupa4jLoop() {
        return "(('x'):rep(" + TIMES + ")):gsub('x', function() " + body() + " end)";
    }

    @Override
    String luajavaLoop() {
        return "local s = ('x'):rep(" + TIMES + ") s:gsub('x', function() " + body() + " end)";
    }

    @Override
    String luajLoop() {
        return luajavaLoop();
    }

    @Override
    String nashornLoop() {
        return "new Array(" + TIMES + " + 1).join('x').replace(/x/g, function() { o.plus(1); return 'x'; });";
    }
}
