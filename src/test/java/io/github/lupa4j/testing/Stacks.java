package io.github.lupa4j.testing;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Runs code on threads whose stacks have a given size. */
public final class Stacks {
    public static final long KB = 1024;

    private Stacks() {}

    /** Runs on a new thread and gives the result, or throws what the code threw. */
    public static <T> T on(long bytes, Callable<T> code) throws Exception {
        FutureTask<T> task = new FutureTask<>(code);
        Thread thread = new Thread(null, task, "stack of " + bytes / KB + " KB", bytes);
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(60, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            return sneak(e.getCause());
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T, E extends Throwable> T sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }
}
