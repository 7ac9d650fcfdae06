package io.github.lupa4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lua frames among Java's. */
final class StackTraces {
    /** What Lua frames give as their class. */
    private static final String LUA = "lua";

    static {
        // A class of the JVM that fails to initialise, when no stack is left, fails for good. Frames of Java's own
        // modules need one. (No lambda: the first ones of a JVM take long.)
        List.of(LUA).forEach(new Consumer<>() {
            @Override
            public void accept(String ignored) {
                weave(new Throwable().getStackTrace(), List.of());
                LuaException.withoutValue("", List.of());
            }
        });
    }

    private StackTraces() {}

    /** Makes what stack traces need, while there is room. */
    static void prepare() {}

    /** Puts Lua frames where the Java stack went into Lua, leaving out the frames of this library above. */
    static StackTraceElement[] weave(StackTraceElement[] java, List<StackTraceElement> lua) {
        List<StackTraceElement> woven = new ArrayList<>(lua);
        woven.addAll(Arrays.asList(java).subList(ours(java), java.length));
        return woven.toArray(new StackTraceElement[0]);
    }

    /**
     * Puts Lua frames where the current Java stack has gone into Lua: that stack is the end of the given trace. Null if
     * it is not, which can be with an exception that was made elsewhere, or if Lua frames stand there already.
     */
    static StackTraceElement @Nullable [] weaveBelow(StackTraceElement[] trace, List<StackTraceElement> lua) {
        StackTraceElement[] current = new Throwable().getStackTrace();
        int from = ours(current);
        int at = trace.length - (current.length - from);
        if (at <= 0
                || trace[at - 1].getClassName().equals(LUA)
                || !Arrays.equals(trace, at, trace.length, current, from, current.length)) {
            return null;
        }
        List<StackTraceElement> woven = new ArrayList<>(Arrays.asList(trace));
        woven.addAll(at, lua);
        return woven.toArray(new StackTraceElement[0]);
    }

    /** How many of the innermost frames are this library's. */
    private static int ours(StackTraceElement[] java) {
        int count = 0;
        while (count < java.length && isOurs(java[count].getClassName())) {
            count++;
        }
        return count;
    }

    private static boolean isOurs(String className) {
        return className.startsWith("io.github.lupa4j.vm.")
                || className.equals("io.github.lupa4j.RuntimeHost")
                || className.equals("io.github.lupa4j.StackTraces")
                || className.equals("io.github.lupa4j.LuaException");
    }
}
