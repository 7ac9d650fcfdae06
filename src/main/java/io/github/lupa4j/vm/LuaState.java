package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One native Lua state: the only class that crosses into it.
 *
 * <p>Every operation follows one pattern: take the lock, write arguments to the slots, cross once, read results
 * from the slots, release the lock. A crossing may call {@link #upcall} on the same thread, which may start
 * further crossings; so values in slots are always read before anything else happens.
 *
 * <p>The state is freed by {@link #close()}, or by a cleaner when nothing refers to it any more. Whatever Lua
 * holds of Java is held by this object alone, so cycles through Lua do not keep it alive.
 */
public final class LuaState extends StateLock {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final int OPEN = 0;
    /** Bits of the mode. */
    private static final int IN_TRACE = 1;

    private static final int IN_LEAF = 2;
    private static final int CLOSED = 4;
    /** Where what {@link #takes} tells begins. */
    private static final int GIVES = 3;
    /** Looking for what to give back is a tenth of a short call: not each of them does. A power of two. */
    static final int GIVE_BACK_EVERY = 16;

    final References references = new References();
    private final Recovery recovery = new Recovery(this);
    private final Host host;
    private final StringCodec codec;
    private final ObjectTable objects;
    final KeyCache keys = new KeyCache(this);
    final StringCache strings = new StringCache(this);
    final Slots slots;
    private final Requests requests;
    private final Calls calls = new Calls(this);
    private final Chunks chunks = new Chunks(this);
    private final Tables tables = new Tables(this);
    private final Bulk bulk = new Bulk(this);
    private final Values values = new Values(this);
    private final Limits limits;
    private final Closer closer;
    private final Cleaner.Cleanable cleanable;
    private long context;
    private boolean closing;
    /** If it is not OPEN, the thread that holds the lock cannot enter just so. */
    private int mode;
    /** Whether a thread waits for the lock to close it; no operation begins any more. */
    private volatile boolean closeWanted;
    /** Whether there may be more than the usual to do when an operation begins or ends: see {@link #attend}. */
    private volatile boolean attention;
    /** How many outermost operations there were. Other threads look at it, without any promise of what they see. */
    int operations;
    /** The number of the operation that was under way when the watch looked last; used by the watch only. */
    int watchedOperation;
    /** What handles come of now. */
    @Nullable
    Origin origin;
    /** Whether a script has written something that may not be flushed. */
    private boolean written;

    public LuaState(Host host, StringCodec codec) {
        this.host = host;
        this.codec = codec;
        MemberTable members = new MemberTable(host);
        objects = new ObjectTable(host, members);
        context = bridge_open(this);
        if (context == 0) {
            throw new OutOfMemoryError("no native memory for a Lua state");
        }
        closer = new Closer(context);
        limits = new Limits(this, host, closer);
        cleanable = CLEANER.register(this, closer);
        slots = new Slots(this, context, host, codec, objects);
        requests = new Requests(this, host, members, objects);
        InterruptWatch.add(this);
    }

    // -- Parts ---------------------------------------------------------------------------------------------------

    public Calls calls() {
        return calls;
    }

    public Chunks chunks() {
        return chunks;
    }

    public Tables tables() {
        return tables;
    }

    public Bulk bulk() {
        return bulk;
    }

    public Limits limits() {
        return limits;
    }

    public Values values() {
        return values;
    }

    long context() {
        return context;
    }

    StringCodec codec() {
        return codec;
    }

    // -- Lock and life -------------------------------------------------------------------------------------------

    /**
     * Takes the lock and makes sure that the state is open.
     *
     * @return what {@link #exit(int)} needs
     * @throws RuntimeException what {@link Host#closed()} gives, with the lock not held
     */
    public int enter() {
        int hold = acquire();
        if (hold == 1 || mode != OPEN) {
            boolean begun = false;
            try {
                if (hold == 1) {
                    begin();
                } else {
                    beginNested();
                }
                begun = true;
            } finally {
                if (!begun) {
                    releaseInPlace(hold);
                }
            }
        }
        return hold;
    }

    /** The same for an operation that runs a script: a thread that was interrupted starts none. */
    int enterToRun() {
        int hold = enter();
        if (Thread.currentThread().isInterrupted()) {
            throw refuse(hold);
        }
        return hold;
    }

    private RuntimeException refuse(int hold) {
        try {
            if (hold > 1) {
                limits.stop(host::interrupted); // what called Java from within Lua ends too
                limits.take();
            }
            return host.interrupted(List.of());
        } finally {
            exit(hold);
        }
    }

    /**
     * Releases the lock.
     *
     * @throws RuntimeException when the outermost operation was stopped, and has not thrown that itself; what
     *     {@link Host#flush} throws
     */
    public void exit(int hold) {
        if (hold == 1 && (attention || slots.hasReleased())) {
            end(hold);
        } else {
            release(hold);
        }
    }

    /** The same for an operation that has used a reference, which cannot be given back until now. */
    void exit(int hold, Ref used) {
        try {
            exit(hold);
        } finally {
            Reference.reachabilityFence(used);
        }
    }

    /** What any other operation does first, if the state is not open. */
    private void beginNested() {
        if ((mode & (IN_TRACE | IN_LEAF)) == IN_TRACE) {
            leaveTrace();
        } else {
            throw context == 0 || closeWanted ? host.closed() : host.inLeaf();
        }
    }

    /** Has the next operation, and the end of the one under way, look for what there is to do. Any thread may call it. */
    void callAttention() {
        attention = true;
    }

    /** What the outermost operation seldom has to do first. */
    private void attend() {
        attention = false; // Whoever sets it from now on has done before what is looked at here.
        if (context == 0 || closeWanted) {
            attention = true;
            throw host.closed();
        }
        limits.begin();
        if (references.handlesClosed) {
            references.handlesClosed = false;
            recovery.hasten();
            giveBack();
        }
        if (limits.isMemoryLimited() && slots.wasMemoryRefused()) {
            recovery.tryNow();
        }
        if (limits.areSet()) {
            attention = true;
        }
    }

    /** What the outermost operation does first. */
    private void begin() {
        if (attention) {
            attend();
        }
        if (InterruptWatch.asleep) {
            InterruptWatch.wake();
        }
        if ((++operations & GIVE_BACK_EVERY - 1) == 0) {
            strings.settle();
            giveBack();
        }
    }

    /** What the outermost operation does last. */
    private void end(int hold) {
        Limits.Stop stopped = finish(hold);
        if (stopped != null) {
            throw stopped.toException(List.of());
        }
    }

    /** The same; returns why the operation was stopped, if it has not thrown that itself. */
    private Limits.@Nullable Stop finish(int hold) {
        try {
            Limits.Stop stopped = limits.end();
            if (context != 0) {
                slots.releaseObjects();
            }
            try {
                if (written) {
                    written = false;
                    host.flush();
                }
            } finally {
                if (closing) {
                    free();
                }
            }
            return stopped;
        } finally {
            release(hold);
        }
    }

    /** Gives back some of what Java has dropped, and forgets what Lua has collected. */
    void giveBack() {
        references.giveBack(context);
        slots.releaseObjects();
        strings.giveBack();
        requests.heap().checkHandles();
    }

    /** Closes the state; when this thread is inside a call of it, as soon as the outermost one returns. */
    public void close() {
        if (!isHeldByCurrentThread()) {
            closeWanted = true;
            attention = true;
            limits.stop(frames -> host.closed());
        }
        int hold = acquire();
        closing = context != 0;
        attention = true;
        if (hold == 1) {
            finish(hold); // Another thread that closes may have stopped this: the end is what both want.
        } else {
            release(hold);
        }
    }

    private void free() {
        limits.refuseStops();
        closer.free(this); // Finalizers run, with all of the state at their disposal.
        context = 0;
        mode = CLOSED;
        closing = false;
        references.clear();
        cleanable.clean();
    }

    public boolean isClosed() {
        return context == 0 || closing || closeWanted;
    }

    // -- References ----------------------------------------------------------------------------------------------

    /**
     * Takes over a reference. Only {@link Host#toHandle} may call it, for a handle that keeps it.
     */
    public Ref adopt(int index, long identity) {
        Ref ref = new Ref(this, index, identity);
        references.add(ref, index);
        if (ref.origin == null || !ref.origin.give(ref)) {
            ref.watch();
        }
        return ref;
    }

    /**
     * Says what handles come of from now on, which keep that alive.
     *
     * @return what it was before
     */
    public @Nullable Origin setOrigin(@Nullable Origin origin) {
        Origin old = this.origin;
        this.origin = origin;
        return old;
    }

    /**
     * The index of a reference of this state; to be called between enter and {@link #exit(int, Ref)}. If the reference
     * {@linkplain Ref#isAtRest rests}, the slots are used.
     */
    int indexOf(Ref ref) {
        if (ref.origin != null) {
            ref.origin.used();
        }
        return index(ref);
    }

    /** The same for a value on its way to Lua. */
    int indexOfValue(Ref ref) {
        if (ref.origin != null && ref.origin == origin) {
            return index(ref);
        }
        if (origin != null) {
            origin.take();
        }
        return indexOf(ref);
    }

    private int index(Ref ref) {
        if (ref.state != this) {
            throw new IllegalArgumentException("a handle of another runtime; copy its contents instead");
        }
        int index = ref.index();
        return index < 0 ? restored(ref) : index;
    }

    private static int restored(Ref ref) {
        Objects.requireNonNull(ref.origin).restore(ref);
        return ref.index();
    }

    /** A reference to the Lua string of some text; the slots are left alone. */
    int intern(String text) {
        int ref = bridge_intern(context, codec.encode(text));
        if (ref < 0) {
            recovery.hasten();
            throw host.toException(Failure.of(ref), null, List.of());
        }
        return ref;
    }

    /** The same of one that exists, without making anything: 0 if there is none such. */
    int findString(String text) {
        return bridge_find_string(context, codec.encode(text));
    }

    void unref(int index) {
        bridge_unref(context, index);
    }

    // -- Results -------------------------------------------------------------------------------------------------

    @Nullable
    Object results(int count) {
        if (count < 0) {
            throw failure(count);
        }
        return slots.results(count);
    }

    /** What a call gave, after Java has answered what Lua code asks meanwhile. */
    @Nullable
    Object outcome(long word) {
        return result(served(word));
    }

    /** The same as a word. */
    long served(long word) {
        return PlainWords.isAsking(word) ? requests.serve(word) : word;
    }

    @Nullable
    Object result(long word) {
        return PlainWords.isInSlots(word) ? results((int) word) : PlainWords.toValue(word);
    }

    RuntimeException failure(int status) {
        boolean hasValue = status != BRIDGE_FAILED_CSTACK && status != BRIDGE_FAILED_MISSING;
        int size = hasValue ? slots.traceSize() : 0;
        Object value = hasValue ? slots.readError(0) : null;
        List<StackTraceElement> frames = size > 0 ? StackTrace.read(context, size, codec) : List.of();
        if (status == BRIDGE_FAILED_MEMORY) {
            recovery.hasten();
        }
        Limits.Stop stopped = limits.take();
        return flushed(
                stopped != null ? stopped.toException(frames) : host.toException(Failure.of(status), value, frames));
    }

    /** What a script wrote before it failed is flushed now: at the end of the operation that could hide the failure. */
    private RuntimeException flushed(RuntimeException failure) {
        if (written) {
            written = false;
            try {
                host.flush();
            } catch (RuntimeException e) {
                failure.addSuppressed(e);
            }
        }
        return failure;
    }

    Object required(int count) {
        Object value = results(count);
        if (value == null) {
            throw new IllegalStateException("internal error: a result is missing; this is a bug");
        }
        return value;
    }

    // -- Memory and other facts ------------------------------------------------------------------------------------

    /** Bytes that the state has allocated. */
    public long memoryUsed() {
        int hold = enter();
        try {
            return bridge_memory_used(context);
        } finally {
            exit(hold);
        }
    }

    /** Collects all garbage of the state. */
    public void collect() {
        int hold = enter();
        try {
            references.giveBackAll(context);
            results(bridge_collect(this, context));
            giveBack();
        } finally {
            exit(hold);
        }
    }

    /** The number of compiled traces, for tests that the JIT compiler works. */
    public int traceCount() {
        int hold = enter();
        try {
            return bridge_trace_count(context);
        } finally {
            exit(hold);
        }
    }

    /** Kilobytes of machine code in the library's own arena, for tests that there is any. */
    public static int machineCodeInArena() {
        return bridge_arena_used();
    }

    /** The number of states open in this process, for tests that none leak. */
    public static int openStates() {
        return bridge_open_contexts();
    }

    /** The number of Java objects that Lua holds, for tests that none leak. */
    public int heldObjects() {
        int hold = enter();
        try {
            references.giveBackAll(context);
            giveBack();
            return objects.size();
        } finally {
            exit(hold);
        }
    }

    // -- Requests from Lua ---------------------------------------------------------------------------------------

    /** Called by the bridge while a crossing of this thread is under way. */
    @SuppressWarnings("unused")
    private int upcall(int request, int count) {
        return requests.answer(request, count);
    }

    /** Called by the bridge to call a member, or an object itself, or to read or write a member. */
    @SuppressWarnings("unused")
    private int invoke(int number, int id, int shape) {
        return requests.invoke(number, id, shape);
    }

    /** A leaf function is called, or has ended. */
    public void setInLeaf(boolean inLeaf) {
        mode = inLeaf ? mode | IN_LEAF : mode & ~IN_LEAF;
    }

    /**
     * Compiled code calls Java: see {@link TraceCalls}.
     *
     * @param gives what the answer is to be, one of BRIDGE_GIVES_*
     */
    void setInTrace(int gives) {
        mode = IN_TRACE | gives << GIVES;
    }

    /** Whether compiled code waits for an answer of that kind. */
    boolean takes(int gives) {
        return mode >>> GIVES == gives;
    }

    /** What was called has ended. */
    void setOpen() {
        mode = OPEN;
    }

    /** Whether it has stopped in the middle, so that nothing can be made in the state. */
    boolean isInTrace() {
        return (mode & IN_TRACE) != 0;
    }

    /** What is under way in compiled code goes on as if it were not, so that the state can be used. */
    void leaveTrace() {
        if (isInTrace()) {
            requests.leaveTrace();
        }
    }

    /** A script has written something that is to be flushed when the operation ends. */
    void noteOutput() {
        written = true;
        attention = true;
    }
}
