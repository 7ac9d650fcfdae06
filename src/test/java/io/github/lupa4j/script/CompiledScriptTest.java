package io.github.lupa4j.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaFunction;
import java.io.Reader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.script.Bindings;
import javax.script.CompiledScript;
import javax.script.ScriptContext;
import javax.script.ScriptEngine;
import javax.script.ScriptException;
import javax.script.SimpleBindings;
import javax.script.SimpleScriptContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compiled scripts: the same results as text, with any Bindings, on any thread. */
class CompiledScriptTest {
    private final LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine();

    @AfterEach
    void close() {
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1 + 1",
                "return 1 + 1",
                "1, nil, 'x'",
                "",
                "local x = 0 for i = 1, 10 do x = x + i end return x",
                "string.rep('ab', 3)",
                "return",
                "select('#', ...)",
            })
    void givesWhatTextGives(String script) throws Exception {
        Object expected = engine.eval(script);
        CompiledScript compiled = engine.compile(script);
        assertEquals(expected, compiled.eval());
        assertEquals(expected, compiled.eval());
        assertEquals(expected, compiled.eval(new SimpleBindings()));
        assertEquals(expected, engine.compile(new StringReader(script)).eval());
        assertSame(engine, compiled.getEngine());
    }

    @Test
    void seesTheGlobalsOfTheMoment() throws Exception {
        CompiledScript compiled = engine.compile("x = (x or 0) + 1 return x");
        assertNull(engine.get("x"), "compiling runs nothing");
        assertEquals(1, compiled.eval());
        assertEquals(2, compiled.eval());
        engine.put("x", 10);
        assertEquals(11, compiled.eval());
    }

    @Test
    void freshBindingsShareNothing() throws Exception {
        CompiledScript compiled = engine.compile("n = (n or 0) + by local l = (l or 0) + 1 return n, l");
        for (int i = 0; i < 100; i++) {
            Bindings bindings = new SimpleBindings();
            bindings.put("by", i);
            assertEquals(List.of(i, 1), compiled.eval(bindings));
            assertEquals(List.of(2 * i, 1), compiled.eval(bindings));
            assertEquals(2 * i, bindings.get("n"));
            assertEquals(2, bindings.size());
        }
        assertNull(engine.get("n"));
    }

    @Test
    void runsInAContext() throws Exception {
        CompiledScript compiled = engine.compile("x = x + g return x");
        ScriptContext context = new SimpleScriptContext();
        context.setAttribute("x", 1, ScriptContext.ENGINE_SCOPE);
        context.setBindings(new SimpleBindings(java.util.Map.of("g", 10)), ScriptContext.GLOBAL_SCOPE);
        assertEquals(11, compiled.eval(context));
        assertEquals(11, context.getAttribute("x"));
    }

    @Test
    void nullBindingsAreTheEnginesOwn() throws Exception {
        engine.put("x", 7);
        assertEquals(7, engine.compile("x").eval((Bindings) null));
    }

    @Test
    void nullsAreRefused() {
        assertThrows(NullPointerException.class, () -> engine.compile((String) null));
        assertThrows(NullPointerException.class, () -> engine.compile((Reader) null));
        assertThrows(NullPointerException.class, () -> engine.compile("1").eval((ScriptContext) null));
    }

    @Test
    void syntaxErrorsComeAtCompileTime() {
        engine.put(ScriptEngine.FILENAME, "bad.lua");
        ScriptException e = assertThrows(ScriptException.class, () -> engine.compile("x = 1\ny = = 2"));
        assertEquals("bad.lua", e.getFileName());
        assertEquals(2, e.getLineNumber());
    }

    @Test
    void runtimeErrorsNameFileAndLine() throws Exception {
        engine.put(ScriptEngine.FILENAME, "good.lua");
        CompiledScript compiled = engine.compile("local x = 1\n\nerror('failed')");
        ScriptException own = assertThrows(ScriptException.class, compiled::eval);
        ScriptException other = assertThrows(ScriptException.class, () -> compiled.eval(new SimpleBindings()));
        for (ScriptException e : List.of(own, other)) {
            assertEquals("good.lua", e.getFileName());
            assertEquals(3, e.getLineNumber());
            assertTrue(e.getMessage().contains("failed"), e.getMessage());
        }
    }

    @Test
    void argumentsAreThoseOfTheEvaluation() throws Exception {
        CompiledScript compiled = engine.compile("return select('#', ...), (...), arg and arg[1]");
        Bindings bindings = new SimpleBindings();
        bindings.put(ScriptEngine.ARGV, new String[] {"a", "b"});
        assertEquals(List.of(2, "a", "a"), compiled.eval(bindings));
        List<?> none = (List<?>) compiled.eval(new SimpleBindings());
        assertEquals(0, none.get(0));
        assertNull(none.get(2));
    }

    @Test
    void functionsOfTheSameScriptKeepTheirBindings() throws Exception {
        CompiledScript compiled = engine.compile("return function() return x end");
        Bindings one = new SimpleBindings();
        Bindings other = new SimpleBindings();
        one.put("x", 1);
        other.put("x", 2);
        LuaFunction first = (LuaFunction) compiled.eval(one);
        LuaFunction second = (LuaFunction) compiled.eval(other);
        assertEquals(1, first.call());
        assertEquals(2, second.call());
        assertFalse(first.equals(second));
        one.put("x", 3);
        assertEquals(3, first.call());
    }

    @Test
    void mayEvaluateItselfWithOtherBindings() throws Exception {
        CompiledScript[] compiled = new CompiledScript[1];
        compiled[0] = engine.compile("if depth == 0 then return 0 end local inner = again() return inner + depth");
        Bindings[] scopes = new Bindings[11];
        for (int i = 0; i <= 10; i++) {
            int depth = i;
            scopes[i] = new SimpleBindings();
            scopes[i].put("depth", i);
            Supplier<Object> again = () -> {
                try {
                    return compiled[0].eval(scopes[depth - 1]);
                } catch (ScriptException e) {
                    throw new IllegalStateException(e);
                }
            };
            scopes[i].put("again", again);
        }
        assertEquals(55, compiled[0].eval(scopes[10]));
    }

    @Test
    void isSharedByThreads() throws Exception {
        CompiledScript compiled = engine.compile(
                "local sum = 0 for i = 1, n do sum = sum + i end result = sum own = name return sum, name");
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> futures = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                int thread = t;
                futures.add(threads.submit((Callable<?>) () -> {
                    for (int i = 0; i < 500; i++) {
                        Bindings bindings = new SimpleBindings();
                        bindings.put("n", i);
                        bindings.put("name", "thread " + thread);
                        assertEquals(List.of(i * (i + 1) / 2, "thread " + thread), compiled.eval(bindings));
                        assertEquals(i * (i + 1) / 2, bindings.get("result"));
                        assertEquals("thread " + thread, bindings.get("own"));
                        assertEquals(4, bindings.size());
                    }
                    return null;
                }));
            }
            for (Future<?> future : futures) {
                future.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void isCompiledBySeveralThreadsAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Object>> futures = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                String script = "local x = " + i + " return x * 2";
                futures.add(threads.submit(() -> engine.compile(script).eval()));
            }
            for (int i = 0; i < 400; i++) {
                assertEquals(2 * i, futures.get(i).get(60, TimeUnit.SECONDS));
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
