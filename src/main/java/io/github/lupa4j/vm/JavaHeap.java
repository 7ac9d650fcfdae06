package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.bridge_collection_nanos;
import static io.github.lupa4j.luajit.Bridge.bridge_hurry_collector;
import static io.github.lupa4j.luajit.Bridge.bridge_memory_used;

import java.lang.ref.WeakReference;

/**
 * Lua's collector does not feel how large the Java objects are that Lua holds. So when the JVM has collected its heap and
 * left a good part of it full, garbage of Lua may be what fills it, and Lua's collector is asked to look; but not all the
 * time, for the heap may be full of other things. The other way round, Java's collector does not feel what its garbage
 * holds in Lua: when that may be much, it is asked. Used by whoever has the state's lock.
 */
final class JavaHeap {
    /** A collection that is asked for may take a tenth of the time, of either side. */
    private static final int SHARE = 10;

    /** So many handles of Lua objects, and so much memory of Lua's, are worth a collection of Java's heap. */
    private static final int MANY_HANDLES = 1 << 16;

    private static final long MUCH_MEMORY = 64 << 20;
    /** After so long the JVM has told which handles it has found. */
    private static final long QUEUED_NANOS = 20_000_000;

    /** How many requests look for what Lua has given up, after its collector was asked. */
    private static final int ATTENTIVE = 256;

    /** The JVM may fill its heap with large objects without collecting once: how often to ask. A power of two. */
    private static final int SELDOM = 16;

    private final LuaState state;
    private final ObjectTable objects;
    /** Loses its object whenever the JVM collects. */
    private WeakReference<Object> sentinel = new WeakReference<>(new Object());

    private long asked = System.nanoTime();
    /** When Java's collector was asked last, and how long to wait then. */
    private long javaAsked = asked;

    private long javaPause;
    /** The least memory of Lua's since then. */
    private long leastMemory;
    /** Who has been asked last in a search for unused handles. */
    private Search search = Search.NONE;
    /** What the last collection of Lua's took before one was asked for. */
    private long lastCollection;

    private enum Search {
        NONE,
        LUA,
        JAVA
    }

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
        if (now - asked >= SHARE * bridge_collection_nanos(state.context())) {
            asked = now;
            attentive = ATTENTIVE;
            least = Integer.MAX_VALUE;
            bridge_hurry_collector(state.context());
        }
    }

    /**
     * Asks Java's collector for handles that nobody uses any more, if there may be many that hold much of Lua's memory.
     * What they belong to can be garbage of Lua's in turn, so Lua's collector goes first; and last, for what is free then.
     */
    void checkHandles() {
        if (state.references.capacity() < MANY_HANDLES) {
            return;
        }
        long used = bridge_memory_used(state.context());
        leastMemory = Math.min(leastMemory, used);
        long now = System.nanoTime();
        switch (search) {
            case NONE -> {
                if (used > Math.max(MUCH_MEMORY, 4 * leastMemory) && now - javaAsked >= javaPause) {
                    asksLua(Search.LUA);
                }
            }
            case LUA -> {
                if (bridge_collection_nanos(state.context()) != lastCollection) {
                    System.gc();
                    javaAsked = System.nanoTime();
                    javaPause = SHARE * (javaAsked - now);
                    search = Search.JAVA;
                }
            }
            case JAVA -> {
                if (now - javaAsked > QUEUED_NANOS) {
                    leastMemory = used;
                    asksLua(Search.NONE);
                }
            }
        }
    }

    private void asksLua(Search next) {
        search = next;
        lastCollection = bridge_collection_nanos(state.context());
        bridge_hurry_collector(state.context());
    }
}
