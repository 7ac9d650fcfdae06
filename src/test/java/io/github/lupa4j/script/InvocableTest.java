package io.github.lupa4j.script;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaException;
import io.github.lupa4j.LuaTable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;
import java.util.function.Supplier;
import javax.script.ScriptEngine;
import javax.script.ScriptException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calling functions and methods by name, and interfaces implemented by scripts. */
class InvocableTest {
    private final LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine();

    @AfterEach
    void close() {
        engine.close();
    }

    private LuaTable table(String text) throws ScriptException {
        return assertInstanceOf(LuaTable.class, engine.eval(text));
    }

    /** What a callback throws. */
    private void putThrowing(String name, Exception failure) {
        engine.put(name, (Callable<Object>) () -> {
            throw failure;
        });
    }

    // -- invokeFunction ------------------------------------------------------------------------------------------

    @Test
    void invokesFunctions() throws Exception {
        engine.eval("function add(a, b) return a + b end function nothing() end function all(...) return ... end");
        assertEquals(3, engine.invokeFunction("add", 1, 2));
        assertEquals(3.5, engine.invokeFunction("add", 1, 2.5f));
        assertNull(engine.invokeFunction("nothing"));
        assertNull(engine.invokeFunction("nothing", 1, 2, 3));
        assertEquals(Arrays.asList(1, null, "x"), engine.invokeFunction("all", 1, null, "x"));
        assertNull(engine.invokeFunction("all", (Object[]) null));
        Object object = new Object();
        assertSame(object, engine.invokeFunction("all", object));
        Object[] many = new Object[250];
        Arrays.setAll(many, i -> i);
        assertEquals(Arrays.asList(many), engine.invokeFunction("all", many));
    }

