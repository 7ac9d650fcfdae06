package io.github.lupa4j.bench;

/**
 * A method called from inside a coroutine, where Lua cannot return to Java.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main JavaFromCoroutine}
 */
public class JavaFromCoroutine extends JavaFromLua {
    @Override
    String body() {
        return "o:plus(i)";
    }

    @Override
    String lupa4jLoop() {
        return "coroutine.wrap(function() " + super.lupa4jLoop() + " end)()";
    }

    @Override
    String luajavaLoop() {
        return lupa4jLoop();
    }

    @Override
    String luajLoop() {
        return lupa4jLoop();
    }
}
