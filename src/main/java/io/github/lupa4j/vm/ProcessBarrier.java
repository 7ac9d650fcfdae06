package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.bridge_barrier;
import static io.github.lupa4j.luajit.Bridge.bridge_prepare_barrier;

/**
 * A full memory barrier on every thread of the process. A thread that stores one variable and then loads another, both
 * in program order, needs none of its own then: who stores the second variable, runs this and loads the first one sees
 * the store, or else the thread sees his.
 */
final class ProcessBarrier {
    private static volatile boolean ready;

    private ProcessBarrier() {}

    /** To be called once, on a thread that has ten milliseconds. */
    static void prepare() {
        ready = ready || (keepsProgramOrder() && bridge_prepare_barrier() != 0);
    }

    /** Whether there is one. */
    static boolean isReady() {
        return ready;
    }

    static void run() {
        bridge_barrier();
    }

    /**
     * Whether the JVM is one that is known to compile opaque accesses in program order, as they are specified; the
     * memory model has no say in it.
     */
    private static boolean keepsProgramOrder() {
        String name = System.getProperty("java.vm.name", "");
        boolean hotspot = name.contains("HotSpot") || name.contains("OpenJDK");
        return hotspot && !System.getProperty("java.vm.version", "").contains("jvmci");
    }
}
