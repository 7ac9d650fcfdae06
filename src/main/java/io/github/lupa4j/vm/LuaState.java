package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import java.lang.ref.Cleaner;
import java.lang.ref.ReferenceQueue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
public final class LuaState {
    private static final Cleaner CLEANER = Cleaner.create();

    final ReferenceQueue<Object> dropped = new ReferenceQueue<>();
    private final StateLock lock = new StateLock();
    private final Host host;
    private final ObjectTable objects = new ObjectTable();
    private final KeyCache keys = new KeyCache(this);
    private final Slots slots;
    private final Closer closer;
    private final Cleaner.Cleanable cleanable;
    private final Object stopLock = new Object();
    private long context;
    private boolean closing;
    /** Nothing can stop the state any more, for it is being freed; under stopLock. */
    private boolean ending;
    /** Why the operation under way is to end; set by any thread under stopLock. */
    private volatile @Nullable Stop stop;

    private long timeLimit;
    private Watchdog.@Nullable Alarm alarm;
    private @Nullable Ref[] refs = new Ref[32];

    /** Frees the native half when nobody did; must not refer to the state itself. */
    private static final class Closer implements Runnable {
        private final long context;
        private boolean closed;

        Closer(long context) {
            this.context = context;
        }

        @Override
        public void run() {
            if (!closed) {
                bridge_close(null, context);
            }
        }
    }

    public LuaState(Host host, StringCodec codec) {
        this.host = host;
        context = bridge_open(this);
        if (context == 0) {
            throw new OutOfMemoryError("no native memory for a Lua state");
        }
        closer = new Closer(context);
        cleanable = CLEANER.register(this, closer);
        slots = new Slots(this, context, host, codec, objects);
    }

    // -- Lock and life -------------------------------------------------------------------------------------------

    /**
     * Takes the lock and makes sure that the state is open; to be followed by {@link #exit()}.
     *
     * @throws RuntimeException what {@link Host#closed()} gives, with the lock released
     */
    public void enter() {
        boolean outermost = lock.acquire() == 1;
        if (context == 0) {
            exit();
            throw host.closed();
        }
        if (outermost) {
            begin();
        }
    }

    /** What the outermost operation does first. */
    private void begin() {
        if (stop != null) {
            endStop(); // It was meant for an operation that had ended already.
        }
        giveBack();
        if (timeLimit > 0) {
            alarm = Watchdog.start(timeLimit, () -> stop(host::timedOut));
        }
    }

    /** What the outermost operation does last. */
    private void end() {
        if (alarm != null) {
            alarm.cancel();
            alarm = null;
        }
        if (stop != null) {
            endStop();
        }
        if (closing) {
            free();
        }
    }

    /** Gives back what Java has dropped, and forgets what Lua has collected. */
    private void giveBack() {
        Object ref = dropped.poll();
        if (ref != null) {
            giveBackFrom((Ref) ref);
        }
        slots.releaseObjects();
    }

    private void giveBackFrom(Ref first) {
        for (Object ref = first; ref != null; ref = dropped.poll()) {
            release((Ref) ref);
        }
    }

    public void exit() {
        if (lock.isLastHold() && (stop != null || alarm != null || closing)) {
            end();
        }
        lock.release();
    }

    /** Closes the state; when this thread is inside a call of it, as soon as the outermost one returns. */
    public void close() {
        if (!lock.isHeldByCurrentThread()) {
            stop(frames -> host.closed());
        }
        lock.acquire();
        closing = context != 0;
        exit();
    }

    private void free() {
        synchronized (stopLock) {
            ending = true;
        }
        closer.closed = true;
        bridge_close(this, context); // Finalizers run, with all of the state at their disposal.
        context = 0;
        closing = false;
        Arrays.fill(refs, null);
        cleanable.clean();
    }

    /** Whether this thread is between enter and exit. */
    public boolean isHeld() {
        return lock.isHeldByCurrentThread();
    }

    public boolean isClosed() {
        return context == 0 || closing;
    }

    // -- Limits --------------------------------------------------------------------------------------------------

    /** Makes the exception for a stopped operation from the Lua frames in which it was. */
    public interface Stop {
        RuntimeException toException(List<StackTraceElement> frames);
    }

    /**
     * Ends the operation under way, on whatever thread, when Lua code of it runs next; nothing when there is none.
     */
    public void stop(Stop reason) {
        synchronized (stopLock) {
            if (ending || !lock.isHeld() || stop != null) {
                return;
            }
            stop = reason;
        }
        fire(reason);
    }

    /** Tells the state to stop until it has: it can miss it. */
    private void fire(Stop reason) {
        synchronized (stopLock) {
            if (ending || stop != reason) {
                return;
            }
            bridge_stop(context);
        }
        Watchdog.start(20_000_000, () -> fire(reason));
    }

