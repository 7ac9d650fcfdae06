package io.github.lupa4j;

import io.github.lupa4j.interop.Access;
import io.github.lupa4j.interop.Attributes;
import io.github.lupa4j.interop.ClassFinder;
import io.github.lupa4j.interop.Converter;
import io.github.lupa4j.interop.HostCalls;
import io.github.lupa4j.interop.HostObjects;
import io.github.lupa4j.interop.JavaLibrary;
import io.github.lupa4j.interop.Operators;
import io.github.lupa4j.interop.RawFunction;
import io.github.lupa4j.interop.UsageException;
import io.github.lupa4j.vm.Arguments;
import io.github.lupa4j.vm.Failure;
import io.github.lupa4j.vm.Host;
import io.github.lupa4j.vm.Kind;
import io.github.lupa4j.vm.None;
import io.github.lupa4j.vm.Request;
import io.github.lupa4j.vm.ResultKind;
import io.github.lupa4j.vm.ResultList;
import io.github.lupa4j.vm.Results;
import io.github.lupa4j.vm.StandIn;
import io.github.lupa4j.vm.Wrapped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The runtime as its state sees it: makes handles and exceptions, answers what scripts ask. */
final class RuntimeHost implements Host {
    static {
        StackTraces.prepare();
    }

    private final LuaRuntime runtime;
    private final HostObjects objects;
    private final HostCalls calls;
    /**
     * What was thrown into Lua last, as its error value alone. If the same value comes out again, and no other call of
     * Java came between, it is this error that goes on: its stack trace becomes longer.
     */
    private @Nullable LuaException crossing;

    private final Modules modules;
    private final boolean sandbox;
    private final boolean javaEval;
    /** What takes the place of numbers that are too large for Lua's. */
    private @Nullable Function<Number, @Nullable Object> overflowHandler;

    RuntimeHost(LuaRuntime runtime, LuaRuntime.Builder options) {
        this.runtime = runtime;
        this.modules = new Modules(runtime, options.classLoader());
        sandbox = options.isSandbox();
        javaEval = options.javaEval();
        overflowHandler = options.overflowHandler();
        HostAccess policy = options.hostAccess();
        Access standard = sandbox ? Access.sandbox() : Access.ALL;
        Access access = policy == null ? standard : policy.access(sandbox);
        ClassFinder classes = new ClassFinder(access, options.classLoader());
        this.objects = new HostObjects(
                runtime,
                access,
                policy == null ? Attributes.PLAIN : policy.attributes(),
                classes,
                new Converter(classes, options.charset(), options.isRaw()),
                options.unpackReturnedArrays());
        calls = objects.calls();
    }

    HostObjects objects() {
        return objects;
    }

    // -- Values --------------------------------------------------------------------------------------------------

    @Override
    public Object toHandle(Kind kind, int index, long identity) {
        return switch (kind) {
            case TABLE -> new LuaTable(runtime, index, identity);
            case FUNCTION -> new LuaFunction(runtime, index, identity);
            case THREAD -> new LuaCoroutine(runtime, index, identity);
            case CDATA -> new LuaValue(runtime, LuaType.CDATA, index, identity);
            case USERDATA -> new LuaValue(runtime, LuaType.USERDATA, index, identity);
        };
    }

    @Override
    public boolean replacesOverflow() {
        return overflowHandler != null;
    }

    @Override
    public @Nullable Object onOverflow(Long value) {
        return overflowHandler == null ? value : overflowHandler.apply(value);
    }

    private void setOverflowHandler(@Nullable LuaFunction function) {
        overflowHandler = function == null
                ? null
                : number -> {
                    Object result = function.call(new Wrapped(number));
                    return result instanceof ResultList several ? several.get(0) : result;
                };
    }

    // -- Errors --------------------------------------------------------------------------------------------------

    @Override
    public RuntimeException toException(Failure failure, @Nullable Object value, List<StackTraceElement> frames) {
        LuaException passing = crossing;
        crossing = null;
        if (failure == Failure.RUNTIME) {
            if (value instanceof RuntimeException || value instanceof Error) {
                tellFrames((Throwable) value, frames);
                if (value instanceof Error error) {
                    throw error;
                }
                return (RuntimeException) value;
            }
            LuaException same = passing == null ? null : asPassing(passing, value);
            if (same != null) {
                same.goThrough(frames);
                return same;
            }
        }
        return switch (failure) {
            case SYNTAX -> new LuaSyntaxException(message(value), value, frames);
            case MEMORY -> new LuaMemoryException("the Lua state is out of memory", "not enough memory", frames);
            case STACK ->
                LuaException.withoutValue(
                        "stack overflow: too little of this thread's stack is left to call Lua", frames);
            case RUNTIME, HANDLER -> new LuaException(message(value), value, frames);
        };
    }

