package io.github.lupa4j.bench;

/**
 * A method that gives booleans, which the loop branches on.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main JavaBoolean}
 */
public class JavaBoolean extends JavaFromLua {
    @Override
    String body() {
        return "if o:isOdd(i) then n = n + 1 end";
    }

    @Override
    String nashornLoop() {
        return super.nashornLoop().replace("if o.isOdd(i) then n = n + 1 end", "if (o.isOdd(i)) { n = n + 1 }");
    }
}
