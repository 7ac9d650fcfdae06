package io.github.lupa4j;

import io.github.lupa4j.vm.Limits;
import io.github.lupa4j.vm.StringCodec;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What {@link LuaRuntime.Builder} can be told.
 *
 * @param <B> the builder, which every method returns
 */
abstract class RuntimeOptions<B> {
    private Charset charset = StandardCharsets.UTF_8;
    private @Nullable Charset sourceCharset;
    private CodingErrorAction malformed = CodingErrorAction.REPLACE;
    private boolean rawStrings;
    private Set<LuaLibrary> libraries = EnumSet.allOf(LuaLibrary.class);
    private Duration timeLimit = Duration.ZERO;
    private long instructionLimit;
    private long memoryLimit;
    private int collectorPause = Limits.COLLECTOR_PAUSE;
    private boolean bytecode;
    private boolean jit = true;
    private boolean sandbox;
    private @Nullable HostAccess hostAccess;
    private boolean unpackReturnedArrays;
    private @Nullable ClassLoader classLoader;
    private boolean javaEval;
    private @Nullable Function<Number, @Nullable Object> overflowHandler;
    private final StandardStreams.Given streams = new StandardStreams.Given();

    RuntimeOptions() {}

    abstract B self();

    // -- Strings -------------------------------------------------------------------------------------------------

    /**
     * Sets the charset of Lua strings.
     *
     * @param charset UTF-8 by default. In one where ASCII text has other bytes, as in UTF-16, Lua's own names are not
     *     those that Java gives for them: it is for data alone, and there is no {@code java} library
     * @return this builder
     * @throws IllegalArgumentException if nothing can be written in the charset
     */
    public B charset(Charset charset) {
        if (!charset.canEncode()) {
            throw new IllegalArgumentException("nothing can be written in " + charset + "; choose another charset");
        }
        this.charset = charset;
        return self();
    }

    /**
     * Sets the charset that source text is written in on its way to Lua, and with it that of the literals in it.
     *
     * @param charset the one of Lua strings by default, or UTF-8 if ASCII text has other bytes in that
     * @return this builder
     * @throws IllegalArgumentException if ASCII text has other bytes in the charset: Lua's syntax is ASCII
     */
    public B sourceCharset(Charset charset) {
        if (!StringCodec.writesAscii(charset)) {
            throw new IllegalArgumentException("Lua's syntax is ASCII, which has other bytes in " + charset
                    + "; choose a charset like UTF-8 or ISO-8859-15");
        }
        this.sourceCharset = charset;
        return self();
    }

    /**
     * Sets whether Lua strings are {@code byte[]} in Java, so that none of their bytes is lost. A {@code byte[]} is a
     * Lua string then, and a Java String goes to Lua in UTF-8, whatever the charset.
     *
     * @param raw false by default
     * @return this builder
     */
    public B rawStrings(boolean raw) {
        this.rawStrings = raw;
        return self();
    }

    /**
     * Sets what happens to strings that the charset cannot express, in both directions, and to source text that the
     * charset for it cannot express.
     *
     * @param action {@link CodingErrorAction#REPLACE} by default; {@link CodingErrorAction#REPORT} makes them an
     *     {@link IllegalArgumentException}
     * @return this builder
     */
    public B malformed(CodingErrorAction action) {
        this.malformed = Objects.requireNonNull(action);
        return self();
    }

    StringCodec codec() {
        return new StringCodec(charset(), malformed, rawStrings);
    }

    StringCodec sourceCodec() {
        Charset usual = StringCodec.writesAscii(charset()) ? charset() : StandardCharsets.UTF_8;
        return new StringCodec(sourceCharset == null ? usual : sourceCharset, malformed, false);
    }

    boolean isRaw() {
        return rawStrings;
    }

    /** The charset of Lua strings. */
    Charset charset() {
        return rawStrings ? StandardCharsets.UTF_8 : charset;
    }

    // -- Abilities -----------------------------------------------------------------------------------------------

    /**
     * Sets the libraries that scripts have; the others are left out.
     *
     * @param libraries all by default; in the sandbox, those of them that are safe
     * @return this builder
     */
    public B libraries(LuaLibrary... libraries) {
        this.libraries = EnumSet.noneOf(LuaLibrary.class);
        this.libraries.addAll(List.of(libraries));
        return self();
    }

