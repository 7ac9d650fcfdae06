package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Errors of scripts, and of Java through scripts. */
class ErrorTest {
    private final LuaRuntime lua = LuaRuntime.create();

    @AfterEach
    void close() {
        lua.close();
    }

    private LuaException error(String chunk, Object... arguments) {
        return assertThrows(LuaException.class, () -> lua.execute(LuaSource.of(chunk, "@test.lua"), arguments));
    }

    // -- Values --------------------------------------------------------------------------------------------------

    @Test
    void valuesOfAnyType() {
        assertEquals("test.lua:1: text", error("error('text')").value());
        assertEquals("text", error("error('text', 0)").value());
        assertEquals(5, error("error(5, 0)").value());
        assertEquals(true, error("error(true)").value());
        LuaException nothing = error("error(nil)");
        assertNull(nothing.value());
        assertEquals("nil", nothing.getMessage());
        LuaTable table = lua.table("code", 7);
        assertEquals(table, error("error(...)", table).value());
        LuaFunction function = (LuaFunction) lua.eval("print");
        assertEquals(function, error("error(print)").value());
        Object object = new Object();
        assertSame(object, error("error(...)", object).value());
        assertEquals(Long.MAX_VALUE, error("error(9223372036854775807LL)").value());
    }

    @Test
    void messagesOfValues() {
        assertEquals(
                "error value: readable",
                error("error(setmetatable({}, {__tostring = function() return 'readable' end}))")
                        .getMessage());
        String failing = error("error(setmetatable({}, {__tostring = function() error('no') end}))")
                .getMessage();
        assertTrue(failing.startsWith("error value: table: 0x"), failing);
        String wrong = error("error(setmetatable({}, {__tostring = function() return 5 end}))")
                .getMessage();
        assertTrue(wrong.startsWith("error value: "), wrong);
        assertEquals(
                "test.lua:1: größer als 5 € — 東京 😀",
                error("error('größer als 5 € — 東京 😀')").getMessage());
        assertEquals(
                "error value: {a=1}",
                error("error(...)", java.util.Map.of("a", 1)).getMessage());
    }

    @Test
    void syntaxErrors() {
        LuaSyntaxException e = assertThrows(
                LuaSyntaxException.class, () -> lua.compile(LuaSource.of("local x = 1\nlocal y = = 2", "@bad.lua")));
        assertEquals("bad.lua:2: unexpected symbol near '='", e.getMessage());
        assertEquals(e.getMessage(), e.value());
        assertThrows(LuaSyntaxException.class, () -> lua.compile("for"));
        assertThrows(LuaException.class, () -> lua.execute("assert(loadstring('x ='))"));
    }

    @Test
    void errorsInHandlers() {
        assertInstanceOf(LuaException.class, error("xpcall(error, function() error('again') end) error('after')"));
        assertEquals(
                Arrays.asList(false, "handled test.lua:1: x"),
                lua.execute(LuaSource.of(
                        "return xpcall(function() error('x') end, function(e) return 'handled ' .. e end)",
                        "@test.lua")));
    }

    // -- Frames --------------------------------------------------------------------------------------------------

    @Test
    void luaFramesAmongJavas() {
        lua.execute(LuaSource.of(
                "function outer(f)\n  local r = f()\n  return r\nend\nfunction inner()\n  error('deep')\nend",
                "@frames.lua"));
        LuaFunction outer = (LuaFunction) lua.globals().get("outer");
        LuaFunction inner = (LuaFunction) lua.globals().get("inner");
        LuaFunction between = lua.function(arguments -> inner.call());
        LuaException e = assertThrows(LuaException.class, () -> outer.call(between));
        List<String> places = Arrays.stream(e.getStackTrace())
                .filter(frame -> "frames.lua".equals(frame.getFileName())
                        || frame.getMethodName().contains("luaFramesAmongJavas"))
                .map(frame -> frame.getFileName() + ":"
                        + (frame.getClassName().startsWith("io.") ? "java" : frame.getLineNumber()))
                .toList();
        assertEquals("frames.lua:6", places.get(0), String.join("\n", Arrays.toString(e.getStackTrace())));
        assertTrue(places.contains("frames.lua:2"), places.toString());
        assertTrue(places.indexOf("ErrorTest.java:java") > 0, places.toString());
        assertEquals(
                6,
                e.luaStackTrace().get(0).getLineNumber() < 0
                        ? e.luaStackTrace().get(1).getLineNumber()
                        : e.luaStackTrace().get(0).getLineNumber());
    }

    // -- Java exceptions -----------------------------------------------------------------------------------------

    @Test
    void uncheckedOnesComeAsThemselves() {
        IllegalStateException thrown = new IllegalStateException("host");
        LuaFunction thrower = lua.function(arguments -> {
            throw thrown;
        });
        assertSame(thrown, assertThrows(IllegalStateException.class, thrower::call));
        assertSame(
                thrown,
                assertThrows(
                        IllegalStateException.class, () -> lua.eval("(function(f) return (f()) end)(...)", thrower)));
        LuaFunction nested = lua.function(arguments -> ((LuaFunction) arguments[0]).call());
        assertSame(thrown, assertThrows(IllegalStateException.class, () -> nested.call(thrower)));
        AssertionError error = new AssertionError("error");
        LuaFunction worse = lua.function(arguments -> {
            throw error;
        });
        assertSame(error, assertThrows(AssertionError.class, () -> lua.eval("(...)()", worse)));
    }

