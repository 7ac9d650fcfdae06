package io.github.lupa4j.vm;

import java.io.IOException;
import java.lang.reflect.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a state asks of the layers above it: handles, exceptions and the Java side of a script's requests. */
public interface Host {
    /**
     * Makes the handle of a Lua object.
     *
     * @param index the reference, owned by the handle from now on: see {@link LuaState#adopt}
     * @param identity the address that all references to the object share
     */
    Object toHandle(Kind kind, int index, long identity);

    /** Whether {@link #onOverflow} is to be asked. */
    boolean replacesOverflow();

    /** The Lua value for a Java {@code long} that no double holds exactly: a Long becomes an int64_t. */
    @Nullable
    Object onOverflow(Long value);

    /**
     * The exception for an operation that failed.
     *
     * @param value the error value
     * @param frames the Lua frames, innermost first
     */
    RuntimeException toException(Failure failure, @Nullable Object value, List<StackTraceElement> frames);

    /** The error value that stands in Lua for what Java threw. */
    @Nullable
    Object toErrorValue(Throwable thrown);

    /** The message of what a script itself did wrong: an error in Lua, with the position before it. Else null. */
    @Nullable
    String toMisuse(Throwable thrown);

    /**
     * Answers a script.
     *
     * @param arguments may be stand-ins
     * @return the result, {@link Results} for any other number than one, or the {@link Member} of an index
     * @throws Throwable anything; it is raised in Lua
     */
    @Nullable
    Object answer(Request request, @Nullable Object[] arguments) throws Throwable;

    /** What a call of an object itself is, as a target of {@link #invoke}; it is asked for as long as Lua has the object. */
    Object calleeOf(Object object);

    /**
     * The class whose members the object has, or whose static members it has if it is that class. Null if its members
     * are not all that names can mean, but for the keys of a map.
     */
    @Nullable
    Class<?> shapeOf(Object object);

    /**
     * Calls, or reads, what {@link #answer} gave as a {@link Member}, or {@link #calleeOf}.
     *
     * @param arguments may be stand-ins
     * @param self whether the script gave the object once more, before the arguments
     * @return the result, or {@link Results} for any other number than one
     * @throws Throwable anything; it is raised in Lua
     */
    @Nullable
    Object invoke(Object target, Object receiver, @Nullable Object[] arguments, boolean self) throws Throwable;

    /**
     * What a leaf function calls; null if the receiver is that already.
     *
     * @param target a method; null for the receiver itself, which can be called
     * @throws Throwable when it is not fit for a leaf function, and anything else; it is raised in Lua
     */
    @Nullable
    Object leaf(@Nullable Object target, Object receiver) throws Throwable;

    /** The field that a member is, if it is one of {@link KnownFields}. */
    @Nullable
    Field fieldOf(Object target);

    /** What {@link #invoke} gives. */
    ResultKind resultKind(Object target, Object receiver);

    /**
     * Whether what {@link #invoke} or {@link #set} goes to can make use of bytes. Then a string among its arguments that is
     * no text comes as a {@link ByteString}.
     */
    boolean takesBytes(Object target);

    /** The result of a method as {@link #invoke} gives it. */
    @Nullable
    Object toResult(@Nullable Object result);

    /**
     * Does what {@link #invoke} does, with arguments of the usual kinds.
     *
     * @param count the number of arguments
     * @return the result as a word; {@link Arguments#MISFIT}, with nothing done, if this is not prepared for them
     * @throws Throwable anything; it is raised in Lua
     */
    long invokeDirectly(Object target, Object receiver, Arguments arguments, int count) throws Throwable;

    /** The same for {@link #set}; the one argument is the value. */
    long setDirectly(Object target, Object receiver, Arguments arguments) throws Throwable;

    /**
     * Writes a field or property that {@link #answer} gave as a {@link Member}.
     *
     * @throws Throwable anything; it is raised in Lua
     */
    void set(Object target, Object receiver, @Nullable Object value) throws Throwable;

    /**
     * Writes what a script prints.
     *
     * @param stream 1 for standard output, 2 for standard error
     */
    void write(int stream, byte[] text) throws IOException;

    /**
     * Flushes what scripts have written.
     *
     * @throws java.io.UncheckedIOException when a stream fails
     */
    void flush();

    /** The exception for an operation that ran too long. */
    RuntimeException timedOut(List<StackTraceElement> frames);

    /** The exception for an operation that executed too many instructions. */
    RuntimeException exhausted(List<StackTraceElement> frames);

    /** The exception for an operation whose thread was interrupted. */
    RuntimeException interrupted(List<StackTraceElement> frames);

    /** The exception for the use of a state by a leaf function that it has called. */
    RuntimeException inLeaf();

    /** The exception for the use of a closed state. */
    RuntimeException closed();
}