    @Test
    void aFunctionIsLookedUpAtEachCall() throws Exception {
        engine.eval("function f() return 1 end");
        assertEquals(1, engine.invokeFunction("f"));
        engine.eval("function f() return 2 end");
        assertEquals(2, engine.invokeFunction("f"));
        engine.put("f", null);
        assertThrows(NoSuchMethodException.class, () -> engine.invokeFunction("f"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"missing", "number", "text", "t.missing", "missing.f", "t.n.f", "number.f", ".", "t.", ".f"})
    void noSuchFunction(String name) throws Exception {
        engine.eval("number = 1 text = 'x' t = { n = 1 }");
        NoSuchMethodException e = assertThrows(NoSuchMethodException.class, () -> engine.invokeFunction(name));
        assertTrue(e.getMessage().contains(name), e.getMessage());
    }

    @Test
    void strictGlobalsHaveNoSuchFunctionEither() throws Exception {
        engine.eval("setmetatable(_G, { __index = function(t, k) error('undeclared ' .. k, 2) end })"
                + " mod = { f = function() return 'f' end } function fails() return missing end");
        NoSuchMethodException e = assertThrows(NoSuchMethodException.class, () -> engine.invokeFunction("nope"));
        assertTrue(e.getMessage().contains("nope"), e.getMessage());
        assertThrows(NoSuchMethodException.class, () -> engine.invokeFunction("nope.f"));
        assertThrows(NoSuchMethodException.class, () -> engine.invokeFunction("mod.nope"));
        assertEquals("f", engine.invokeFunction("mod.f"));
        assertNull(engine.getInterface(Runnable.class));
        assertNull(engine.get("nope"));
        ScriptException failure = assertThrows(ScriptException.class, () -> engine.invokeFunction("fails"));
        assertTrue(failure.getMessage().contains("undeclared missing"), failure.getMessage());
        LuaTable strict = table("setmetatable({}, { __index = function(t, k) error('undeclared ' .. k, 2) end })");
        assertThrows(NoSuchMethodException.class, () -> engine.invokeMethod(strict, "nope"));
        assertNull(engine.getInterface(strict, Runnable.class));
    }

    @Test
    void aNameIsRequired() {
        assertThrows(NullPointerException.class, () -> engine.invokeFunction(null));
        assertThrows(NullPointerException.class, () -> engine.invokeMethod(table("{}"), null));
    }

    @Test
    void dotsReachIntoTables() throws Exception {
        engine.eval("mod = { f = function(...) return 'mod.f', ... end, inner = { g = function() return 'g' end } }");
        assertEquals("mod.f", engine.invokeFunction("mod.f"));
        assertEquals(List.of("mod.f", 1), engine.invokeFunction("mod.f", 1));
        assertEquals("g", engine.invokeFunction("mod.inner.g"));
        assertEquals("ABC", engine.invokeFunction("string.upper", "abc"));
        assertEquals(3, engine.invokeFunction("math.max", 1, 3, 2));
        engine.eval("lazy = setmetatable({}, { __index = { f = function() return 'inherited' end } })");
        assertEquals("inherited", engine.invokeFunction("lazy.f"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"my-func", "größe", "end", " ", "a b"})
    void functionsWithOddNames(String name) throws Exception {
        engine.put("name", name);
        engine.eval("_G[name] = function(x) return x end");
        assertEquals(5, engine.invokeFunction(name, 5));
    }

    @Test
    void errorsOfFunctions() throws Exception {
        engine.put(ScriptEngine.FILENAME, "lib.lua");
        engine.eval("function bad()\n  error('failed')\nend\nfunction worse()\n  thrower()\nend");
        ScriptException e = assertThrows(ScriptException.class, () -> engine.invokeFunction("bad"));
        assertEquals("lib.lua", e.getFileName());
        assertEquals(2, e.getLineNumber());
        assertInstanceOf(LuaException.class, e.getCause());
        IOException failure = new IOException("disk");
        putThrowing("thrower", failure);
        ScriptException thrown = assertThrows(ScriptException.class, () -> engine.invokeFunction("worse"));
        assertSame(failure, thrown.getCause());
        assertEquals("lib.lua", thrown.getFileName());
        assertEquals(5, thrown.getLineNumber());
        NoSuchMethodException own = new NoSuchMethodException("thrown by the host");
        putThrowing("thrower", own);
        assertSame(
                own,
                assertThrows(ScriptException.class, () -> engine.invokeFunction("worse"))
                        .getCause());
    }

    // -- invokeMethod --------------------------------------------------------------------------------------------

    @Test
    void invokesMethods() throws Exception {
        LuaTable account = table(
                "local Account = {} Account.__index = Account function Account:deposit(n) self.balance = self.balance + n"
                        + " return self.balance, self end return setmetatable({ balance = 10 }, Account)");
        assertEquals(List.of(15, account), engine.invokeMethod(account, "deposit", 5));
        assertEquals(15, account.get("balance"));
        assertNull(engine.invokeMethod(table("{ f = function() end }"), "f"));
        assertEquals(2, engine.invokeMethod(table("{ f = function(...) return select('#', ...) end }"), "f", 1));
        assertEquals(1, engine.invokeMethod(table("{ f = function(...) return select('#', ...) end }"), "f", (Object[])
                null));
    }

    @Test
    void noSuchMethod() throws Exception {
        LuaTable table = table("{ n = 1 }");
        assertThrows(NoSuchMethodException.class, () -> engine.invokeMethod(table, "missing"));
        assertThrows(NoSuchMethodException.class, () -> engine.invokeMethod(table, "n"));
    }

    @Test
    void theObjectMustBeOfThisEngine() throws Exception {
        assertThrows(IllegalArgumentException.class, () -> engine.invokeMethod(null, "f"));
        assertThrows(IllegalArgumentException.class, () -> engine.invokeMethod("text", "length"));
        assertThrows(IllegalArgumentException.class, () -> engine.invokeMethod(new Object(), "toString"));
        try (LuaScriptEngine other = new LuaScriptEngineFactory().getScriptEngine()) {
            Object foreign = other.eval("{ f = function() end }");
            assertThrows(IllegalArgumentException.class, () -> engine.invokeMethod(foreign, "f"));
            assertThrows(IllegalArgumentException.class, () -> engine.getInterface(foreign, Runnable.class));
        }
    }

    // -- getInterface --------------------------------------------------------------------------------------------

    @Test
    void interfacesOfFunctions() throws Exception {
        engine.eval("n = 0 function run() n = n + 1 end function compare(a, b) return b - a end");
        Runnable runnable = engine.getInterface(Runnable.class);
        runnable.run();
        runnable.run();
        assertEquals(2, engine.get("n"));
        @SuppressWarnings("unchecked")
        Comparator<Integer> backwards = engine.getInterface(Comparator.class);
        List<Integer> list = new ArrayList<>(List.of(1, 3, 2));
        list.sort(backwards);
        assertEquals(List.of(3, 2, 1), list);
        list.sort(backwards.reversed().thenComparing(Comparator.naturalOrder()));
        assertEquals(List.of(1, 2, 3), list);
    }

    @Test
    void interfacesOfObjects() throws Exception {
        LuaTable counter =
                table("{ n = 5, applyAsInt = function(self, a, b) self.n = self.n + 1 return a * b + self.n end }");
        IntBinaryOperator operator = engine.getInterface(counter, IntBinaryOperator.class);
        assertEquals(12, operator.applyAsInt(2, 3));
        assertEquals(13, operator.applyAsInt(2, 3));
        assertEquals(7, counter.get("n"));
        LuaTable derived = table("setmetatable({}, { __index = { run = function(self) self.ran = true end } })");
        engine.getInterface(derived, Runnable.class).run();
        assertEquals(true, derived.get("ran"));
    }

    interface Several {
        int one();

        int two();
    }

    interface Marker {}

    @Test
    void aMissingFunctionMeansNull() throws Exception {
        assertNull(engine.getInterface(Runnable.class));
        engine.eval("run = 1");
        assertNull(engine.getInterface(Runnable.class));
        engine.eval("function one() return 1 end");
        assertNull(engine.getInterface(Several.class));
        engine.eval("function two() return 2 end");
        assertEquals(2, engine.getInterface(Several.class).two());
        assertNull(engine.getInterface(table("{}"), Runnable.class));
        assertNull(engine.getInterface(table("{ one = one }"), Several.class));
        assertNotNull(engine.getInterface(Marker.class));
    }

    @Test
    void onlyInterfacesCanBeImplemented() throws Exception {
        LuaTable table = table("{}");
        assertThrows(IllegalArgumentException.class, () -> engine.getInterface(null));
        assertThrows(IllegalArgumentException.class, () -> engine.getInterface(String.class));
        assertThrows(IllegalArgumentException.class, () -> engine.getInterface(Number.class));
        assertThrows(IllegalArgumentException.class, () -> engine.getInterface(int.class));
        assertThrows(IllegalArgumentException.class, () -> engine.getInterface(Runnable[].class));
        assertThrows(IllegalArgumentException.class, () -> engine.getInterface(table, null));
        assertThrows(IllegalArgumentException.class, () -> engine.getInterface(table, Object.class));
        assertThrows(IllegalArgumentException.class, () -> engine.getInterface(null, Runnable.class));
        assertThrows(IllegalArgumentException.class, () -> engine.getInterface("text", Runnable.class));
    }

    interface WithDefaults {
        String name();

        default String greeting() {
            return "Hello, " + name() + suffix("!");
        }

        default String suffix(String mark) {
            return mark;
        }

        static String unrelated() {
            return "static";
        }
    }

    @Test
    void defaultMethodsAreKeptUnlessTheScriptHasThem() throws Exception {
        engine.eval("function name() return 'you' end");
        WithDefaults functions = engine.getInterface(WithDefaults.class);
        assertEquals("Hello, you!", functions.greeting());
        assertEquals("?", functions.suffix("?"));
        engine.eval("function suffix(mark) return mark .. mark end");
        assertEquals("Hello, you!!", engine.getInterface(WithDefaults.class).greeting());
        WithDefaults object = engine.getInterface(
                table("{ name = function(self) return 'me' end, greeting = function(self) return 'Hi' end }"),
                WithDefaults.class);
        assertEquals("Hi", object.greeting());
        assertEquals("?", object.suffix("?"));
    }

    @Test
    void objectMethodsOfTheImplementation() throws Exception {
        engine.eval("function run() end");
        Runnable one = engine.getInterface(Runnable.class);
        Runnable other = engine.getInterface(Runnable.class);
        assertEquals(one, one);
        assertEquals(one.hashCode(), one.hashCode());
        assertFalse(one.toString().isEmpty());
        assertNotEquals(null, one);
        assertFalse(one.equals(new Object()));
        assertTrue(new java.util.HashSet<>(List.of(one, other)).contains(one));
    }

    // -- Types ---------------------------------------------------------------------------------------------------

    interface Primitives {
        boolean ofBoolean(boolean value);

        byte ofByte(byte value);

        short ofShort(short value);

        char ofChar(char value);

        int ofInt(int value);

        long ofLong(long value);

        float ofFloat(float value);

        double ofDouble(double value);
    }

    @Nested
    class Types {
        @Test
        void functionsMayBeJavas() {
            engine.put("get", (Supplier<Object>) () -> 5);
            assertEquals(
                    5,
                    Objects.requireNonNull(engine.getInterface(Supplier.class)).get());
            engine.put("get", new ArrayList<Object>());
            assertNull(engine.getInterface(Supplier.class));
        }

        @Test
        void proxiesOfOneTableAreEqual() {
            engine.put("get", (Supplier<Object>) () -> 5);
            assertEquals(engine.getInterface(Supplier.class), engine.getInterface(Supplier.class));
        }

        @Test
        void primitives() throws Exception {
            engine.eval("for _, t in ipairs { 'Boolean', 'Byte', 'Short', 'Char', 'Int', 'Long', 'Float', 'Double' } do"
                    + " _G['of' .. t] = function(value) return value end end");
            Primitives same = engine.getInterface(Primitives.class);
            assertTrue(same.ofBoolean(true));
            assertFalse(same.ofBoolean(false));
            for (byte value : new byte[] {0, 1, -1, Byte.MIN_VALUE, Byte.MAX_VALUE}) {
                assertEquals(value, same.ofByte(value));
            }
            for (short value : new short[] {0, -1, Short.MIN_VALUE, Short.MAX_VALUE}) {
                assertEquals(value, same.ofShort(value));
            }
            for (char value : new char[] {'a', 'ä', '日', '\0', '\uffff'}) {
                assertEquals(value, same.ofChar(value));
            }
            for (int value : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                assertEquals(value, same.ofInt(value));
            }
            for (long value : new long[] {
                0, -1, Integer.MAX_VALUE + 1L, 1L << 53, (1L << 53) + 1, -(1L << 53) - 1, Long.MIN_VALUE, Long.MAX_VALUE
            }) {
                assertEquals(value, same.ofLong(value));
            }
            for (float value :
                    new float[] {0, -0.0f, 0.1f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NaN, Float.NEGATIVE_INFINITY
                    }) {
                assertEquals(value, same.ofFloat(value));
            }
            for (double value : new double[] {0, -0.0, 0.1, 5, Double.MIN_VALUE, Double.MAX_VALUE, Double.NaN}) {
                assertEquals(value, same.ofDouble(value));
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"1.5", "'text'", "{}", "2^31", "nil", "0/0", "print"})
        void whatIsNoIntIsAClearError(String result) throws Exception {
            IntBinaryOperator operator = engine.getInterface(
                    table("{ applyAsInt = function() return " + result + " end }"), IntBinaryOperator.class);
            RuntimeException e = assertThrows(RuntimeException.class, () -> operator.applyAsInt(1, 2));
            assertNotNull(e.getMessage());
            assertTrue(e.getMessage().contains("int"), e.getMessage());
            assertEquals(2, engine.eval("1 + 1"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"128", "-129", "0.5", "'x'"})
        void whatIsNoByteIsAClearError(String result) throws Exception {
            engine.eval("function ofByte() return " + result + " end");
            engine.eval("for _, t in ipairs { 'Boolean', 'Short', 'Char', 'Int', 'Long', 'Float', 'Double' } do"
                    + " _G['of' .. t] = function(value) return value end end");
            Primitives primitives = engine.getInterface(Primitives.class);
            assertThrows(RuntimeException.class, () -> primitives.ofByte((byte) 0));
        }

        interface Boxed {
            Integer ofInteger(Integer value);

            Long ofLong(Long value);

            Double ofDouble(Double value);

            Boolean ofBoolean(Boolean value);

            Character ofCharacter(Character value);

            String ofString(String value);

            CharSequence ofCharSequence(CharSequence value);

            Number ofNumber(Number value);

            Object ofObject(Object value);
        }

        @Test
        void boxesAndTexts() throws Exception {
            engine.eval("for _, t in ipairs { 'Integer', 'Long', 'Double', 'Boolean', 'Character', 'String',"
                    + " 'CharSequence', 'Number', 'Object' } do _G['of' .. t] = function(value) return value end end");
            Boxed same = engine.getInterface(Boxed.class);
            assertEquals(Integer.valueOf(5), same.ofInteger(5));
            assertEquals(Long.valueOf(5), same.ofLong(5L));
            assertEquals(Double.valueOf(5), same.ofDouble(5.0));
            assertEquals(Boolean.TRUE, same.ofBoolean(true));
            assertEquals(Character.valueOf('x'), same.ofCharacter('x'));
            assertEquals("text", same.ofString("text"));
            assertEquals("text", same.ofCharSequence("text"));
            assertEquals(1.5, same.ofNumber(1.5));
            assertEquals(List.of(1), same.ofObject(List.of(1)));
            assertNull(same.ofInteger(null));
            assertNull(same.ofString(null));
            assertNull(same.ofObject(null));
        }

        interface Shapes {
            void nothing();

            Object several();

            List<Object> list();

            int sum(int... values);

            String join(String separator, Object... values);
        }

        @Test
        void voidSeveralResultsAndVarargs() throws Exception {
            Shapes shapes = engine.getInterface(
                    table("{ nothing = function() return 'ignored' end, several = function() return 1, 2 end,"
                            + " list = function() return 1, 2, 3 end,"
                            + " sum = function(self, ...) local values, s = ..., 0"
                            + "   for i = 1, #values do s = s + values[i] end return s end,"
                            + " join = function(self, separator, values) local s = ''"
                            + "   for i = 1, #values do s = s .. separator .. tostring(values[i]) end return s end }"),
                    Shapes.class);
            shapes.nothing();
            assertEquals(List.of(1, 2), shapes.several());
            assertEquals(List.of(1, 2, 3), shapes.list());
            assertEquals(6, shapes.sum(1, 2, 3));
            assertEquals(0, shapes.sum());
            assertEquals(",a,1", shapes.join(",", "a", 1));
        }

        interface Transform<T> {
            T apply(T value);
        }

        interface TextTransform extends Transform<String> {
            @Override
            String apply(String value);
        }

        interface Overloaded {
            String show(int value);

            String show(String value);

            String show(int a, int b);
        }

        @Test
        void generics() throws Exception {
            engine.eval("function apply(value) return value .. '!' end");
            @SuppressWarnings("unchecked")
            Function<Object, Object> function = engine.getInterface(Function.class);
            assertEquals("a!", function.apply("a"));
            assertEquals("a!!", function.andThen(function).apply("a"));
            TextTransform transform = engine.getInterface(TextTransform.class);
            assertEquals("b!", transform.apply("b"));
            Transform<String> bridge = transform;
            assertEquals("c!", bridge.apply("c"));
        }

        @Test
        void overloads() throws Exception {
            engine.eval("function show(...) return type((...)) .. select('#', ...) end");
            Overloaded overloaded = engine.getInterface(Overloaded.class);
            assertEquals("number1", overloaded.show(1));
            assertEquals("string1", overloaded.show("x"));
            assertEquals("number2", overloaded.show(1, 2));
        }

        @Test
        void interfacesThatAreNotPublic() throws Exception {
            engine.eval("function one() return 1 end function two() return 2 end");
            assertEquals(1, engine.getInterface(Several.class).one());
            assertEquals(1, engine.getInterface(HiddenChild.class).one());
        }

        @Test
        void arraysArriveAsThemselves() throws Exception {
            engine.eval("function apply(value) return value end");
            @SuppressWarnings("unchecked")
            Function<Object, Object> function = engine.getInterface(Function.class);
            int[] array = {1, 2};
            assertSame(array, function.apply(array));
            assertArrayEquals(new int[] {1, 2}, array);
        }
    }

    private interface HiddenChild extends Several {}

    // -- Errors --------------------------------------------------------------------------------------------------

    interface Io {
        void read() throws IOException;
    }

    interface Script {
        void read() throws ScriptException;
    }

    interface Plain {
        void read();
    }

    @Nested
    class Errors {
        @Test
        void aDeclaredExceptionComesAsItself() throws Exception {
            FileNotFoundException failure = new FileNotFoundException("gone");
            putThrowing("thrower", failure);
            engine.eval("function read() thrower() end");
            assertSame(failure, assertThrows(IOException.class, () -> engine.getInterface(Io.class)
                    .read()));
        }

        @Test
        void anUndeclaredExceptionIsTheCause() throws Exception {
            IOException failure = new IOException("disk");
            putThrowing("thrower", failure);
            engine.eval("function read() thrower() end");
            Throwable e = assertThrows(
                    Throwable.class, () -> engine.getInterface(Plain.class).read());
            assertInstanceOf(RuntimeException.class, e);
            assertSame(failure, e.getCause());
            if (e instanceof UndeclaredThrowableException undeclared) {
                assertSame(failure, undeclared.getUndeclaredThrowable());
            }
        }

        @Test
        void runtimeExceptionsAndErrorsComeAsThemselves() throws Exception {
            IllegalStateException failure = new IllegalStateException("no");
            putThrowing("thrower", failure);
            engine.eval("function read() thrower() end");
            for (Class<?> type : List.of(Io.class, Plain.class)) {
                assertSame(failure, assertThrows(IllegalStateException.class, () -> read(engine.getInterface(type))));
            }
            AssertionError error = new AssertionError("no");
            engine.put("thrower", (Runnable) () -> {
                throw error;
            });
            assertSame(error, assertThrows(AssertionError.class, () -> engine.getInterface(Plain.class)
                    .read()));
        }

        private void read(Object implementation) throws Exception {
            if (implementation instanceof Io io) {
                io.read();
            } else {
                ((Plain) implementation).read();
            }
        }

        @Test
        void aLuaErrorTellsFileAndLine() throws Exception {
            engine.put(ScriptEngine.FILENAME, "impl.lua");
            engine.eval("function read()\n  error('failed')\nend");
            RuntimeException plain = assertThrows(RuntimeException.class, () -> engine.getInterface(Plain.class)
                    .read());
            assertTrue(plain.getMessage().contains("impl.lua:2: failed"), plain.getMessage());
            RuntimeException io = assertThrows(
                    RuntimeException.class, () -> engine.getInterface(Io.class).read());
            assertTrue(io.getMessage().contains("impl.lua:2: failed"), io.getMessage());
        }

        @Test
        void aDeclaredScriptExceptionComesWithFileAndLine() throws Exception {
            engine.put(ScriptEngine.FILENAME, "impl.lua");
            engine.eval("function read()\n  error('failed')\nend");
            ScriptException e = assertThrows(ScriptException.class, () -> engine.getInterface(Script.class)
                    .read());
            assertEquals("impl.lua", e.getFileName());
            assertEquals(2, e.getLineNumber());
        }

        @Test
        void aFunctionThatIsGoneIsAClearError() throws Exception {
            engine.eval("function read() end");
            Plain plain = engine.getInterface(Plain.class);
            plain.read();
            engine.put("read", null);
            RuntimeException e = assertThrows(RuntimeException.class, plain::read);
            assertTrue(String.valueOf(e.getMessage()).contains("read"), e.toString());
        }

        @Test
        void aCallAfterCloseIsAClearError() throws Exception {
            engine.eval("function read() end object = { read = read }");
            Plain functions = engine.getInterface(Plain.class);
            Plain object = engine.getInterface(engine.get("object"), Plain.class);
            engine.close();
            for (Plain plain : List.of(functions, object)) {
                RuntimeException e = assertThrows(RuntimeException.class, plain::read);
                assertTrue(e.getMessage().contains("closed"), e.getMessage());
                assertNotNull(plain.toString());
            }
        }
    }

    // -- Threads -------------------------------------------------------------------------------------------------

    @Test
    void implementationsAreUsedByAnExecutor() throws Exception {
        engine.eval("calls = 0 function call() calls = calls + 1 return calls end");
        Callable<?> callable = engine.getInterface(Callable.class);
        Supplier<?> supplier = engine.getInterface(table("{ get = function(self) return self end }"), Supplier.class);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                calls.add(threads.submit(callable));
                calls.add(threads.submit(() -> assertSame(supplier.get().getClass(), LuaTable.class)));
            }
            int sum = 0;
            for (Future<?> call : calls) {
                sum += call.get(60, TimeUnit.SECONDS) instanceof Integer n ? n : 0;
            }
            assertEquals(1000 * 1001 / 2, sum, "each call got a number of its own");
        } finally {
            threads.shutdownNow();
        }
    }

    // -- Types that super-interfaces fix ---------------------------------------------------------------------------

    /** Fixes what Supplier leaves open. */
    public interface OfDouble extends Supplier<Double> {}

    /** One level more. */
    public interface OfLists<T> extends Callable<List<T>> {}

    /** The end of it. */
    public interface OfListsOfLong extends OfLists<Long> {}

    @Test
    void resultsAreWhatTheInterfaceSays() throws Exception {
        engine.eval("function get() return 1 end function call() return { 1, 2 } end");
        Double one = engine.getInterface(OfDouble.class).get();
        assertEquals(1.0, one);
        List<Long> list = engine.getInterface(OfListsOfLong.class).call();
        Long second = list.get(1);
        assertEquals(2L, second);
    }

    @Test
    void callableTablesAreFunctions() throws Exception {
        engine.eval("run = setmetatable({}, { __call = function() ran = true end })");
        engine.getInterface(Runnable.class).run();
        assertEquals(true, engine.get("ran"));
        engine.eval("run = {}");
        assertNull(engine.getInterface(Runnable.class));
    }
}
