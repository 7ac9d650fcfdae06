package io.github.lupa4j;

import io.github.lupa4j.vm.Chunks;
import io.github.lupa4j.vm.LuaState;
import io.github.lupa4j.vm.StringCodec;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a {@link LuaRuntime} does with code. */
abstract class RuntimeCode {
    RuntimeCode() {}

    abstract LuaState state();

    abstract StringCodec sourceCodec();

    /** Whether bytecode is not accepted from the host either. */
    abstract boolean refusesBytecode();

    /** {@return a table of what the globals held at the start} Changes of the globals do not change it. */
    public abstract LuaTable library();

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
        return eval(LuaSource.of(expression, expression), arguments);
    }

    /**
     * Evaluates an expression, or a list of them.
     *
     * @param expression the source text
     * @param arguments what {@code ...} stands for in it
     * @return null for no value, the value, or an unmodifiable list of several
     * @throws LuaSyntaxException if it is no expression
     * @throws LuaException if it fails
     */
    public @Nullable Object eval(LuaSource expression, @Nullable Object... arguments) {
        return load(expression, Chunks.Load.EXPRESSION).call(arguments);
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
        return execute(LuaSource.of(chunk, chunk), arguments);
    }

    /**
     * Runs a chunk.
     *
     * @param chunk source text or bytecode
     * @param arguments what {@code ...} stands for in it
     * @return what the chunk returns: null for nothing, the value, or an unmodifiable list of several
     * @throws LuaSyntaxException if it does not compile, or is not what its mode says
     * @throws LuaException if it fails
     */
    public @Nullable Object execute(LuaSource chunk, @Nullable Object... arguments) {
        return load(chunk).call(arguments);
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
     * Compiles a chunk. Bytecode in {@link LuaSource.Mode#BINARY} is accepted, in the sandbox only after
     * {@link LuaRuntime.Builder#bytecode}.
     *
     * @param chunk source text or bytecode
     * @return a function that runs it
     * @throws LuaSyntaxException if it does not compile, or is not what its mode says
     */
    public LuaFunction compile(LuaSource chunk) {
        return repeated(load(chunk));
    }

    private LuaFunction load(LuaSource chunk) {
        boolean binary = chunk.mode() == LuaSource.Mode.BINARY;
        if (binary && refusesBytecode()) {
            throw new LuaSyntaxException(
                    "bytecode is refused in the sandbox; Builder.bytecode(true) lets the host load it",
                    null,
                    List.of());
        }
        return load(chunk, binary ? Chunks.Load.BINARY : Chunks.Load.TEXT);
    }

    /** What is compiled apart from its first call is to be called often. */
    private LuaFunction repeated(LuaFunction function) {
        state().chunks().repeat(function.ref);
        return function;
    }

    /**
     * Compiles an expression, or a list of them.
     *
     * @param expression source text
     * @return a function that returns its values
     * @throws LuaSyntaxException if it is no expression
     */
    public LuaFunction compileExpression(LuaSource expression) {
        return repeated(load(expression, Chunks.Load.EXPRESSION));
    }

    /**
     * Compiles an expression, or a list of them, else a chunk, which may run only once.
     *
     * @param script source text
     * @return a function that returns the expression's values, or runs the chunk; see {@link LuaChunk#repeat}
     * @throws LuaSyntaxException if it is neither; the error is the chunk's
     */
    public LuaFunction compileScript(LuaSource script) {
        return load(script, Chunks.Load.EXPRESSION_OR_TEXT);
    }

    private LuaFunction load(LuaSource source, Chunks.Load what) {
        return (LuaFunction) state().chunks().load(source.bytes(sourceCodec()), source.name(), what);
    }

    /**
     * Loads a module as {@code require} does: once, by what {@code package.loaded}, {@code package.preload} and the
     * searchers say.
     *
     * @param name the module's name, dots between its parts
     * @return what the module gives; true when it gives nothing
     * @throws IllegalStateException if the runtime has no package library
     * @throws LuaException if there is no such module, or loading it fails
     */
    public @Nullable Object require(String name) {
        if (!(library().rawGet("require") instanceof LuaFunction require)) {
            throw new IllegalStateException(
                    "this runtime has no package library, or a charset without ASCII, so it can require nothing");
        }
        return require.call(Objects.requireNonNull(name));
    }
}
