package io.github.lupa4j.bench;

/**
 * A static method that is overloaded.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main JavaStatic}
 */
public class JavaStatic extends JavaFromLua {
    @Override
    String body() {
        return "Math.max(i, 50)";
    }

    @Override
    String luajavaLoop() {
        return super.luajavaLoop().replace("Math.", "Math:");
    }

    @Override
    String luajLoop() {
        return super.luajLoop().replace("Math.", "Math:");
    }

    @Override
    String graaljsLoop() {
        return super.nashornLoop();
    }

    @Override
    String nashornLoop() {
        return super.nashornLoop().replace("Math.max", "Math['max(int,int)']");
    }
}
