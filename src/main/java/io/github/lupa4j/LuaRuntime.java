package io.github.lupa4j;

import io.github.lupa4j.interop.Converter;
import io.github.lupa4j.vm.LuaState;
import io.github.lupa4j.vm.StringCodec;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A Lua world of its own: a LuaJIT state with its globals, its libraries and its memory.
 *
 * <p>Any thread may use a runtime: each operation takes the runtime's re-entrant lock. Runtimes are independent
 * and run in parallel. A runtime is freed by {@link #close()}, or when neither it nor a handle of it is reachable.
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
            state.allowBytecode(true);
        }
        if (builder.memoryLimit > 0) {
            state.setMemoryLimit(builder.memoryLimit);
        }
        state.setTimeLimit(timeLimit.toNanos());
    }

    Duration timeLimit() {
        return timeLimit;
    }

    /** A runtime with the default options. */
    public static LuaRuntime create() {
        return builder().build();
    }

    /** Options for a new runtime. */
    public static Builder builder() {
        return new Builder();
    }

    // -- Code ----------------------------------------------------------------------------------------------------

    /**
     * Evaluates an expression, or a list of them.
     *
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
     * @param owner what the globals need; may be null
     */
    public @Nullable Object execute(
            LuaFunction chunk, LuaTable globals, @Nullable Object owner, @Nullable Object... arguments) {
        state.enter();
        Object outer = this.owner;
        this.owner = owner;
        try {
            return state.run(chunk.ref, globals.ref, arguments);
        } finally {
            this.owner = outer;
            state.exit();
        }
    }

    /** Compiles a chunk to a function that runs it. */
    public LuaFunction compile(String chunk) {
        return compile(LuaSource.of(chunk, chunk));
    }

    /** Compiles a chunk to a function that runs it. */
    public LuaFunction compile(LuaSource chunk) {
        return load(chunk, chunk.mode() == LuaSource.Mode.BINARY ? LuaState.Load.BINARY : LuaState.Load.TEXT);
    }

    /** Compiles an expression, or a list of them, to a function that returns its values. */
    public LuaFunction compileExpression(LuaSource expression) {
        return load(expression, LuaState.Load.EXPRESSION);
    }

    /** Compiles an expression, or a list of them, else a chunk; an error is the chunk's. */
    public LuaFunction compileScript(LuaSource script) {
        return load(script, LuaState.Load.EXPRESSION_OR_TEXT);
    }

    private LuaFunction load(LuaSource source, LuaState.Load what) {
        return (LuaFunction) state.load(source.bytes(sourceCharset), source.name(), what);
    }

    // -- Values --------------------------------------------------------------------------------------------------

    /** The table of global variables. */
    public LuaTable globals() {
        return globals;
    }

    /** A table of what the globals held at the start: changes of the globals do not change it. */
    public LuaTable library() {
        return (LuaTable) state.library();
    }

    /** A new table that holds the items as a sequence. */
    public LuaTable table(@Nullable Object... items) {
        return (LuaTable) state.newTable(0, items);
    }

    /** A Lua function that calls Java. */
    public LuaFunction function(JavaFunction function) {
        return (LuaFunction) state.newFunction(Objects.requireNonNull(function));
    }

    /**
     * Converts a value that came from Lua to a Java type, as a parameter of that type would get it.
     *
     * @param type a class or interface, also a primitive one
     * @throws ClassCastException when it cannot be
     */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <T> @Nullable T convert(@Nullable Object value, Class<?> type) {
        return (T) converter.convert(value, type);
    }

    /** The Lua type of a handle; null for any other object. */
    public static @Nullable LuaType typeOf(@Nullable Object value) {
        return value instanceof LuaValue handle ? handle.type() : null;
    }

    // -- Streams -------------------------------------------------------------------------------------------------

    /**
     * Sets what io.read reads from, and what print, io.write and io.stderr write to, from now on. A supplier is
     * asked each time that a script uses its stream.
     */
    public void setStreams(
            Supplier<? extends Reader> stdin, Supplier<? extends Writer> stdout, Supplier<? extends Writer> stderr) {
        streams.set(stdin, stdout, stderr);
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
        streams.flush();
    }

    // -- Limits --------------------------------------------------------------------------------------------------

    /**
     * Ends the script that runs now, from any thread, with a {@link LuaInterruptedException} that no {@code pcall}
     * catches. Nothing happens when none runs. What cannot be ended before it returns by itself is a call of Java, of
     * C through ffi, and a single long operation of the string library.
     */
    public void interrupt() {
        state.stop(frames -> new LuaInterruptedException("the script was interrupted", frames));
    }

    // -- Memory --------------------------------------------------------------------------------------------------

    /** Bytes that the state has allocated. */
    public long memoryUsed() {
        return state.memoryUsed();
    }

    /** Collects all garbage of the state. */
    public void gc() {
        state.collect();
    }

    // -- Life ----------------------------------------------------------------------------------------------------

    /** Takes the runtime's re-entrant lock, to make several operations one; to be followed by {@link #unlock()}. */
    public void lock() {
        state.enter();
    }

    /** Releases the runtime's lock. */
    public void unlock() {
        state.exit();
    }

    /** The version of the language: "5.1". */
    public String luaVersion() {
        return "5.1";
    }

    /** The implementation, for example "LuaJIT 2.1.1761786044". */
    public String implementation() {
        return String.valueOf(eval("jit.version"));
    }

    /** Frees the runtime; from inside a call of it, as soon as the outermost one returns. Harmless when repeated. */
    @Override
    public void close() {
        state.close();
    }

    /** Whether the runtime was closed. */
    public boolean isClosed() {
        return state.isClosed();
    }

    /** Options for a new runtime. Not thread-safe. */
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

        /** The charset of Lua strings and of source text; UTF-8 by default. */
        public Builder charset(Charset charset) {
            this.charset = Objects.requireNonNull(charset);
            return this;
        }

        /** What happens to text that the charset cannot express; REPLACE by default. */
        public Builder malformed(CodingErrorAction action) {
            this.malformed = Objects.requireNonNull(action);
            return this;
        }

        /** How long one evaluation may run, from outside into Lua and back; zero, the default, for any time. */
        public Builder timeLimit(Duration limit) {
            this.timeLimit = Objects.requireNonNull(limit).isNegative() ? Duration.ZERO : limit;
            return this;
        }

        /** Bytes that the state may allocate; zero, the default, for any number. */
        public Builder memoryLimit(long bytes) {
            this.memoryLimit = Math.max(0, bytes);
            return this;
        }

        /** Whether scripts may load bytecode; false by default, for made-up bytecode can crash the process. */
        public Builder bytecode(boolean allowed) {
            this.bytecode = allowed;
            return this;
        }

        /**
         * Options for code that is not trusted: no library that reaches files, processes or native code, no bytecode,
         * of Java only the public methods of what is put in, 5 seconds and 64 MB. Limits may be set afterwards.
         */
        public Builder sandbox() {
            sandbox = true;
            timeLimit = Duration.ofSeconds(5);
            memoryLimit = 64L << 20;
            return this;
        }

        /** A new runtime with these options. */
        public LuaRuntime build() {
            SystemLimits.tighten(this);
            return new LuaRuntime(this);
        }
    }
}
