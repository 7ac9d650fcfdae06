package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lua functions called by Java, and Java functions called by Lua. */
class FunctionTest {
    private final LuaRuntime lua = LuaRuntime.create();

    @AfterEach
    void close() {
        lua.close();
    }

    private LuaFunction function(String expression) {
        return assertInstanceOf(LuaFunction.class, lua.eval(expression));
    }

    // -- Lua functions -------------------------------------------------------------------------------------------

    @Test
    void calls() {
        LuaFunction add = function("function(a, b) return a + b end");
        assertEquals(3, add.call(1, 2));
        assertEquals(3.5, add.call(1, 2.5));
        assertThrows(LuaException.class, add::call);
        assertThrows(LuaException.class, () -> add.call("x", 1));
        assertEquals(3, add.call("1", 2), "text that looks like a number counts");
        assertNull(function("function() end").call(1, 2, 3));
        assertEquals(
                Arrays.asList(1, null, "x"),
                function("function(...) return ... end").call(1, null, "x"));
        assertEquals(0, function("function(...) return select('#', ...) end").call());
        assertEquals("ABC", function("string.upper").call("abc"));
        assertEquals(
                6,
                function("function(...) local s = 0 for _, v in ipairs { ... } do s = s + v end return s end")
                        .call(1, 2, 3));
    }

    @Test
    void closuresKeepTheirState() {
        LuaFunction counter = function("(function() local n = 0 return function() n = n + 1 return n end end)()");
        for (int i = 1; i <= 1000; i++) {
            assertEquals(i, counter.call());
        }
    }

    @Test
    void identity() {
        LuaFunction one = function("function() end");
        LuaFunction other = function("function() end");
        lua.globals().put("f", one);
        assertEquals(one, lua.eval("f"));
        assertEquals(one.hashCode(), lua.eval("f").hashCode());
        assertNotEquals(one, other);
        assertTrue(one.toString().startsWith("function: "), one.toString());
        assertEquals(lua.eval("tostring(f)"), one.toString());
    }

    @Test
    void failures() {
        LuaException e = assertThrows(LuaException.class, () -> function("function() error({ code = 1 }) end")
                .call());
        assertEquals(1, ((LuaTable) e.value()).get("code"));
        assertEquals(
                "text",
                assertThrows(LuaException.class, () -> function("function() error('text', 0) end")
                                .call())
                        .getMessage());
    }

    @Test
    void higherOrder() {
        LuaFunction compose = function("function(f, g) return function(...) return g(f(...)) end end");
        LuaFunction twice = function("function(x) return x * 2 end");
        LuaFunction four = (LuaFunction) compose.call(twice, twice);
        assertEquals(20, four.call(5));
        assertEquals(40, ((LuaFunction) compose.call(four, twice)).call(5));
    }

    // -- Chunks --------------------------------------------------------------------------------------------------

    @Test
    void chunksAreFunctions() {
        LuaFunction chunk = lua.compile("x = (x or 0) + 1 return x, ...");
        assertEquals(1, chunk.call());
        assertEquals(List.of(2, "a"), chunk.call("a"));
        assertEquals(2, lua.globals().get("x"));
        assertThrows(LuaSyntaxException.class, () -> lua.compile("x = "));
        assertThrows(LuaSyntaxException.class, () -> lua.eval("x = 1"));
        assertThrows(LuaSyntaxException.class, () -> lua.execute("1 + 1"));
        assertNull(lua.execute("local x = 1"));
        assertEquals(List.of(1, 2), lua.eval("...", 1, 2));
    }

    @Test
    void sourcesHaveNames() {
        LuaException e =
                assertThrows(LuaException.class, () -> lua.compile(LuaSource.of("\nerror('failed')", "@dir/file.lua"))
                        .call());
        assertTrue(e.getMessage().startsWith("dir/file.lua:2: failed"), e.getMessage());
        assertEquals(
                "dir/file.lua",
                e.luaStackTrace().get(e.luaStackTrace().size() - 1).getFileName());
        LuaSyntaxException syntax =
                assertThrows(LuaSyntaxException.class, () -> lua.compile(LuaSource.of("\n\nx = = 1", "=label")));
        assertTrue(syntax.getMessage().startsWith("label:3:"), syntax.getMessage());
    }

    // -- Java functions ------------------------------------------------------------------------------------------

    @Test
    void javaFunctionsTakeArgumentsAsTheyCome() {
        Object[] received = {null};
        LuaFunction function = lua.function(arguments -> {
            received[0] = Arrays.asList(arguments.clone());
            return arguments.length;
        });
        lua.globals().put("f", function);
        assertEquals("function", lua.eval("type(f)"));
        assertEquals(3, lua.eval("f(1, nil, 'x')"));
        assertEquals(Arrays.asList(1, null, "x"), received[0]);
        assertEquals(0, lua.eval("f()"));
        assertEquals(2, lua.eval("f(nil, nil)"));
        assertEquals(2, lua.eval("select(2, pcall(f, 1, 2))"));
        assertEquals(1, function.call("direct"));
    }

