package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The references of a state that handles have, until they are given back. Guarded by the state's lock. */
final class References {
    /** So many can hold no memory worth a collection of Java's heap. */
    private static final int FEW = 1024;

    /** Those that are to be given back. Any thread may add some. */
    final ReferenceQueue<Ref> dropped = new ReferenceQueue<>();
    /** Whether handles were closed: the next operation gives them back. */
    volatile boolean handlesClosed;
    /** Keeps them until they come to the queue. */
    private Ref.@Nullable Dropped[] all = new Ref.Dropped[32];

    Ref add(Ref ref, int index) {
        if (index >= all.length) {
            all = Arrays.copyOf(all, Math.max(index + 1, all.length * 2));
        }
        all[index] = ref.dropped();
        return ref;
    }

    /** How many there have been at once, or a little more. */
    int capacity() {
        return all.length;
    }

    /** Gives back what handles no longer need. */
    void giveBack(long context) {
        giveBackFrom(dropped.poll(), context);
    }

    private void giveBackFrom(@Nullable Reference<?> first, long context) {
        for (Reference<?> ref = first; ref != null; ref = dropped.poll()) {
            int index = ((Ref.Dropped) ref).index;
            all[index] = null;
            bridge_unref(context, index);
        }
    }

    /** Has Java's collector look for handles that nobody uses any more, if there may be many. */
    void findUnused(long context) {
        if (all.length <= FEW) {
            return;
        }
        System.gc();
        try {
            for (Reference<?> ref = dropped.remove(20); ref != null; ref = dropped.remove(1)) {
                giveBackFrom(ref, context);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** There is nothing to be given back to any more. */
    void clear() {
        Arrays.fill(all, null);
    }
}
