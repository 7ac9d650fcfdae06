package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The references of a state that handles have, until they are given back. Guarded by the state's lock. */
final class References {
    /** So many can hold no memory worth a collection of Java's heap. */
    private static final int FEW = 1024;

    /** As many are given back at a time, and twice those that are new: it counts as time of the script that is under way. */
    private static final int PORTION = 64;

    /** Those that are to be given back. Any thread may add some. */
    final ReferenceQueue<Ref> dropped = new ReferenceQueue<>();
    /** Whether handles were closed: the next operation gives them back. */
    volatile boolean handlesClosed;
    /** Keeps them until they come to the queue. */
    private Ref.@Nullable Dropped[] all = new Ref.Dropped[32];
    /** How many are new since some were given back. */
    private int added;
    /** Objects that were made anew, by their address and by the references to them. */
    private final Map<Long, Ref.Renewed> renewed = new HashMap<>();

    private final Map<Integer, Ref.Renewed> renewedByIndex = new HashMap<>();

    /** Takes over a reference. */
    void add(Ref ref, int index) {
        if (index >= all.length) {
            all = Arrays.copyOf(all, Math.max(index + 1, all.length * 2));
        }
        added++;
        Ref.Renewed object = ref.renewed();
        if (object != null) {
            object.addReference();
            renewed.put(object.address(), object);
            renewedByIndex.put(index, object);
        }
    }

    /** Has a reference given back when this comes to the queue. */
    void watch(Ref.Dropped reference) {
        all[reference.index] = reference;
    }

    /** The object at an address, if it was made anew. */
    Ref.@Nullable Renewed renewedAt(long address) {
        return renewed.isEmpty() ? null : renewed.get(address);
    }

    /** How many there have been at once, or a little more. */
    int capacity() {
        return all.length;
    }

    /** Gives back some of what handles no longer need. */
    void giveBack(long context) {
        giveBack(dropped.poll(), PORTION + 2 * added, context);
        added = 0;
    }

    /** Gives back all of it. */
    void giveBackAll(long context) {
        giveBack(dropped.poll(), Integer.MAX_VALUE, context);
    }

    private void giveBack(@Nullable Reference<?> first, int most, long context) {
        Reference<?> ref = first;
        for (int i = 1; ref != null; i++) {
            giveBack(((Ref.Dropped) ref).index, context);
            ref = i < most ? dropped.poll() : null;
        }
    }

    /** Gives one back. */
    void giveBack(int index, long context) {
        all[index] = null;
        bridge_unref(context, index);
        if (!renewed.isEmpty()) {
            Ref.Renewed object = renewedByIndex.remove(index);
            if (object != null && object.removeReference()) {
                renewed.remove(object.address());
            }
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
                giveBack(ref, Integer.MAX_VALUE, context);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** There is nothing to be given back to any more. */
    void clear() {
        Arrays.fill(all, null);
        renewed.clear();
        renewedByIndex.clear();
    }
}
