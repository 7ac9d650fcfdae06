package io.github.lupa4j;

import io.github.lupa4j.interop.Converter;
import io.github.lupa4j.vm.Calls;
import io.github.lupa4j.vm.LuaState;
import io.github.lupa4j.vm.StringCodec;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
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
 * <pre>{@code
 * try (LuaRuntime lua = LuaRuntime.create()) {
 *     LuaFunction add = (LuaFunction) lua.eval("function(a, b) return a + b end");
 *     add.call(1, 2); // 3
 * }
 * }</pre>
 */
public final class LuaRuntime implements AutoCloseable {
    final LuaState state;
    final StandardStreams streams;
    /** What handles made now belong to. */
    @Nullable
    Object owner;

    /** So many values cross at once; a Lua stack has room for 65,500. */
    private static final int LARGE = 50_000;

    private final Converter converter = new Converter();
    private final Charset sourceCharset;
    private final LuaTable globals;

    private final Duration timeLimit;

    private LuaRuntime(Builder builder) {
        sourceCharset = builder.charset;
        streams = new StandardStreams(builder.charset);
        timeLimit = builder.timeLimit;
        RuntimeHost host = new RuntimeHost(this, builder.sandbox);
        state = new LuaState(host, new StringCodec(builder.charset, builder.malformed));
        globals = (LuaTable) state.globals();
        if (builder.sandbox) {
            compile(LuaSource.ofBytes(Resources.read("sandbox.lua"), "=sandbox.lua", LuaSource.Mode.TEXT))
                    .call(library());
        }
        if (builder.bytecode && !builder.sandbox) {
            state.limits().allowBytecode(true);
        }
        if (builder.memoryLimit > 0) {
            state.limits().setMemory(builder.memoryLimit);
        }
        state.limits().setTime(timeLimit.toNanos());
    }

