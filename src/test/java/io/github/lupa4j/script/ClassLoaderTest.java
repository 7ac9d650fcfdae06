package io.github.lupa4j.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.testing.Garbage;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import javax.script.Invocable;
import javax.script.ScriptEngine;
import javax.script.ScriptEngineManager;
import javax.script.ScriptException;
import org.junit.jupiter.api.Test;

/** The library in class loaders of all kinds, as containers have them. */
class ClassLoaderTest {
    /** A class loader with a copy of the library for itself. */
    private static URLClassLoader loader() throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            urls.add(new File(path).toURI().toURL());
        }
        return new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
    }

    private static ScriptEngine engineOf(ClassLoader loader) {
        ScriptEngine engine = new ScriptEngineManager(loader).getEngineByName("lua");
        assertNotNull(engine);
        assertSame(loader, engine.getClass().getClassLoader());
        return engine;
    }

    private static <T> T underContextLoader(ClassLoader loader, Callable<T> code) throws Exception {
        FutureTask<T> task = new FutureTask<>(code);
        Thread thread = new Thread(task);
        thread.setContextClassLoader(loader);
        thread.start();
        return task.get();
    }

    @Test
    void anyContextClassLoaderWillDo() throws Exception {
        try (URLClassLoader empty = new URLClassLoader(new URL[0], null)) {
            for (ClassLoader loader : new ClassLoader[] {null, empty, ClassLoader.getPlatformClassLoader()}) {
                assertEquals(List.of("table", 3), underContextLoader(loader, () -> {
                    try (LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine()) {
                        engine.eval("function run() ran = true end");
                        engine.getInterface(Runnable.class).run();
                        assertEquals(true, engine.get("ran"));
                        engine.put("o", new ArrayList<>(List.of(1, 2, 3)));
                        return engine.eval("return type(string), o:size()");
                    }
                }));
            }
        }
    }

    @Test
    void severalClassLoadersAtTheSameTime() throws Exception {
        try (URLClassLoader first = loader();
                URLClassLoader second = loader();
                LuaScriptEngine here = new LuaScriptEngineFactory().getScriptEngine()) {
            ScriptEngine a = engineOf(first);
            ScriptEngine b = engineOf(second);
            assertNotSame(a.getClass(), b.getClass());
            assertNotEquals(LuaScriptEngine.class, a.getClass());
            for (ScriptEngine engine : List.of(a, b, here)) {
                engine.put("x", engine.getClass());
                engine.eval("function f(n) local s = 0 for i = 1, n do s = s + i end return s end");
            }
            for (ScriptEngine engine : List.of(a, b, here)) {
                assertSame(engine.getClass(), engine.get("x"));
                assertEquals(500_500, ((Invocable) engine).invokeFunction("f", 1000));
                assertThrows(ScriptException.class, () -> engine.eval("error('x')"));
            }
            Object foreign = a.eval("return {}");
            assertEquals("userdata", typeIn(b, foreign));
            ((AutoCloseable) a).close();
            assertEquals(2, b.eval("return 1 + 1"));
            assertEquals(2, here.eval("return 1 + 1"));
            ((AutoCloseable) b).close();
        }
    }

    /** What an object of another copy of the library is in an engine: a Java object like any other. */
    private static Object typeIn(ScriptEngine engine, Object object) throws ScriptException {
        engine.put("foreign", object);
        return engine.eval("return type(foreign)");
    }

    @Test
    void aDroppedClassLoaderIsCollectable() throws Exception {
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            loaders.add(useAndDrop(i));
        }
        assertTrue(
                Garbage.collectUntil(() -> loaders.stream().allMatch(reference -> reference.get() == null)),
                "all class loaders are gone");
    }

    /** Engines closed and not closed, scripts stopped in time, threads that have ended. */
    private static WeakReference<ClassLoader> useAndDrop(int i) throws Exception {
        URLClassLoader loader = loader();
        ScriptEngine engine = engineOf(loader);
        ScriptEngine closed = engineOf(loader);
        engine.put("engine", engine);
        engine.put("object", new Object());
        underContextLoader(loader, () -> engine.eval("t = {} function f() return t, engine end return f"));
        assertEquals(i, closed.eval("return " + i));
        Object runtime = closed.getClass().getMethod("runtime").invoke(closed);
        runtime.getClass().getMethod("interrupt").invoke(runtime);
        ((AutoCloseable) closed).close();
        return new WeakReference<>(loader);
    }
}
