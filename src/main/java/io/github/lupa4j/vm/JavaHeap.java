package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.bridge_hurry_collector;
import static io.github.lupa4j.luajit.Bridge.bridge_memory_used;

import java.lang.ref.WeakReference;

/**
 * Lua's collector does not feel how large the Java objects are that Lua holds. So when the JVM has collected its heap and
 * left a good part of it full, garbage of Lua may be what fills it, and Lua's collector is asked to look; but not all the
 * time, for the heap may be full of other things. Used by whoever has the state's lock.
 */
final class JavaHeap {
    /** How long to wait for each megabyte of Lua's that is to be searched: a few times as long as it takes. */
    private static final long PAUSE_NANOS = 3_000_000;

    /** How many requests look for what Lua has given up, after its collector was asked. */
    private static final int ATTENTIVE = 256;

    /** The JVM may fill its heap with large objects without collecting once: how often to ask. A power of two. */
    private static final int SELDOM = 16;

    private final LuaState state;
    private final ObjectTable objects;
    /** Loses its object whenever the JVM collects. */
    private WeakReference<Object> sentinel = new WeakReference<>(new Object());

    private long asked = System.nanoTime();
    private long pause;
    private int attentive;
    private int checks;
    /** The fewest objects that Lua has held since its collector was asked. */
    private int least;

    JavaHeap(LuaState state, ObjectTable objects) {
        this.state = state;
        this.objects = objects;
    }

    /** Whether Lua may have given up objects lately. */
    boolean isAttentive() {
        return attentive > 0 && attentive-- > 0;
    }

    /** Notes that Lua has got something, and asks its collector to look, if it is time. */
    void check() {
        int held = objects.size();
        if (held <= least) {
            least = held;
            return;
        }
        boolean collected = sentinel.refersTo(null);
        if (collected || (held - least > SELDOM && (++checks & SELDOM - 1) == 0)) {
            if (collected) {
                sentinel = new WeakReference<>(new Object());
            }
            Runtime runtime = Runtime.getRuntime();
            long used = runtime.totalMemory() - runtime.freeMemory();
            if (used > runtime.maxMemory() / (collected ? 8 : 2)) {
                hurry();
            }
        }
    }

    /** Asks Lua's collector to look, unless it has done so a short time ago. */
    void hurry() {
        long now = System.nanoTime();
        if (now - asked >= pause) {
            asked = now;
            pause = PAUSE_NANOS * (bridge_memory_used(state.context()) >> 20);
            attentive = ATTENTIVE;
            least = Integer.MAX_VALUE;
            bridge_hurry_collector(state.context());
        }
    }
}
