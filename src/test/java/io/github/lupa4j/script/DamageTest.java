package io.github.lupa4j.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.testing.ChildJvm;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.script.Bindings;
import javax.script.ScriptException;
import javax.script.SimpleBindings;
import org.junit.jupiter.api.Test;

/** Scripts that damage their own state by what the debug library gives them: never the JVM. */
class DamageTest {
    /** Each leaves the engine in a sorry state. */
    private static final List<String> DAMAGE = List.of(
            "local r = debug.getregistry() for k in pairs(r) do r[k] = nil end",
            "local r = debug.getregistry() for k in pairs(r) do r[k] = 1 end",
            "local r = debug.getregistry() for k in pairs(r) do r[k] = {} end",
            "local r = debug.getregistry() for k in pairs(r) do r[k] = 'junk' end",
            "local r = debug.getregistry() for k in pairs(r) do r[k] = print end",
            "local r = debug.getregistry() for k in pairs(r) do r[k] = newproxy(true) end",
            "local r = debug.getregistry() for i = -100, 100 do r[i] = i end",
            "local r = debug.getregistry() for _, v in pairs(r) do if type(v) == 'table' then"
                    + " for k in pairs(v) do v[k] = nil end end end",
            "local r = debug.getregistry() for _, v in pairs(r) do if type(v) == 'table' then"
                    + " for k in pairs(v) do v[k] = 'junk' end end end",
            "local r = debug.getregistry() for _, v in pairs(r) do if type(v) == 'table' then"
                    + " debug.setmetatable(v, { __index = error, __newindex = error, __gc = error, __mode = 'kv' }) end end",
            "debug.setmetatable(debug.getregistry(), { __index = error, __newindex = error })",
            "debug.setmetatable(debug.getregistry(), { __mode = 'kv' }) collectgarbage()",
            "for k in pairs(_G) do _G[k] = nil end",
            "for k in pairs(io) do io[k] = nil end for k in pairs(string) do string[k] = nil end",
            "for k in pairs(io) do io[k] = 1 end",
            "for k in pairs(package.loaded) do package.loaded[k] = 1 end",
            "setmetatable(_G, { __index = error, __newindex = error })",
            "local m = debug.getmetatable('') for k in pairs(m) do m[k] = nil end",
            "for _, v in ipairs { 1, true, '', print, coroutine.create(print) } do debug.setmetatable(v, { __index = error,"
                    + " __call = error, __tostring = error, __eq = error, __len = error, __gc = error }) end"
                    + " debug.setmetatable(nil, { __index = error, __call = error })",
            // Of Java objects
            "local m = debug.getmetatable(list) for k in pairs(m) do m[k] = nil end",
            "local m = debug.getmetatable(list) for k in pairs(m) do m[k] = 1 end",
            "local m = debug.getmetatable(list) for k in pairs(m) do m[k] = print end",
            "local m = debug.getmetatable(list) m.__gc(list) m.__gc(list)",
            "local m = debug.getmetatable(list) for k, f in pairs(m) do if type(f) == 'function' then pcall(f)"
                    + " pcall(f, 1) pcall(f, {}, {}) pcall(f, newproxy(true), 1) pcall(f, io.stdout, 1, 2)"
                    + " pcall(f, nil, nil, nil) pcall(f, list) end end",
            "debug.setmetatable(list, {}) debug.setmetatable(map, nil)",
            "debug.setmetatable(newproxy(true), debug.getmetatable(list))",
            "local u = debug.setmetatable(newproxy(true), debug.getmetatable(list)) pcall(tostring, u)"
                    + " pcall(function() return u.x end) pcall(call, u) pcall(function() u() end) u = nil collectgarbage()",
            "local u = debug.setmetatable(io.stdout, debug.getmetatable(list)) pcall(tostring, u)"
                    + " pcall(function() return u.x end) pcall(call, u) pcall(function() u() end)",
            "local t = debug.setmetatable({}, debug.getmetatable(list)) pcall(tostring, t)"
                    + " pcall(function() return t.x end) pcall(call, t) pcall(function() t() end) pcall(function() return #t end)",
            "debug.setmetatable(list, debug.getmetatable(io.stdout)) pcall(function() list:write('x') end)"
                    + " pcall(function() list:read('*a') end) pcall(tostring, list) pcall(function() list:close() end)",
            // Of functions
            "for _, f in pairs { print, io.write, io.read, call, list.get, os.exit, io.lines, tostring } do"
                    + " for i = 1, 10 do debug.setupvalue(f, i, i) end debug.setfenv(f, {}) end",
            "for _, f in pairs { print, io.write, io.read, call, list.get, io.lines } do"
                    + " for i = 1, 10 do debug.setupvalue(f, i, newproxy(true)) end end",
            "debug.setupvalue(call, 1, io.stdout) pcall(call, print)",
            "for _, f in pairs(io) do if type(f) == 'function' then debug.setupvalue(f, 1, nil) pcall(f) end end",
            "for l = 0, 20 do for i = -10, 10 do pcall(debug.setlocal, l, i, {}) end end",
            "for l = 0, 20 do pcall(debug.getinfo, l, 'nSlufL>') pcall(setfenv, l, {}) end",
            "debug.sethook(error, 'crl', 1)",
            "debug.sethook(function() debug.sethook() error('hook') end, 'crl', 1)",
            "debug.sethook(function() coroutine.yield() end, 'l')",
            "collectgarbage('stop') for i = 1, 1000 do local u = newproxy(true) getmetatable(u).__gc = error end"
                    + " collectgarbage('restart')",
            "local ffi = require('ffi') ffi.metatype('struct { int damaged; }', { __gc = error })"
                    + " ffi.new('struct { int damaged; }') collectgarbage()",
            "coroutine.wrap(function() debug.setmetatable(list, {}) debug.getregistry()[1] = coroutine.running()"
                    + " coroutine.yield() end)()",
            "string.dump = nil load = nil pcall = nil xpcall = nil error = nil coroutine = nil debug = nil",
            "local c = coroutine.create(print) debug.setmetatable(c, { __index = coroutine, __gc = error })"
                    + " debug.sethook(c, error, 'crl', 1) coroutine.resume(c)");