    Duration timeLimit() {
        return timeLimit;
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
     * Evaluates an expression, or a list of them.
     *
     * @param expression the source text; also the chunk name
     * @param arguments what {@code ...} stands for in it
     * @return null for no value, the value, or an unmodifiable list of several
     * @throws LuaSyntaxException if it is no expression
     * @throws LuaException if it fails
     */
    public @Nullable Object eval(String expression, @Nullable Object... arguments) {
        return compileExpression(LuaSource.of(expression, expression)).call(arguments);
    }

    /**
     * Runs a chunk.
     *
     * @param chunk the source text; also the chunk name
     * @param arguments what {@code ...} stands for in it
     * @return what the chunk returns: null for nothing, the value, or an unmodifiable list of several
     * @throws LuaSyntaxException if it does not compile
     * @throws LuaException if it fails
     */
    public @Nullable Object execute(String chunk, @Nullable Object... arguments) {
        return compile(chunk).call(arguments);
    }

    /**
     * Runs a new instance of a compiled chunk with a table as its globals: global names in it, in the functions it
     * defines and in the code it loads mean fields of that table. Handles that come of it keep {@code owner} alive.
     *
     * @param chunk what {@link #compile(String)} gave
     * @param globals the table, of this runtime
     * @param owner what the globals need; may be null
     * @param arguments what {@code ...} stands for in the chunk
     * @return what the chunk returns: null for nothing, the value, or an unmodifiable list of several
     * @throws LuaException if it fails
     */
    public @Nullable Object execute(
            LuaFunction chunk, LuaTable globals, @Nullable Object owner, @Nullable Object... arguments) {
        int hold = state.enter();
        Object outer = this.owner;
        this.owner = owner;
        try {
            return state.calls().run(chunk.ref, globals.ref, arguments);
        } finally {
            this.owner = outer;
            state.exit(hold);
        }
    }

    /**
     * Compiles a chunk.
     *
     * @param chunk the source text; also the chunk name
     * @return a function that runs it
     * @throws LuaSyntaxException if it does not compile
     */
    public LuaFunction compile(String chunk) {
        return compile(LuaSource.of(chunk, chunk));
    }

    /**
     * Compiles a chunk. Bytecode in {@link LuaSource.Mode#BINARY} is accepted whatever {@link Builder#bytecode} says.
     *
     * @param chunk source text or bytecode
     * @return a function that runs it
     * @throws LuaSyntaxException if it does not compile, or is not what its mode says
     */
    public LuaFunction compile(LuaSource chunk) {
        return load(chunk, chunk.mode() == LuaSource.Mode.BINARY ? Calls.Load.BINARY : Calls.Load.TEXT);
    }

    /**
     * Compiles an expression, or a list of them.
     *
     * @param expression source text
     * @return a function that returns its values
     * @throws LuaSyntaxException if it is no expression
     */
    public LuaFunction compileExpression(LuaSource expression) {
        return load(expression, Calls.Load.EXPRESSION);
    }

    /**
     * Compiles an expression, or a list of them, else a chunk.
     *
     * @param script source text
     * @return a function that returns the expression's values, or runs the chunk
     * @throws LuaSyntaxException if it is neither; the error is the chunk's
     */
    public LuaFunction compileScript(LuaSource script) {
        return load(script, Calls.Load.EXPRESSION_OR_TEXT);
    }

    private LuaFunction load(LuaSource source, Calls.Load what) {
        return (LuaFunction) state.calls().load(source.bytes(sourceCharset), source.name(), what);
    }

    // -- Values --------------------------------------------------------------------------------------------------

    /**
     * {@return the table of global variables} The handle belongs to the runtime, is always the same one and must not
     * be closed.
     */
    public LuaTable globals() {
        return globals;
    }

    /** {@return a table of what the globals held at the start} Changes of the globals do not change it. */
    public LuaTable library() {
        return (LuaTable) state.library();
    }

    /**
     * {@return a new table that holds the items as a sequence}
     *
     * @param items the values of the keys 1, 2 and so on, at most 65,000; null leaves a hole
     */
    public LuaTable table(@Nullable Object... items) {
        if (items.length <= LARGE) {
            return (LuaTable) state.tables().newTable(0, items);
        }
        LuaTable table = (LuaTable) state.tables().newTable(0, Arrays.copyOf(items, LARGE));
        for (int i = LARGE; i < items.length; i++) {
            if (items[i] != null) {
                table.rawSet(i + 1, items[i]);
            }
        }
        return table;
    }

    /**
     * {@return a new Lua function that calls Java}
     *
     * @param function what it calls; kept alive as long as Lua holds the function
     * @throws NullPointerException if it is null
     */
    public LuaFunction function(JavaFunction function) {
        return (LuaFunction) state.newFunction(Objects.requireNonNull(function));
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

    /** Collects all garbage of the state. */
    public void gc() {
        state.collect();
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
        return state.implementation();
    }

    /**
     * Frees the runtime; from inside a call of it, as soon as the outermost one returns. A script that runs on another
     * thread is ended first, with a {@link LuaClosedException}. Harmless when repeated.
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
    public static final class Builder {
        private Charset charset = StandardCharsets.UTF_8;
        private CodingErrorAction malformed = CodingErrorAction.REPLACE;
        private Duration timeLimit = Duration.ZERO;
        private long memoryLimit;
        private boolean bytecode;
        private boolean sandbox;

        private Builder() {}

        Duration timeLimit() {
            return timeLimit;
        }

        long memoryLimit() {
            return memoryLimit;
        }

        /**
         * Sets the charset of Lua strings and of source text.
         *
         * @param charset UTF-8 by default
         * @return this builder
         */
        public Builder charset(Charset charset) {
            this.charset = Objects.requireNonNull(charset);
            return this;
        }

        /**
         * Sets what happens to strings that the charset cannot express, in both directions.
         *
         * @param action {@link CodingErrorAction#REPLACE} by default; {@link CodingErrorAction#REPORT} makes them an
         *     {@link IllegalArgumentException}
         * @return this builder
         */
        public Builder malformed(CodingErrorAction action) {
            this.malformed = Objects.requireNonNull(action);
            return this;
        }

        /**
         * Sets how long one evaluation may run, from outside into Lua and back. A longer one ends with a
         * {@link LuaTimeoutException}.
         *
         * @param limit zero, the default, or less for any time
         * @return this builder
         */
        public Builder timeLimit(Duration limit) {
            this.timeLimit = Objects.requireNonNull(limit).isNegative() ? Duration.ZERO : limit;
            return this;
        }

        /**
         * Sets how much the state may allocate. What goes beyond is a {@link LuaMemoryException}.
         *
         * @param bytes zero, the default, or less for any number
         * @return this builder
         */
        public Builder memoryLimit(long bytes) {
            this.memoryLimit = Math.max(0, bytes);
            return this;
        }

        /**
         * Sets whether scripts may load bytecode; in the sandbox they never may.
         *
         * @param allowed false by default, for made-up bytecode can crash the process
         * @return this builder
         */
        public Builder bytecode(boolean allowed) {
            this.bytecode = allowed;
            return this;
        }

        /**
         * Sets options for code that is not trusted: no library that reaches files, processes or native code, no
         * bytecode, of Java only the public methods of what is put in, and no more than 5 seconds and 64 MB. Other
         * limits may be set afterwards.
         *
         * @return this builder
         */
        public Builder sandbox() {
            sandbox = true;
            timeLimit = SystemLimits.tighter(timeLimit, Duration.ofSeconds(5));
            memoryLimit = SystemLimits.tighter(memoryLimit, 64L << 20);
            return this;
        }

        /**
         * {@return a new runtime with these options, which belongs to the caller} System properties can tighten them,
         * never loosen them: {@code lupa4j.sandbox} (true), {@code lupa4j.bytecode} (false), {@code lupa4j.timeLimit}
         * (an ISO-8601 duration) and {@code lupa4j.memoryLimit} (bytes, or with k, m or g).
         *
         * @throws IllegalArgumentException if such a property is malformed
         */
        public LuaRuntime build() {
            SystemLimits.tighten(this);
            return new LuaRuntime(this);
        }
    }
}