    @Test
    void javaFunctionsReturnNoneOneOrSeveralResults() {
        lua.globals().put("one", lua.function(arguments -> 1));
        lua.globals().put("none", lua.function(arguments -> LuaResults.of()));
        lua.globals().put("nothing", lua.function(arguments -> null));
        lua.globals().put("several", lua.function(arguments -> LuaResults.of(1, null, "x")));
        assertEquals(
                List.of(1, 0, 1, 3),
                lua.eval("select('#', one()), select('#', none()), select('#', nothing()), select('#', several())"));
        assertEquals(Arrays.asList(1, null, "x"), lua.eval("several()"));
    }

    @Test
    void javaExceptionsComeThrough() {
        IOException checked = new IOException("disk");
        IllegalStateException unchecked = new IllegalStateException("no");
        AssertionError error = new AssertionError("broken");
        lua.globals().put("checked", lua.function(arguments -> {
            throw checked;
        }));
        lua.globals().put("unchecked", lua.function(arguments -> {
            throw unchecked;
        }));
        lua.globals().put("error_", lua.function(arguments -> {
            throw error;
        }));
        assertSame(
                checked,
                assertThrows(LuaException.class, () -> lua.eval("checked()")).getCause());
        assertSame(unchecked, assertThrows(IllegalStateException.class, () -> lua.eval("unchecked()")));
        assertSame(error, assertThrows(AssertionError.class, () -> lua.eval("error_()")));
        assertSame(checked, lua.eval("select(2, pcall(checked))"));
        assertSame(unchecked, lua.eval("select(2, pcall(unchecked))"));
        assertSame(error, lua.eval("select(2, pcall(error_))"));
        assertSame(
                unchecked,
                assertThrows(IllegalStateException.class, () -> lua.execute("error(select(2, pcall(unchecked)))")));
        for (Throwable thrown : List.of(unchecked, error)) {
            assertEquals(0, thrown.getSuppressed().length > 1 ? 1 : 0, "told once, however often thrown");
        }
    }

    @Test
    void functionalObjectsAreCallable() {
        lua.globals().put("add", (BiFunction<Integer, Integer, Integer>) Integer::sum);
        assertEquals(3, lua.eval("add(1, 2)"));
        lua.globals().put("run", (Runnable) () -> lua.globals().put("ran", true));
        assertNull(lua.eval("run()"));
        assertEquals(true, lua.eval("ran"));
    }

    @Test
    void callsNestThroughBothLanguages() {
        lua.globals().put("down", lua.function(arguments -> ((LuaFunction) arguments[0]).call(arguments[1])));
        lua.execute("function f(n) if n == 0 then return 'bottom' end return (down(f, n - 1)) end");
        assertEquals("bottom", lua.eval("f(60)"));
    }

    // -- As Java interfaces ------------------------------------------------------------------------------------------

    /** Implemented by a Lua function. */
    public interface Greeter {
        /** Abstract. */
        String greet(String name, int times);

        default String twice(String name) {
            return greet(name, 2);
        }
    }

    @Test
    void asAnInterface() {
        LuaFunction add = (LuaFunction) lua.eval("function(a, b) return a + (b or 0) end");
        assertEquals(3.5, add.as(java.util.function.DoubleBinaryOperator.class).applyAsDouble(1.5, 2));
        assertEquals(3, add.as(java.util.function.IntBinaryOperator.class).applyAsInt(1, 2));
        Greeter greeter = ((LuaFunction) lua.eval("function(name, n) return ('hi ' .. name .. ' '):rep(n) end"))
                .as(Greeter.class);
        assertEquals("hi you hi you ", greeter.twice("you"));
        lua.execute("function run() ran = true end");
        ((LuaFunction) lua.globals().get("run")).as(Runnable.class).run();
        assertEquals(true, lua.eval("ran"));
        assertThrows(LuaException.class, () -> add.as(Runnable.class).run());
        assertThrows(IllegalArgumentException.class, () -> add.as(String.class));
        assertThrows(IllegalArgumentException.class, () -> add.as(java.util.Iterator.class));
    }

    @Test
    void tablesAsInterfaces() {
        LuaTable object = (LuaTable) lua.eval("{ n = 0, next = function(self) self.n = self.n + 1 return self.n end,"
                + " hasNext = function(self) return self.n < 3 end }");
        java.util.Iterator<?> iterator = object.as(java.util.Iterator.class);
        int sum = 0;
        while (iterator.hasNext()) {
            sum += ((Number) iterator.next()).intValue();
        }
        assertEquals(6, sum);
    }
}