    /** What a host does with an engine afterwards; it may fail, but not crash. */
    private static final List<String> USE = List.of(
            "print(list, map, 1, 'x', {}, nil)",
            "list:add('x') return list:size()",
            "return list[1], #list, tostring(list), list == map, pcall(function() return list < map end)",
            "map.x = 1 return map.x, map.unknown",
            "for k, v in pairs(map) do local _ = k end for i, v in ipairs(list) do local _ = v end",
            "return call(function() return 1 end)",
            "io.write('x', 1) io.stdout:write('y') io.stderr:write('z') return io.read('*l')",
            "for line in io.lines() do local _ = line end",
            "return coroutine.wrap(function() return call(print) end)()",
            "return pcall(error, list)",
            "error(list)",
            "error({})",
            "return list.get, list.unknown",
            "return ('x'):rep(10), string.format('%s', list)",
            "x = 1 function f() return x end return f()",
            "local u = newproxy(true) getmetatable(u).__gc = function() call(print) end u = nil collectgarbage()",
            "return (('x'):gsub('x', function() return call(tostring) end))");

    /** Damages an engine, uses it in every way, and then proves that another one works. */
    static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws Exception {
            for (String damage : DAMAGE) {
                attempt(damage, false);
                attempt(damage, true);
            }
            System.out.println("survived");
        }

        private static void attempt(String damage, boolean foreign) throws Exception {
            try (LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine()) {
                engine.getContext().setWriter(new StringWriter());
                engine.getContext().setErrorWriter(new StringWriter());
                engine.getContext().setReader(new StringReader("first\nsecond\nthird\n"));
                Bindings bindings = foreign ? new SimpleBindings() : engine.getBindings(100);
                bindings.put("list", new ArrayList<>(List.of("a", "b")));
                bindings.put("map", new java.util.HashMap<>(Map.of("k", 1)));
                bindings.put("call", (Function<LuaFunction, Object>) LuaFunction::call);
                tryTo(() -> engine.eval("list:size() print('before')", bindings));
                tryTo(() -> engine.eval(damage, bindings));
                for (int i = 0; i < 2; i++) {
                    for (String use : USE) {
                        tryTo(() -> engine.eval(use, bindings));
                    }
                    tryTo(() -> engine.invokeFunction("f"));
                    tryTo(() -> engine.getBindings(100).entrySet().toString());
                    tryTo(() -> engine.getInterface(Runnable.class));
                    tryTo(() -> engine.compile("return list").eval(bindings));
                    tryTo(() -> engine.compile("syntax error"));
                    tryTo(() -> {
                        engine.put("another", new Object());
                        return engine.runtime().table(1, 2, 3).toString();
                    });
                    tryTo(() -> {
                        engine.runtime().gc();
                        return null;
                    });
                }
            }
            try (LuaScriptEngine other = new LuaScriptEngineFactory().getScriptEngine()) {
                assertEquals(2, other.eval("1 + 1"));
            }
        }

        interface Use {
            Object use() throws Exception;
        }

        private static void tryTo(Use use) throws Exception {
            try {
                use.use();
            } catch (ScriptException | NoSuchMethodException | RuntimeException e) {
                assertTrue(!String.valueOf(e.getMessage()).contains("this is a bug"), () -> "failed with " + e);
            }
        }
    }

    @Test
    void survived() throws Exception {
        String output = ChildJvm.run(Main.class);
        assertTrue(output.endsWith("survived\n"), output);
    }
}