    /** The error that was thrown into Lua, if it comes out again; coroutine.wrap puts its position before a message. */
    private static @Nullable LuaException asPassing(LuaException passing, @Nullable Object value) {
        if (isSame(passing.value(), value)) {
            return passing;
        }
        boolean longer = passing.value() instanceof String told && value instanceof String text && text.endsWith(told);
        return longer ? new LuaException(String.valueOf(value), passing) : null;
    }

    /** A Java exception that crossed Lua stays itself; where it went is told by a suppressed LuaException. */
    private static void tellFrames(Throwable thrown, List<StackTraceElement> frames) {
        if (frames.isEmpty() || thrown instanceof StackOverflowError || thrown instanceof OutOfMemoryError) {
            return; // There may be no room for more.
        }
        LuaException told = thrown instanceof LuaException error ? error : null;
        for (Throwable suppressed : thrown.getSuppressed()) {
            if (told == null && suppressed instanceof LuaException error) {
                told = error;
            }
        }
        if (told != null) {
            told.goThrough(frames);
        } else {
            thrown.addSuppressed(LuaException.withoutValue("thrown through Lua", frames));
        }
    }

    /** Whether two error values are one in Lua; equals of a script's objects is not asked. */
    private static boolean isSame(@Nullable Object a, @Nullable Object b) {
        return a == b || ((a instanceof String || a instanceof Number || a instanceof LuaValue) && a.equals(b));
    }