    Set<LuaLibrary> chosenLibraries() {
        return libraries;
    }

    /**
     * Sets whether scripts may load bytecode; in the sandbox they never may. There it decides about the host's
     * {@link LuaSource.Mode#BINARY}, too, which is accepted elsewhere.
     *
     * @param allowed false by default, for made-up bytecode can crash the process
     * @return this builder
     */
    public B bytecode(boolean allowed) {
        this.bytecode = allowed;
        return self();
    }

    boolean bytecode() {
        return bytecode && !sandbox;
    }

    /** Whether the host itself cannot load bytecode. */
    boolean refusesBytecode() {
        return sandbox && !bytecode;
    }

    /**
     * Sets whether hot code is compiled to machine code. Scripts can change that by the {@code jit} library.
     *
     * @param enabled true by default
     * @return this builder
     */
    public B jit(boolean enabled) {
        this.jit = enabled;
        return self();
    }

    boolean jit() {
        return jit;
    }

    // -- Java objects --------------------------------------------------------------------------------------------

    /**
     * Sets what scripts may reach of Java.
     *
     * @param access the policy; by default everything public, in the sandbox only methods of the objects put in, not
     *     what is static. In the sandbox nothing that leads to the rest of the JVM is reached whatever the policy says
     * @return this builder
     */
    public B hostAccess(HostAccess access) {
        this.hostAccess = Objects.requireNonNull(access);
        return self();
    }

    @Nullable
    HostAccess hostAccess() {
        return hostAccess;
    }

    /**
     * Sets whether an array that Java returns to a script is several values there, an empty one none. A
     * {@link JavaFunction} tells that by itself, by {@link LuaResults}.
     *
     * @param unpack false by default: an array is one value
     * @return this builder
     */
    public B unpackReturnedArrays(boolean unpack) {
        this.unpackReturnedArrays = unpack;
        return self();
    }

    boolean unpackReturnedArrays() {
        return unpackReturnedArrays;
    }

    /**
     * Sets where scripts find classes by name.
     *
     * @param loader asked alone; if none is set, the context class loader of the thread that runs the script is asked
     *     first, then the one of this library and the system's
     * @return this builder
     */
    public B classLoader(ClassLoader loader) {
        this.classLoader = Objects.requireNonNull(loader);
        return self();
    }

    @Nullable
    ClassLoader classLoader() {
        return classLoader;
    }

    /**
     * Sets whether scripts have {@code java.eval}, which runs source text of other script engines of the JVM and, by
     * the module {@code jdk.jshell}, of Java.
     *
     * @param enabled false by default
     * @return this builder
     */
    public B javaEval(boolean enabled) {
        this.javaEval = enabled;
        return self();
    }

    boolean javaEval() {
        return javaEval;
    }

    /**
     * Sets what becomes of a {@code long} that a Lua number cannot hold exactly, one beyond ±2<sup>53</sup>, on its way
     * to Lua. Scripts can change that by {@code java.set_overflow_handler}.
     *
     * @param handler gets the Long and gives what goes to Lua in its place, null for nil; without one, and where it
     *     gives such a Long again, that is an {@code int64_t}
     * @return this builder
     */
    public B overflowHandler(Function<Number, @Nullable Object> handler) {
        this.overflowHandler = Objects.requireNonNull(handler);
        return self();
    }

    @Nullable
    Function<Number, @Nullable Object> overflowHandler() {
        return overflowHandler;
    }

    // -- The sandbox ---------------------------------------------------------------------------------------------

    /**
     * Sets options for code that is not trusted: no library that reaches files, processes or native code, no
     * bytecode, of Java only the public methods of what is put in, and no more than 5 seconds and 64 MB. Other
     * limits may be set afterwards.
     *
     * @return this builder
     */
    public B sandbox() {
        sandbox = true;
        timeLimit = SystemLimits.tighter(timeLimit, Duration.ofSeconds(5));
        memoryLimit = SystemLimits.tighter(memoryLimit, 64L << 20);
        return self();
    }

