package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Errors through frames of both languages: one exception, one stack trace. */
class ExceptionsTest {
    private final LuaRuntime lua = LuaRuntime.create();

    @BeforeEach
    void open() {
        lua.globals().put("outer", lua.function(arguments -> outer((LuaFunction) arguments[0])));
        lua.globals().put("fail", lua.function(arguments -> {
            throw fail((Throwable) arguments[0]);
        }));
        lua.compile(LuaSource.of("""
                function throws(e) fail(e) end           -- 1
                function raises(v) error(v, 0) end       -- 2
                function through(f) return (outer(f)) end -- 3
                function wrapped(f)                      -- 4
                  local co = coroutine.wrap(function()   -- 5
                    f()                                  -- 6
                  end)                                   -- 7
                  co()                                   -- 8
                end                                      -- 9
                """, "@s.lua")).call();
    }

    @AfterEach
    void close() {
        lua.close();
    }

    private static Object outer(LuaFunction function) {
        return function.call();
    }

    private static Exception fail(Throwable thrown) throws Exception {
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (Exception) thrown;
    }

    private LuaFunction function(String code) {
        return assertInstanceOf(LuaFunction.class, lua.eval("function() " + code + " end"));
    }

    /** The scripts' lines and this class's methods in a stack trace, innermost first. */
    private static String frames(Throwable thrown) {
        List<String> frames = new ArrayList<>();
        for (StackTraceElement frame : thrown.getStackTrace()) {
            if ("s.lua".equals(frame.getFileName())) {
                frames.add(String.valueOf(frame.getLineNumber()));
            } else if (frame.getClassName().equals(ExceptionsTest.class.getName())
                    && !frame.getMethodName().contains("lambda")) {
                frames.add(frame.getMethodName());
            }
        }
        return String.join(" ", frames);
    }

    private static LuaException suppressed(Throwable thrown) {
        assertEquals(1, thrown.getSuppressed().length);
        return assertInstanceOf(LuaException.class, thrown.getSuppressed()[0]);
    }

    @Test
    void luaErrorsThroughJava() {
        LuaException e = assertThrows(LuaException.class, () -> function("through(function() raises('boom') end)")
                .call());
        assertEquals("boom", e.value());
        assertEquals("2 outer 3 luaErrorsThroughJava", frames(e));
        assertEquals("2 3", lines(e));
    }

    private static String lines(LuaException e) {
        List<String> lines = new ArrayList<>();
        for (StackTraceElement frame : e.luaStackTrace()) {
            if ("s.lua".equals(frame.getFileName())) {
                lines.add(String.valueOf(frame.getLineNumber()));
            }
        }
        return String.join(" ", lines);
    }

    @Test
    void threeLayersOfEach() {
        LuaException e = assertThrows(
                LuaException.class, () -> function("through(function() through(function() raises(t) end) end)")
                        .call());
        assertEquals("2 outer 3 outer 3 threeLayersOfEach", frames(e));
    }

    @Test
    void tablesAsErrorsKeepTheirTrace() {
        lua.execute("t = {}");
        LuaException e = assertThrows(LuaException.class, () -> function("through(function() raises(t) end)")
                .call());
        assertEquals(lua.globals().get("t"), e.value());
        assertEquals("2 outer 3 tablesAsErrorsKeepTheirTrace", frames(e));
        assertEquals(true, lua.eval("select(2, pcall(through, function() raises(t) end)) == t"));
    }

    @Test
    void javaExceptionsThroughLua() {
        for (Throwable thrown : List.of(new IllegalStateException("x"), new AssertionError("x"))) {
            lua.globals().put("e", thrown);
            assertSame(thrown, assertThrows(thrown.getClass(), () -> function("through(function() throws(e) end)")
                    .call()));
            assertEquals("1 outer 3 javaExceptionsThroughLua", frames(suppressed(thrown)));
            assertEquals("1 3", lines(suppressed(thrown)));
            // Thrown again it is still itself, and its trace does not grow.
            assertThrows(thrown.getClass(), () -> function("through(function() throws(e) end)")
                    .call());
            assertEquals("1 3", lines(suppressed(thrown)));
        }
    }

    @Test
    void checkedExceptionsAreTheCause() {
        IOException thrown = new IOException("x");
        lua.globals().put("e", thrown);
        LuaException e = assertThrows(LuaException.class, () -> function("through(function() throws(e) end)")
                .call());
        assertSame(thrown, e.getCause());
        assertEquals("1 outer 3 checkedExceptionsAreTheCause", frames(e));
    }

    @Test
    void coroutinesAreInTheTrace() {
        LuaException e = assertThrows(LuaException.class, () -> function("wrapped(function() raises('boom') end)")
                .call());
        assertEquals("2 6 8 coroutinesAreInTheTrace", frames(e));
        lua.globals().put("e", new IllegalStateException("x"));
        IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> function(
                        "wrapped(function() through(function() wrapped(function() throws(e) end) end) end)")
                .call());
        assertEquals("1 6 8 outer 3 6 8 coroutinesAreInTheTrace", frames(suppressed(thrown)));
    }

    @Test
    void pcallGivesTheExceptionAndErrorThrowsItOn() {
        IOException thrown = new IOException("message");
        lua.globals().put("e", thrown);
        assertSame(thrown, lua.eval("select(2, pcall(throws, e))"));
        assertEquals("message", lua.eval("select(2, pcall(throws, e)):getMessage()"));
        assertEquals("message", lua.eval("select(2, pcall(throws, e)).message"));
        assertSame(thrown, lua.eval("select(2, xpcall(function() throws(e) end, function(x) return x end))"));
        assertSame(thrown, lua.eval("select(2, coroutine.resume(coroutine.create(throws), e))"));
        LuaException again = assertThrows(LuaException.class, () -> lua.execute("error(select(2, pcall(throws, e)))"));
        assertSame(thrown, again.getCause());
        Error error = new AssertionError("x");
        lua.globals().put("e", error);
        assertSame(error, lua.eval("select(2, pcall(throws, e))"));
    }

    @Test
    void laterErrorsAreTheirOwn() {
        lua.globals().put("ping", lua.function(arguments -> null));
        LuaException first = assertThrows(LuaException.class, () -> function("through(function() raises('boom') end)")
                .call());
        LuaException second = assertThrows(LuaException.class, () -> function(
                        "pcall(through, function() raises('boom') end) ping() raises('boom')")
                .call());
        assertNotSame(first, second);
        assertEquals("2 laterErrorsAreTheirOwn", frames(second));
    }

    @Test
    void checkedExceptionsOfCallablesArriveAsThemselves() throws Exception {
        IOException thrown = new IOException("x");
        Callable<Object> callable = () -> {
            throw thrown;
        };
        lua.globals().put("c", callable);
        assertSame(thrown, lua.eval("select(2, pcall(c))"));
        assertSame(thrown, lua.eval("select(2, pcall(c.call))"));
    }
}
