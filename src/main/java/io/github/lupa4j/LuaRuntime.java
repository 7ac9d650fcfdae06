package io.github.lupa4j;

import io.github.lupa4j.interop.Converter;
import io.github.lupa4j.interop.GenericTypes;
import io.github.lupa4j.vm.Limits;
import io.github.lupa4j.vm.LuaState;
import io.github.lupa4j.vm.Origin;
import io.github.lupa4j.vm.StringCodec;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.lang.reflect.Type;
import java.nio.charset.CodingErrorAction;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A Lua world of its own: a LuaJIT state with its globals, its libraries and its memory.
 *
 * <p>Any thread may use a runtime: each operation takes the runtime's re-entrant lock. Runtimes are independent
 * and run in parallel. A runtime is freed by {@link #close()}, or when neither it nor a handle of it is reachable.
 * What needs the state of a closed one is a {@link LuaClosedException}.
 *
 * <p>A RuntimeException or Error that Java code throws through Lua comes out as itself, a checked exception as the
 * cause of a {@link LuaException}. Arguments that cannot go to Lua are an {@link IllegalArgumentException}: more
 * than 65,000 of them, a handle of another runtime, under {@link CodingErrorAction#REPORT} a string that the
 * charset cannot express.
 *
 * <p>A thread that is interrupted ({@link Thread#interrupt}) stops its script with a {@link LuaInterruptedException},
 * and starts no other one while it is.
 *
 * <pre>{@code
 * try (LuaRuntime lua = LuaRuntime.create()) {
 *     LuaFunction add = (LuaFunction) lua.eval("function(a, b) return a + b end");
 *     add.call(1, 2); // 3
 * }
 * }</pre>
 */
public final class LuaRuntime extends RuntimeCode implements AutoCloseable {
    final LuaState state;
    final StandardStreams streams;
    private final Binder binder = new Binder(this);
    private final Converter converter;
    private final StringCodec sourceCodec;
    private final boolean raw;
    private final boolean refusesBytecode;
    /** More than this is no limit. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final Duration timeLimit;
    private final long instructionLimit;
    private final LuaTable globals;
    private long maxMemory;

    private LuaRuntime(Builder options) {
        raw = options.isRaw();
        refusesBytecode = options.refusesBytecode();
        sourceCodec = options.sourceCodec();
        timeLimit = options.timeLimit();
        instructionLimit = options.instructionLimit();
        streams = new StandardStreams(options.charset(), options.streams());
        RuntimeHost host = new RuntimeHost(this, options);
        converter = host.objects().converter();
        state = new LuaState(host, options.codec());
        globals = (LuaTable) state.values().globals();
        Preparation.run(this, options);
        if (!options.jit()) {
            state.limits().setJit(false);
        }
        if (options.bytecode()) {
            state.limits().allowBytecode(true);
        }
        if (options.collectorPause() != Limits.COLLECTOR_PAUSE) {
            state.limits().setCollectorPause(options.collectorPause());
        }
        if (options.memoryLimit() > 0) {
            setMaxMemory(options.memoryLimit());
        }
        if (instructionLimit > 0) {
            state.limits().setInstructions(instructionLimit);
        }
        state.limits().setTime(timeLimit.compareTo(LONGEST) > 0 ? 0 : timeLimit.toNanos());
    }

    Binder binder() {
        return binder;
    }

    @Override
    LuaState state() {
        return state;
    }

    @Override
    StringCodec sourceCodec() {
        return sourceCodec;
    }

    @Override
    boolean refusesBytecode() {
        return refusesBytecode;
    }

    boolean isRaw() {
        return raw;
    }

    Duration timeLimit() {
        return timeLimit;
    }

    long instructionLimit() {
        return instructionLimit;
    }

    /**
     * {@return a new runtime with the default options}
     *
     * @throws IllegalArgumentException if a system property {@code lupa4j.*} is malformed; see {@link Builder#build}
     */
    public static LuaRuntime create() {
        return builder().build();
    }

    /** {@return options for a new runtime} */
    public static Builder builder() {
        return new Builder();
    }

    // -- Code ----------------------------------------------------------------------------------------------------

    /**
     * Does something of which the handles do not come of the {@linkplain ChunkRun run} of a chunk that is under way.
     *
     * @param <T> the type of the result
     * @param action what to run
     * @return what that gives
     */
    public <T> T unowned(Supplier<T> action) {
        int hold = state.enter();
        Origin outer = state.setOrigin(null);
        try {
            return action.get();
        } finally {
            state.setOrigin(outer);
            state.exit(hold);
        }
    }

    // -- Values --------------------------------------------------------------------------------------------------

    /**
     * {@return the table of global variables} The handle belongs to the runtime, is always the same one, and stays
     * open as long as the runtime.
     */
    public LuaTable globals() {
        return globals;
    }

    /** {@return a table of what the globals held at the start} Changes of the globals do not change it. */
    @Override
    public LuaTable library() {
        return (LuaTable) state.values().library();
    }

    /**
     * {@return a new table that holds the items as a sequence}
     *
     * @param items the values of the keys 1, 2 and so on; null leaves a hole
     */
    public LuaTable table(@Nullable Object... items) {
        LuaTable table = newTable(items.length, 0);
        try {
            state.bulk().setRange(table.ref, 1, items, items.length);
        } catch (RuntimeException | Error e) {
            table.close(); // half of it must not take memory until Java's collector comes by
            throw e;
        }
        return table;
    }

    /**
     * {@return a new table that holds the numbers as a sequence}
     *
     * @param numbers the values of the keys 1, 2 and so on
     */
    public LuaTable table(double[] numbers) {
        return (LuaTable) state.bulk().newTable(Objects.requireNonNull(numbers));
    }

    /** The items of a table by position, null for a hole. */
    List<@Nullable Object> items(LuaTable table) {
        return converter.items(table);
    }

    /** A new table with room for so much. */
    LuaTable newTable(int items, int fields) {
        return (LuaTable) state.tables().newTable(items, fields);
    }

    /**
     * {@return a new table with the contents of others}
     *
     * @param sources Maps and LuaTables, whose entries are set, the later ones over the earlier; Iterables and arrays,
     *     also of primitive type, whose items go one after the other to the keys 1, 2 and so on, null leaving a
     *     hole; records, as Maps of their components
     * @throws IllegalArgumentException if one is anything else, or a map has the key null
     */
    public LuaTable tableFrom(@Nullable Object... sources) {
        return new TableMaker(this, false).make(sources);
    }

    /**
     * {@return a new table with the contents of others} The values too become tables where they are Maps, Collections,
     * arrays or records, and theirs; one that is met again becomes the same table again. Handles of this runtime stay
     * what they are.
     *
     * @param sources as for {@link #tableFrom}
     * @throws IllegalArgumentException as for {@link #tableFrom}
     */
    public LuaTable tableFromDeep(@Nullable Object... sources) {
        return new TableMaker(this, true).make(sources);
    }

    /**
     * {@return a new Lua function that calls Java}
     *
     * @param function what it calls; kept alive as long as Lua holds the function
     * @throws NullPointerException if it is null
     */
    public LuaFunction function(JavaFunction function) {
        return (LuaFunction) state.values().newFunction(Objects.requireNonNull(function), false);
    }

    /**
     * {@return the same for a function that changes no variables} When a {@linkplain LuaChunk#run chunk} that has got values
     * for its variables calls it, it has them still, unless {@link #takeVariables} is called.
     *
     * @param function what it calls
     */
    public LuaFunction quietFunction(JavaFunction function) {
        return (LuaFunction) state.values().newFunction(Objects.requireNonNull(function), true);
    }

    /** Has the chunk that runs, if it has got values for its variables, look for them itself from now on. */
    public void takeVariables() {
        state.chunks().takePresets();
    }

    /**
     * Converts a value that came from Lua to a Java type, as a parameter of that type would get it.
     *
     * @param <T> the type, boxed if it is primitive; not checked
     * @param value the value
     * @param type a class or interface, also a primitive one
     * @return the value in that type; null for null
     * @throws ClassCastException when it cannot be, as null to a primitive type
     */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <T> @Nullable T convert(@Nullable Object value, Class<?> type) {
        return (T) converter.convert(value, type);
    }

    /**
     * The same for a type with arguments, such as {@code List<Long>}: what is in collections, and what functions give,
     * is converted too.
     *
     * @param <T> the type, boxed if it is primitive; not checked
     * @param value the value
     * @param type the type
     * @return the value in that type; null for null
     * @throws ClassCastException when it cannot be, as null to a primitive type
     */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <T> @Nullable T convert(@Nullable Object value, Type type) {
        return (T) converter.convert(value, GenericTypes.raw(type), type);
    }

    /**
     * {@return the Lua type of a handle; null for any other object}
     *
     * @param value any object
     */
    public static @Nullable LuaType typeOf(@Nullable Object value) {
        return value instanceof LuaValue handle ? handle.type() : null;
    }

    // -- Streams -------------------------------------------------------------------------------------------------

    /**
     * Sets what io.read reads from, and what print, io.write and io.stderr write to, from now on. A supplier is
     * asked each time that a script uses its stream. The runtime flushes the writers and never closes a stream.
     *
     * @param stdin gives the standard input
     * @param stdout gives the standard output
     * @param stderr gives the standard error output
     */
    public void setStreams(
            Supplier<? extends Reader> stdin, Supplier<? extends Writer> stdout, Supplier<? extends Writer> stderr) {
        Objects.requireNonNull(stdin, "stdin");
        Objects.requireNonNull(stdout, "stdout");
        Objects.requireNonNull(stderr, "stderr");
        int hold = state.enter();
        streams.set(stdin, stdout, stderr);
        state.exit(hold);
    }

    /** {@return whether something was written to the standard streams since they were flushed} */
    public boolean hasOutput() {
        return streams.hasOutput();
    }

    /**
     * Flushes the standard streams, if anything was written to them.
     *
     * @throws IOException when a writer fails
     */
    public void flush() throws IOException {
        int hold = state.enter();
        try {
            streams.flush();
        } finally {
            state.exit(hold);
        }
    }

    // -- Limits --------------------------------------------------------------------------------------------------

    /**
     * Ends the script that runs now, from any thread, with a {@link LuaInterruptedException} that no {@code pcall}
     * catches. Nothing happens when none runs. What cannot be ended before it returns by itself is a call of Java, of
     * C through ffi, and a single long operation of the string library.
     */
    public void interrupt() {
        state.limits().stop(frames -> new LuaInterruptedException("the script was interrupted", frames));
    }

    // -- Memory --------------------------------------------------------------------------------------------------

    /** {@return the bytes that the state has allocated} */
    public long memoryUsed() {
        return state.memoryUsed();
    }

    /** {@return the most bytes that the state may allocate; 0 for any number} */
    public long maxMemory() {
        return maxMemory;
    }

    /**
     * Sets how much the state may allocate. What goes beyond is a {@link LuaMemoryException}.
     *
     * @param bytes zero or less for any number; the system property {@code lupa4j.memoryLimit} can make it less
     * @throws IllegalArgumentException if the system property is malformed
     */
    public void setMaxMemory(long bytes) {
        long limit = SystemLimits.memory(bytes);
        lock();
        try {
            state.limits().setMemory(limit);
            maxMemory = limit;
        } finally {
            unlock();
        }
    }

    /** Collects all garbage of the state. */
    public void gc() {
        state.collect();
    }

    /**
     * Keeps the collector from running by itself until the result is closed: work that must not be held up, or
     * that makes no garbage, goes through at one speed. Pauses can be nested.
     *
     * @return the pause; closing it twice, or after the runtime, does nothing
     */
    public NoGc noGc() {
        state.limits().pauseCollector();
        AtomicBoolean open = new AtomicBoolean(true);
        return () -> {
            if (open.getAndSet(false)) {
                state.limits().resumeCollector();
            }
        };
    }

    /** A time without garbage collection; see {@link #noGc()}. */
    public interface NoGc extends AutoCloseable {
        /** Lets the collector run again. */
        @Override
        void close();
    }

    // -- Life ----------------------------------------------------------------------------------------------------

    /**
     * Takes the runtime's re-entrant lock, to make several operations one. Must be followed by {@link #unlock()}.
     *
     * @throws LuaClosedException if the runtime was closed; the lock is not held then
     */
    public void lock() {
        state.enter();
    }

    /**
     * Releases the lock: once for each {@link #lock()}, on the same thread.
     *
     * @throws IllegalMonitorStateException if this thread does not hold it
     */
    public void unlock() {
        int hold = state.holds();
        if (hold == 0) {
            throw new IllegalMonitorStateException("this thread does not hold the runtime's lock; call lock() first");
        }
        state.exit(hold);
    }

    /** {@return the version of the language: "5.1"} */
    public String luaVersion() {
        return "5.1";
    }

    /** {@return the implementation, for example "LuaJIT 2.1.1761786044"} */
    public String implementation() {
        return state.values().implementation();
    }

    /**
     * Frees the runtime; from inside a call of it, as soon as the outermost one returns. A script that runs on another
     * thread is ended first, with a {@link LuaClosedException}. Finalizers run before; after a second they are ended.
     * Harmless when repeated.
     */
    @Override
    public void close() {
        state.close();
    }

    /** {@return whether the runtime was closed, or will be when the call under way returns} */
    public boolean isClosed() {
        return state.isClosed();
    }

    /** Options for a new runtime; may be used for several. Not thread-safe. */
    public static final class Builder extends RuntimeOptions<Builder> {
        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * {@return a new runtime with these options, which belongs to the caller} System properties can tighten them,
         * never loosen them:
         *
         * <ul>
         *   <li>{@code lupa4j.sandbox}: true
         *   <li>{@code lupa4j.bytecode}, {@code lupa4j.javaEval}, {@code lupa4j.jit}: false
         *   <li>{@code lupa4j.libraries}: the names of {@link LuaLibrary} that may stay, with commas between them
         *   <li>{@code lupa4j.timeLimit}: an ISO-8601 duration, such as PT5S
         *   <li>{@code lupa4j.memoryLimit}: bytes, or with k, m or g
         *   <li>{@code lupa4j.instructionLimit}: a number
         * </ul>
         *
         * @throws IllegalArgumentException if such a property is malformed; that is also logged, for clients of
         *     {@code javax.script} only see that there is no engine
         */
        public LuaRuntime build() {
            SystemLimits.tighten(this);
            return new LuaRuntime(this);
        }
    }
}