    boolean isSandbox() {
        return sandbox;
    }

    // -- Limits --------------------------------------------------------------------------------------------------

    /**
     * Sets how long one evaluation may run, from outside into Lua and back. A longer one ends with a
     * {@link LuaTimeoutException}.
     *
     * @param limit zero, the default, or less for any time
     * @return this builder
     */
    public B timeLimit(Duration limit) {
        this.timeLimit = Objects.requireNonNull(limit).isNegative() ? Duration.ZERO : limit;
        return self();
    }

    Duration timeLimit() {
        return timeLimit;
    }

    /**
     * Sets how many instructions of LuaJIT's virtual machine one evaluation may execute. A longer one ends with a
     * {@link LuaTimeoutException}. A library function written in C counts as one instruction, a finaliser as none.
     *
     * <p>Counting has its price: code is not compiled to machine code then, and {@code debug.sethook} is an error.
     * Where the count need not be the same on every machine, a {@linkplain #timeLimit(Duration) time limit} costs nothing.
     *
     * @param instructions zero, the default, or less for any number
     * @return this builder
     */
    public B instructionLimit(long instructions) {
        this.instructionLimit = Math.max(0, instructions);
        return self();
    }

    long instructionLimit() {
        return instructionLimit;
    }

    /**
     * Sets how much the state may allocate. What goes beyond is a {@link LuaMemoryException}.
     *
     * @param bytes zero, the default, or less for any number
     * @return this builder
     */
    public B memoryLimit(long bytes) {
        this.memoryLimit = Math.max(0, bytes);
        return self();
    }

    long memoryLimit() {
        return memoryLimit;
    }

    /**
     * Sets how large the state grows before Lua's collector begins again, in percent of what was alive after the last
     * collection. More of it is less work for the collector, and keeps dropped Java objects longer. Scripts can change it
     * by {@code collectgarbage("setpause", percent)}.
     *
     * @param percent 100 or more; 400 by default, where other Lua programs have 200
     * @return this builder
     * @throws IllegalArgumentException if it is less than 100
     */
    public B collectorPause(int percent) {
        if (percent < 100) {
            throw new IllegalArgumentException("a collector's pause is 100 percent or more, not " + percent);
        }
        this.collectorPause = percent;
        return self();
    }

    int collectorPause() {
        return collectorPause;
    }

    // -- Streams -------------------------------------------------------------------------------------------------

    /**
     * Sets what {@code io.read} and its like read from.
     *
     * @param in the reader, which stays the caller's; {@link System#in} in the default charset if none is set
     * @return this builder
     */
    public B stdin(Reader in) {
        streams.in(in);
        return self();
    }

    /**
     * Sets what {@code io.read} and its like read from, byte for byte.
     *
     * @param in the stream, which stays the caller's
     * @return this builder
     */
    public B stdin(InputStream in) {
        streams.in(in);
        return self();
    }

    /**
     * Sets what {@code print}, {@code io.write} and its like write to. It is flushed at the end of each evaluation.
     *
     * @param out the writer, which stays the caller's; {@link System#out} in the default charset if none is set
     * @return this builder
     */
    public B stdout(Writer out) {
        streams.out(out);
        return self();
    }

    /**
     * Sets what {@code print}, {@code io.write} and its like write to, byte for byte. It is flushed at the end of each
     * evaluation.
     *
     * @param out the stream, which stays the caller's
     * @return this builder
     */
    public B stdout(OutputStream out) {
        streams.out(out);
        return self();
    }

    /**
     * Sets what {@code io.stderr} writes to. It is flushed at the end of each evaluation.
     *
     * @param err the writer, which stays the caller's; {@link System#err} in the default charset if none is set
     * @return this builder
     */
    public B stderr(Writer err) {
        streams.err(err);
        return self();
    }

    /**
     * Sets what {@code io.stderr} writes to, byte for byte. It is flushed at the end of each evaluation.
     *
     * @param err the stream, which stays the caller's
     * @return this builder
     */
    public B stderr(OutputStream err) {
        streams.err(err);
        return self();
    }

    StandardStreams.Given streams() {
        return streams;
    }
}