    private void endStop() {
        synchronized (stopLock) {
            stop = null;
            if (!ending) {
                bridge_stop_end(context);
            }
        }
    }

    /** Limits the time of each outermost operation, in nanoseconds; 0 for none. */
    public void setTimeLimit(long nanos) {
        timeLimit = nanos;
    }

    /** Limits what the state may allocate, in bytes; 0 for none. */
    public void setMemoryLimit(long bytes) {
        enter();
        try {
            bridge_set_memory_limit(context, bytes);
        } finally {
            exit();
        }
    }

    /** Whether scripts may load bytecode, which can do anything to the process. */
    public void allowBytecode(boolean allowed) {
        enter();
        try {
            bridge_allow_bytecode(context, allowed ? 1 : 0);
        } finally {
            exit();
        }
    }

    // -- References ----------------------------------------------------------------------------------------------

    /** Ties a reference to its handle. Only {@link Host#toHandle} may call it. */
    public Ref adopt(Object handle, int index, long identity) {
        Ref ref = new Ref(handle, this, index, identity);
        if (index >= refs.length) {
            refs = Arrays.copyOf(refs, Math.max(index + 1, refs.length * 2));
        }
        refs[index] = ref;
        return ref;
    }

    private void release(Ref ref) {
        if (refs[ref.index] == ref) {
            refs[ref.index] = null;
            bridge_unref(context, ref.index);
        }
    }

    void close(Ref ref) {
        lock.acquire();
        try {
            if (context != 0) {
                release(ref);
            }
        } finally {
            exit();
        }
        ref.clear();
    }

    /** The index of a reference of this state; to be called between enter and exit. */
    int indexOf(Ref ref) {
        if (ref.state != this) {
            throw new IllegalArgumentException("a handle of another runtime; copy its contents instead");
        }
        if (refs[ref.index] != ref) {
            throw new IllegalStateException("the handle was closed");
        }
        return ref.index;
    }

    int intern(String text) {
        slots.begin(1);
        slots.write(0, text);
        int ref = bridge_intern(this, context);
        if (ref < 0) {
            throw failure(ref);
        }
        return ref;
    }

    void unref(int index) {
        bridge_unref(context, index);
    }

    // -- Results -------------------------------------------------------------------------------------------------

    private @Nullable Object results(int count) {
        if (count < 0) {
            throw failure(count);
        }
        return slots.results(count);
    }

    private @Nullable Object result(long word) {
        return PlainWords.isInSlots(word) ? results((int) word) : PlainWords.toValue(word);
    }

    private RuntimeException failure(int status) {
        boolean hasValue = status != BRIDGE_FAILED_CSTACK && status != BRIDGE_FAILED_MISSING;
        int size = hasValue ? slots.traceSize() : 0;
        Object value = hasValue ? slots.read(0) : null;
        List<StackTraceElement> frames = size > 0 ? frames(size) : List.of();
        Stop stopped = stop;
        return stopped != null ? stopped.toException(frames) : host.toException(Failure.of(status), value, frames);
    }

    private List<StackTraceElement> frames(int size) {
        byte[] trace = new byte[size];
        bridge_trace(context, trace);
        String[] fields = new String(trace, StandardCharsets.UTF_8).split("\0", -1);
        List<StackTraceElement> frames = new ArrayList<>(fields.length / 3);
        for (int i = 0; i + 2 < fields.length; i += 3) {
            frames.add(frame(fields[i], fields[i + 1], Integer.parseInt(fields[i + 2])));
        }
        return frames;
    }

    private static StackTraceElement frame(String source, String function, int line) {
        boolean named = source.startsWith("@") || source.startsWith("=");
        String file = named ? source.substring(1) : "string";
        return new StackTraceElement("lua", function, file, line);
    }

    // -- Calls ---------------------------------------------------------------------------------------------------

    public @Nullable Object call(Ref function, @Nullable Object... arguments) {
        enter();
        try {
            int index = indexOf(function);
            int count = arguments.length;
            if (PlainWords.fit(arguments)) {
                return result(bridge_call_words(
                        this,
                        context,
                        index,
                        count,
                        PlainWords.of(arguments, 0),
                        PlainWords.of(arguments, 1),
                        PlainWords.of(arguments, 2)));
            }
            slots.writeAll(arguments);
            return results(bridge_call(this, context, index, count));
        } finally {
            exit();
        }
    }

