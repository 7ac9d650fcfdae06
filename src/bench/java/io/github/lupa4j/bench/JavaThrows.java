package io.github.lupa4j.bench;

/**
 * A method that throws, and a script that catches it.
 *
 * <p>{@code java @target/bench.args org.openjdk.jmh.Main JavaThrows}
 */
public class JavaThrows extends JavaFromLua {
    @Override
    String body() {
        return "pcall(fail, o, i)";
    }

    @Override
    String lupa4jBegin() {
        return "local fail = o.fail ";
    }

    @Override
    String luajavaLoop() {
        return super.luajavaLoop().replace("pcall(fail, o, i)", "pcall(function() o:fail(i) end)");
    }

    @Override
    String luajLoop() {
        return luajavaLoop();
    }

    @Override
    String nashornLoop() {
        return super.nashornLoop().replace("pcall(fail, o, i)", "try { o.fail(i); } catch (e) {}");
    }
}
