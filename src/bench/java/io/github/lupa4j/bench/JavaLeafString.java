package io.github.lupa4j.bench;

/**
 * A string of 20 characters in and out of a leaf function.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main JavaLeafString}
 */
public class JavaLeafString extends JavaFromLua {
    @Override
    String body() {
        return "text = echo(text)";
    }

    @Override
    String lupa4jBegin() {
        return "local echo = java.leaf(o.echo) ";
    }

    @Override
    String luajavaLoop() {
        return super.luajavaLoop().replace("echo", "o:echo");
    }

    @Override
    String luajLoop() {
        return super.luajLoop().replace("echo", "o:echo");
    }

    @Override
    String nashornLoop() {
        return super.nashornLoop().replace("echo", "o.echo");
    }
}
