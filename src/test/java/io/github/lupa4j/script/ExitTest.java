package io.github.lupa4j.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaException;
import io.github.lupa4j.LuaFunction;
import java.io.StringWriter;
import java.util.List;
import java.util.function.Function;
import javax.script.ScriptException;
import javax.script.SimpleBindings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code os.exit} ends the script, wherever it is called, and never the JVM. */
class ExitTest {
    private final LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine();

    @BeforeEach
    void prepare() {
        engine.getContext().setErrorWriter(new StringWriter());
        engine.put("call", (Function<LuaFunction, Object>) LuaFunction::call);
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private void assertWorks() throws ScriptException {
        assertEquals(5050, engine.eval("local s = 0 for i = 1, 100 do s = s + i end return s"));
        assertEquals("A", engine.eval("(('a'):gsub('a', function(c) return c:upper() end))"));
        assertEquals(7, engine.eval("call(coroutine.wrap(function() return 7 end))"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "os.exit()",
                "os.exit(0)",
                "os.exit(3)",
                "os.exit(true)",
                "os.exit(false)",
                "os.exit(3, true)",
                "os.exit('junk')",
                "os.exit({})",
                "return os.exit()",
                "pcall(os.exit)",
                "pcall(os.exit, 1) after = true",
                "while true do pcall(os.exit, 1) end",
                "return pcall(pcall, os.exit)",
                "xpcall(os.exit, function(e) return e end) after = true",
                "xpcall(error, os.exit) after = true",
                "coroutine.wrap(os.exit)() after = true",
                "coroutine.wrap(function() os.exit() end)() after = true",
                "coroutine.resume(coroutine.create(os.exit)) after = true",
                "local c = coroutine.create(os.exit) while true do coroutine.resume(c) end",
                "call(os.exit) after = true",
                "pcall(call, os.exit) after = true",
                "call(function() pcall(call, os.exit) after = true end) after = true",
                "('x'):gsub('x', os.exit) after = true",
                "table.sort({ 3, 2, 1 }, function() os.exit() end) after = true",
                "local x = tostring(setmetatable({}, { __tostring = os.exit })) after = true",
                "local x = setmetatable({}, { __index = os.exit }).x after = true",
                "load(function() os.exit() end) after = true",
                "debug.sethook(function() debug.sethook() os.exit() end, '', 1) while true do end",
            })
    void endsTheScript(String script) throws Exception {
        ScriptException e = assertThrows(ScriptException.class, () -> engine.eval(script));
        assertInstanceOf(LuaException.class, e.getCause());
        assertTrue(e.getMessage().contains("os.exit"), e.getMessage());
        assertEquals(List.of(false), List.of(engine.getBindings(100).containsKey("after")));
        assertWorks();
        e = assertThrows(ScriptException.class, () -> engine.eval(script, new SimpleBindings(engine.getBindings(100))));
        assertTrue(e.getMessage().contains("os.exit"), e.getMessage());
        assertWorks();
    }

    @Test
    void endsFunctionsThatJavaCalls() throws Exception {
        engine.eval("function run() pcall(os.exit, 7) after = true end");
        assertThrows(ScriptException.class, () -> engine.invokeFunction("run"));
        assertThrows(LuaException.class, () -> assertInstanceOf(LuaFunction.class, engine.get("run"))
                .call());
        Runnable run = engine.getInterface(Runnable.class);
        assertNotNull(run);
        assertThrows(LuaException.class, run::run);
        assertWorks();
    }

    @Test
    void ofAFinalizerDoesNoHarm() throws Exception {
        try {
            engine.eval(
                    "local u = newproxy(true) getmetatable(u).__gc = function() os.exit() end u = nil collectgarbage()");
        } catch (ScriptException e) {
            assertTrue(e.getMessage().contains("os.exit"), e.getMessage());
        }
        assertWorks();
        engine.eval("kept = newproxy(true) getmetatable(kept).__gc = function() os.exit() end");
    }
}