    /**
     * Calls a field of a table.
     *
     * @param method whether the table itself is the first argument
     * @throws NoSuchMethodException when nothing callable is there
     */
    public @Nullable Object callField(Ref table, String name, boolean method, @Nullable Object... arguments)
            throws NoSuchMethodException {
        enter();
        try {
            int index = indexOf(table);
            int key = keys.get(name);
            int flags = method ? BRIDGE_CALL_METHOD : 0;
            int count = arguments.length;
            long word;
            if (PlainWords.fit(arguments)) {
                word = bridge_call_field_words(
                        this,
                        context,
                        index,
                        key,
                        flags,
                        count,
                        PlainWords.of(arguments, 0),
                        PlainWords.of(arguments, 1),
                        PlainWords.of(arguments, 2));
            } else {
                slots.writeAll(arguments);
                word = PlainWords.inSlots(bridge_call_field(this, context, index, key, flags, count));
            }
            if (word == PlainWords.inSlots(BRIDGE_FAILED_MISSING)) {
                throw new NoSuchMethodException(name);
            }
            return result(word);
        } finally {
            exit();
        }
    }

    /** Runs a new instance of a chunk with a table as its globals. */
    public @Nullable Object run(Ref chunk, Ref globals, @Nullable Object... arguments) {
        enter();
        try {
            int index = indexOf(chunk);
            int globalsIndex = indexOf(globals);
            slots.writeAll(arguments);
            return results(bridge_run(this, context, index, globalsIndex, arguments.length));
        } finally {
            exit();
        }
    }

    /**
     * Compiles a chunk.
     *
     * @param name the chunk name as Lua has it, with its first character {@code @}, {@code =} or another
     * @return the function's handle
     */
    public Object load(byte[] code, String name, Load load) {
        enter();
        try {
            Object function =
                    results(bridge_load(this, context, code, name.getBytes(StandardCharsets.UTF_8), load.mode));
            if (function == null) {
                throw new IllegalStateException("internal error: no function came of a chunk; this is a bug");
            }
            return function;
        } finally {
            exit();
        }
    }

    /** What is compiled. */
    public enum Load {
        TEXT(BRIDGE_LOAD_TEXT),
        BINARY(BRIDGE_LOAD_BINARY),
        /** The text of an expression list, compiled to a chunk that returns it. */
        EXPRESSION(BRIDGE_LOAD_EXPRESSION),
        /** An expression list, or else a chunk. */
        EXPRESSION_OR_TEXT(BRIDGE_LOAD_EXPRESSION | BRIDGE_LOAD_TEXT);

        private final int mode;

        Load(int mode) {
            this.mode = mode;
        }
    }

    /** Whether a function's own code defines functions. */
    public boolean definesFunctions(Ref function) {
        enter();
        try {
            return bridge_defines_functions(context, indexOf(function)) != 0;
        } finally {
            exit();
        }
    }

    /** What a coroutine gave, and whether it can go on. */
    public record Resumed(boolean yielded, @Nullable Object value) {}

    public Resumed resume(Ref thread, @Nullable Object... arguments) {
        enter();
        try {
            int index = indexOf(thread);
            slots.writeAll(arguments);
            int count = bridge_resume(this, context, index, arguments.length);
            boolean yielded = slots.yielded();
            return new Resumed(yielded, results(count));
        } finally {
            exit();
        }
    }

    /** 0 suspended, 1 running, 2 normal, 3 dead. */
    public int coroutineStatus(Ref thread) {
        enter();
        try {
            return bridge_coroutine_status(context, indexOf(thread));
        } finally {
            exit();
        }
    }

    // -- Tables --------------------------------------------------------------------------------------------------

    /** Reads a field; {@code raw} bypasses metamethods. */
    public @Nullable Object get(Ref table, @Nullable Object key, boolean raw) {
        int flags = raw ? BRIDGE_ACCESS_RAW : 0;
        enter();
        try {
            int index = indexOf(table);
            if (key instanceof String name && name.length() <= KeyCache.LONGEST) {
                return results(bridge_get_field(this, context, index, keys.get(name), flags));
            }
            slots.begin(1);
            slots.write(0, key);
            return results(bridge_get(this, context, index, flags));
        } finally {
            exit();
        }
    }

    /** Writes a field; {@code raw} bypasses metamethods. */
    public void set(Ref table, @Nullable Object key, @Nullable Object value, boolean raw) {
        int flags = raw ? BRIDGE_ACCESS_RAW : 0;
        enter();
        try {
            int index = indexOf(table);
            if (key instanceof String name && name.length() <= KeyCache.LONGEST) {
                int field = keys.get(name);
                slots.begin(1);
                slots.write(0, value);
                results(bridge_set_field(this, context, index, field, flags));
            } else {
                slots.begin(2);
                slots.write(0, key);
                slots.write(1, value);
                results(bridge_set(this, context, index, flags));
            }
        } finally {
            exit();
        }
    }

    /** Some entries after a key (null: the first ones) as alternating keys and values; none at the end. */
    public @Nullable Object[] next(Ref table, @Nullable Object key, int limit) {
        enter();
        try {
            int index = indexOf(table);
            slots.begin(1);
            slots.write(0, key);
            int count = bridge_next(this, context, index, limit);
            if (count < 0) {
                throw failure(count);
            }
            return slots.readAll(count);
        } finally {
            exit();
        }
    }