    private static String message(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8); // a string of raw mode
        }
        if (value == null) {
            return "nil";
        }
        try {
            return value instanceof Throwable ? value.toString() : "error value: " + value;
        } catch (RuntimeException | Error e) {
            return "error value: " + value.getClass().getName(); // Its own text must not take the error's place.
        }
    }

    @Override
    public @Nullable Object toErrorValue(Throwable thrown) {
        if (thrown instanceof LuaException error && error.getClass() == LuaException.class && error.hasValue()) {
            crossing = error;
            return error.value();
        }
        return thrown;
    }

    @Override
    public @Nullable String toMisuse(Throwable thrown) {
        return thrown instanceof UsageException ? thrown.getMessage() : null;
    }

    @Override
    public RuntimeException timedOut(List<StackTraceElement> frames) {
        return new LuaTimeoutException("the script ran longer than " + runtime.timeLimit() + " allows", frames);
    }

    @Override
    public RuntimeException exhausted(List<StackTraceElement> frames) {
        return new LuaTimeoutException(
                "the script executed more than " + runtime.instructionLimit() + " instructions", frames);
    }

    @Override
    public RuntimeException interrupted(List<StackTraceElement> frames) {
        return new LuaInterruptedException("the thread that ran the script was interrupted", frames);
    }

    @Override
    public RuntimeException inLeaf() {
        return new IllegalStateException("a leaf function must not use the runtime that calls it, nor objects of that"
                + " runtime; let the script call it without java.leaf or @LuaLeaf");
    }

    @Override
    public RuntimeException closed() {
        return new LuaClosedException();
    }

    // -- Requests ------------------------------------------------------------------------------------------------

    @Override
    public @Nullable Object answer(Request request, @Nullable Object[] a) throws Throwable {
        resolve(request, a);
        crossing = null;
        return switch (request) {
            case INDEX -> objects.answer(object(a), a[1]);
            case NEWINDEX -> {
                objects.setIndex(object(a), a[1], a[2]);
                yield Results.NONE;
            }
            case TOSTRING -> Operators.text(a[0]);
            case LENGTH -> Operators.length(object(a));
            case EQUAL -> a[0] != null && a[0].equals(a[1]);
            case LESS -> Operators.less(a[0], a[1]);
            case LESS_EQUAL -> Operators.lessOrEqual(a[0], a[1]);
            case CONCAT -> Operators.concatenated(a[0]) + Operators.concatenated(a[1]);
            case ARITHMETIC -> Operators.arithmetic((char) integer(a[0]), a[1], a[2]);
            case PAIRS -> Operators.pairs(object(a)).start();
            case IPAIRS -> Operators.ipairs(object(a)).start();
            case READ -> read(String.valueOf(a[0]), integer(a[1]));
            case SEARCH -> modules.search(String.valueOf(a[0]), String.valueOf(a[1]));
            case FLUSH -> {
                runtime.streams.flush();
                yield Results.NONE;
            }
            case EXIT -> {
                LuaExitException exit = new LuaExitException(exitStatus(a[0]));
                runtime.state.limits().stop(frames -> exit);
                throw exit;
            }
            case LIBRARY -> {
                openLibrary((LuaTable) a[0], (LuaTable) a[1], (LuaTable) a[2], (LuaFunction) a[3]);
                yield Results.NONE;
            }
        };
    }

    /** Puts values in the place of what stands for them, where that does not mean more. */
    private static void resolve(Request request, @Nullable Object[] a) {
        if (request != Request.INDEX && request != Request.NEWINDEX) {
            StandIn.resolveAll(a, 0);
            return;
        }
        if (a[1] instanceof StandIn key && key != None.NONE) { // As a key of a map that is null, which nil is not.
            a[1] = key.target();
        }
        if (request == Request.NEWINDEX && a[2] instanceof StandIn value && value != None.NONE) {
            a[2] = value.argument(); // In a map None is not nil, which removes.
        }
    }

    private void openLibrary(
            @Nullable LuaTable java, @Nullable LuaTable javax, @Nullable LuaTable luajava, @Nullable LuaFunction leaf) {
        if (sandbox || java == null || javax == null || luajava == null || leaf == null) {
            throw new SecurityException("the sandbox has no java library");
        }
        JavaLibrary.Options options = new JavaLibrary.Options(javaEval, this::setOverflowHandler);
        new JavaLibrary(runtime, objects, options).fill(java, javax, luajava, leaf);
    }

    @Override
    public Object calleeOf(Object object) {
        return calls.calleeOf(object);
    }

    private @Nullable Object call(Object called, @Nullable Object[] arguments) throws Throwable {
        Object callee = StandIn.resolve(called);
        if (callee == null) {
            throw new UsageException("attempt to call null");
        }
        if (callee instanceof RawFunction function) {
            return function.call(arguments);
        }
        return callee instanceof JavaFunction function
                ? function.call(StandIn.resolveAll(arguments, 0))
                : calls.call(callee, arguments);
    }

    @Override
    public @Nullable Field fieldOf(Object target) {
        return HostCalls.fieldOf(target);
    }

    @Override
    public ResultKind resultKind(Object target, Object receiver) {
        return calls.resultKind(target, receiver);
    }

    @Override
    public @Nullable Object leaf(@Nullable Object target, Object receiver) throws Throwable {
        return calls.leaf(target, receiver);
    }

    @Override
    public boolean takesBytes(Object target) {
        return calls.takesBytes(target);
    }

    @Override
    public @Nullable Class<?> shapeOf(Object object) {
        return objects.shapeOf(object);
    }

    @Override
    public @Nullable Object invoke(Object target, Object receiver, @Nullable Object[] arguments, boolean self)
            throws Throwable {
        crossing = null;
        boolean leaf = beginLeaf(target);
        try {
            return toResult(
                    HostCalls.isCallee(target)
                            ? call(receiver, arguments)
                            : calls.invoke(target, receiver, arguments, self));
        } finally {
            endLeaf(leaf);
        }
    }

    @Override
    public long invokeDirectly(Object target, Object receiver, Arguments arguments, int count) throws Throwable {
        crossing = null;
        boolean leaf = beginLeaf(target);
        try {
            return calls.invokeDirectly(target, receiver, arguments, count);
        } finally {
            endLeaf(leaf);
        }
    }

    private boolean beginLeaf(Object target) {
        boolean leaf = HostCalls.isLeaf(target);
        if (leaf) {
            runtime.state.setInLeaf(true);
        }
        return leaf;
    }

    private void endLeaf(boolean leaf) {
        if (leaf) {
            runtime.state.setInLeaf(false);
        }
    }

    @Override
    public long setDirectly(Object target, Object receiver, Arguments arguments) throws Throwable {
        return calls.setDirectly(target, receiver, arguments);
    }

    @Override
    public void set(Object target, Object receiver, @Nullable Object value) throws Throwable {
        calls.set(target, receiver, value);
    }

    @Override
    public void write(int stream, byte[] text) throws IOException {
        runtime.streams.write(stream, text);
    }

    @Override
    public void flush() {
        try {
            runtime.streams.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public @Nullable Object toResult(@Nullable Object result) {
        return result instanceof LuaResults several ? new Results(several.values()) : result;
    }

    private static Object object(@Nullable Object[] arguments) {
        Object object = arguments[0];
        if (object == null || object instanceof LuaValue) {
            throw new UsageException("a Java object expected"); // A script called a metamethod by itself.
        }
        return object;
    }

    private @Nullable Object read(String format, int count) throws IOException {
        return runtime.streams.read(format.charAt(0), count);
    }

    private static int integer(@Nullable Object value) {
        return value instanceof Number number ? number.intValue() : 0;
    }

    private static int exitStatus(@Nullable Object argument) {
        if (argument instanceof Number n) {
            return n.intValue();
        }
        return argument == null || Boolean.TRUE.equals(argument) ? 0 : 1;
    }
}