    @Test
    void checkedOnesAreTheCause() {
        IOException thrown = new IOException("disk");
        LuaFunction thrower = lua.function(arguments -> {
            throw thrown;
        });
        LuaException e = assertThrows(LuaException.class, () -> lua.eval("(...)()", thrower));
        assertSame(thrown, e.getCause());
        assertSame(thrown, e.value());
    }

    @Test
    void pcallCatchesThemAndErrorThrowsThemOn() {
        IllegalStateException thrown = new IllegalStateException("host");
        lua.globals().put("fail", lua.function(arguments -> {
            throw thrown;
        }));
        assertEquals(List.of(false, "host"), lua.execute("local ok, e = pcall(fail) return ok, e:getMessage()"));
        assertSame(thrown, ((List<?>) lua.eval("pcall(fail)")).get(1));
        assertSame(
                thrown,
                assertThrows(IllegalStateException.class, () -> lua.execute("local ok, e = pcall(fail) error(e)")));
        assertEquals(false, lua.execute("local co = coroutine.create(fail) return (coroutine.resume(co))"));
    }

    @Test
    void aLuaErrorThroughJavaKeepsItsValue() {
        LuaTable value = lua.table("v");
        LuaFunction through = lua.function(arguments -> ((LuaFunction) arguments[0]).call());
        lua.globals().put("through", through);
        lua.globals().put("value", value);
        assertEquals(
                List.of(false, true),
                lua.execute("local ok, e = pcall(through, function() error(value) end) return ok, rawequal(e, value)"));
        LuaException e = error("through(function() error(value) end)");
        assertEquals(value, e.value());
    }

    @Test
    void everythingGoesOnAfterwards() {
        for (int i = 0; i < 2000; i++) {
            error("error({})");
            assertThrows(LuaSyntaxException.class, () -> lua.compile("x x"));
        }
        assertEquals(2, lua.eval("1 + 1"));
        assertNotNull(lua.table());
        assertFalse(lua.isClosed());
    }

    @Test
    void nilThroughJava() {
        LuaFunction call = lua.function(arguments -> ((LuaFunction) arguments[0]).call());
        assertEquals(
                Arrays.asList(false, "nil"),
                lua.execute("local ok, e = pcall(..., function() error(nil) end) return ok, type(e)", call));
        assertEquals(
                Arrays.asList(false, "boolean"),
                lua.execute("local ok, e = pcall(..., function() error(false) end) return ok, type(e)", call));
    }

    @Test
    void framesOfAMessageThatACoroutineMadeLonger() {
        LuaFunction call = lua.function(arguments -> ((LuaFunction) arguments[0]).call());
        LuaException e = assertThrows(
                LuaException.class,
                () -> lua.execute(
                        LuaSource.of(
                                "local call = ...\nlocal function inner() error('x') end\n"
                                        + "coroutine.wrap(function() call(function() inner() end) end)()",
                                "@w.lua"),
                        call));
        assertEquals("w.lua:3: w.lua:2: x", e.getMessage());
        List<Integer> lines = e.luaStackTrace().stream()
                .filter(frame -> "w.lua".equals(frame.getFileName()))
                .map(StackTraceElement::getLineNumber)
                .toList();
        assertEquals(List.of(2, 3, 3, 3), lines);
    }

    @Test
    void theLineWhereACoroutineFailed() {
        LuaException e = assertThrows(
                LuaException.class,
                () -> lua.execute(
                        LuaSource.of("local function f()\n local n\n n()\nend\ncoroutine.wrap(f)()", "@l.lua")));
        assertEquals(3, e.luaStackTrace().get(0).getLineNumber());
        assertEquals(
                true,
                lua.execute("local co = coroutine.create(function() local n\n n() end) coroutine.resume(co)"
                        + " return debug.traceback(co):find(':2:') ~= nil"));
        LuaFunction failing = (LuaFunction) lua.eval("function() local n\n n() end");
        LuaException own =
                assertThrows(LuaException.class, () -> failing.coroutine().resume());
        assertEquals(2, own.luaStackTrace().get(0).getLineNumber());
    }

    /** The position of a message is put together, so the collector may come then. */
    @Test
    void finalizersDoNotChangeTheMessageOfAnError() {
        try (LuaRuntime lua = LuaRuntime.create()) {
            lua.globals().put("list", new java.util.ArrayList<>(List.of("other")));
            assertEquals(
                    0,
                    lua.execute("local wrong = 0 for i = 1, 6000 do local p = newproxy(true)"
                            + " getmetatable(p).__gc = function() list:get(0) end"
                            + " local ok, e = pcall(function() list:get('x' .. i) end)"
                            + " if not tostring(e):find('no java.util.ArrayList.get takes', 1, true) then"
                            + " wrong = wrong + 1 end end return wrong"));
        }
    }
}