    public long length(Ref value, boolean raw) {
        enter();
        try {
            Object length = results(bridge_length(this, context, indexOf(value), raw ? BRIDGE_ACCESS_RAW : 0));
            return length instanceof Number n ? n.longValue() : 0;
        } finally {
            exit();
        }
    }

    /** The number of entries. */
    public int size(Ref table) {
        enter();
        try {
            return bridge_size(this, context, indexOf(table));
        } finally {
            exit();
        }
    }

    /** A new table holding {@code items} as a sequence. */
    public Object newTable(int fields, @Nullable Object... items) {
        enter();
        try {
            slots.writeAll(items);
            return required(bridge_new_table(this, context, items.length, fields));
        } finally {
            exit();
        }
    }

    public @Nullable Object metatable(Ref value) {
        enter();
        try {
            return results(bridge_get_metatable(this, context, indexOf(value)));
        } finally {
            exit();
        }
    }

    public void setMetatable(Ref value, @Nullable Object metatable) {
        enter();
        try {
            int index = indexOf(value);
            slots.begin(1);
            slots.write(0, metatable);
            results(bridge_set_metatable(this, context, index));
        } finally {
            exit();
        }
    }

    // -- Other values --------------------------------------------------------------------------------------------

    private Object required(int count) {
        Object value = results(count);
        if (value == null) {
            throw new IllegalStateException("internal error: a result is missing; this is a bug");
        }
        return value;
    }

    public Object globals() {
        enter();
        try {
            return required(bridge_globals(this, context));
        } finally {
            exit();
        }
    }

    /** A table of what the globals held at the start. */
    public Object library() {
        enter();
        try {
            return required(bridge_library(this, context));
        } finally {
            exit();
        }
    }

    /** LuaJIT's name and version. */
    public String implementation() {
        enter();
        try {
            return (String) required(bridge_implementation(this, context));
        } finally {
            exit();
        }
    }

    /** What Lua's {@code tostring} makes of it, or null when {@code __tostring} fails. */
    public @Nullable String toString(Ref value) {
        enter();
        try {
            int count = bridge_to_string(this, context, indexOf(value));
            return count == 1 && slots.read(0) instanceof String text ? text : null;
        } finally {
            exit();
        }
    }

    /** A Lua function that calls a Java object. */
    public Object newFunction(Object callable) {
        enter();
        try {
            slots.begin(1);
            slots.writeObject(0, callable);
            return required(bridge_new_function(this, context));
        } finally {
            exit();
        }
    }

    /** Bytes that the state has allocated. */
    public long memoryUsed() {
        enter();
        try {
            return bridge_memory_used(context);
        } finally {
            exit();
        }
    }

    /** Collects all garbage of the state. */
    public void collect() {
        enter();
        try {
            results(bridge_collect(this, context));
        } finally {
            exit();
        }
    }

    /** The number of compiled traces, for tests that the JIT compiler works. */
    public int traceCount() {
        enter();
        try {
            return bridge_trace_count(context);
        } finally {
            exit();
        }
    }

    /** The number of states open in this process, for tests that none leak. */
    public static int openStates() {
        return bridge_open_contexts();
    }

    /** The number of Java objects that Lua holds, for tests that none leak. */
    public int heldObjects() {
        enter();
        try {
            return objects.size();
        } finally {
            exit();
        }
    }

    // -- Requests from Lua ---------------------------------------------------------------------------------------

    /** Called by the bridge while a crossing of this thread is under way. */
    @SuppressWarnings("unused")
    private int upcall(int request, int count) {
        try {
            if (request == BRIDGE_REQUEST_WRITE) {
                host.write(slots.readInt(0), slots.readBytes(1));
                return 0;
            }
            if (request == BRIDGE_REQUEST_CALL) {
                Object callee = slots.readObject(0);
                @Nullable Object[] arguments = slots.read(1, count - 1);
                giveBack();
                return write(host.call(callee, arguments));
            }
            @Nullable Object[] arguments = slots.readAll(count);
            giveBack();
            return write(host.answer(Request.of(request), arguments));
        } catch (StackOverflowError e) {
            throw e; // The bridge makes a Lua error of it, with the stack unwound.
        } catch (Throwable e) {
            slots.begin(1);
            slots.write(0, host.toErrorValue(e));
            return BRIDGE_FAILED_RUNTIME;
        }
    }

    private int write(@Nullable Object result) {
        if (result instanceof Results results) {
            slots.writeAll(results.values());
            return results.values().length;
        }
        slots.begin(1);
        slots.write(0, result);
        return 1;
    }
}
