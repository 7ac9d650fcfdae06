package io.github.lupa4j;

import java.util.ArrayList;
import java.util.List;

/** Lua frames among Java's. */
final class StackTraces {
    private StackTraces() {}

    /** Puts Lua frames where the Java stack went into Lua, leaving out the frames of this library above. */
    static StackTraceElement[] weave(StackTraceElement[] java, List<StackTraceElement> lua) {
        List<StackTraceElement> woven = new ArrayList<>(lua);
        int from = 0;
        while (from < java.length && isOurs(java[from].getClassName())) {
            from++;
        }
        woven.addAll(List.of(java).subList(from, java.length));
        return woven.toArray(StackTraceElement[]::new);
    }

    private static boolean isOurs(String className) {
        return className.startsWith("io.github.lupa4j.vm.") || className.equals("io.github.lupa4j.RuntimeHost");
    }
}
