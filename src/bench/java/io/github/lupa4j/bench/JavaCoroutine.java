package io.github.lupa4j.bench;

/**
 * A method called inside a coroutine, of which JavaScript has none.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main JavaCoroutine}
 */
public class JavaCoroutine extends JavaFromLua {
    @Override
    String body() {
        return "n = n + o:plus(i)";
    }

    @Override
    String lupa4jLoop() {
        return "coroutine.wrap(function() " + super.lupa4jLoop() + " end)()";
    }

    @Override
    String nashornLoop() {
        return "function* all() { for (var i = 1; i <= " + TIMES + "; i++) { n = n + o.plus(i) } } all().next()";
    }
}
