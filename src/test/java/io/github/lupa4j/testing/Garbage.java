package io.github.lupa4j.testing;

import java.util.function.BooleanSupplier;

/** Waits for what only the garbage collector can bring about. */
public final class Garbage {
    private Garbage() {}

    /** Collects garbage until the condition holds; false when it does not within ten seconds. */
    public static boolean collectUntil(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            System.gc();
            Thread.sleep(20);
        }
        return true;
    }

    /** Bytes of the Java heap in use after a collection. */
    public static long heapUsed() throws InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(20);
            Runtime jvm = Runtime.getRuntime();
            least = Math.min(least, jvm.totalMemory() - jvm.freeMemory());
        }
        return least;
    }
}
