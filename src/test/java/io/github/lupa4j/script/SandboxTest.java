package io.github.lupa4j.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaException;
import io.github.lupa4j.LuaMemoryException;
import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaSource;
import io.github.lupa4j.LuaSyntaxException;
import io.github.lupa4j.LuaTimeoutException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.script.Bindings;
import javax.script.ScriptContext;
import javax.script.ScriptEngineManager;
import javax.script.ScriptException;
import javax.script.SimpleBindings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sandbox: a script reaches what was put in, and nothing else. */
class SandboxTest {
    private final LuaScriptEngine engine = new LuaSandboxEngineFactory().getScriptEngine();

    @AfterEach
    void close() {
        engine.close();
    }

    /** Something that a host would put in. */
    public static final class Account {
        public static final int LIMIT = 100;
        public int balance = 7;
        private final int secret = 42;

        public int add(int amount) {
            balance += amount;
            return balance;
        }

        int hidden() {
            return secret;
        }

        public static Runtime runtime() {
            return Runtime.getRuntime();
        }
    }

    // -- What is there -------------------------------------------------------------------------------------------

    @Test
    void isFoundByItsName() {
        assertInstanceOf(LuaScriptEngine.class, new ScriptEngineManager().getEngineByName("lua-sandbox"));
    }

    @Test
    void theSafeLibraryWorks() throws Exception {
        engine.getContext().setWriter(new StringWriter());
        assertEquals(
                List.of("ABC", 3, "1,2", 6, 5),
                engine.eval("print('x') return ('abc'):upper(), math.max(1, 3), table.concat({ 1, 2 }, ','),"
                        + " bit.bor(2, 4), select('#', pcall(error, 'x')) + 3"));
        assertEquals(1, engine.eval("return coroutine.wrap(function() coroutine.yield(1) end)()"));
        assertEquals(true, engine.eval("return os.time() > 0 and os.clock() >= 0 and os.date() ~= nil"));
        assertEquals(3, engine.eval("return load('return 1 + 2')()"));
        assertEquals("x", engine.getContext().getWriter().toString().trim());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "collectgarbage",
                "debug",
                "dofile",
                "ffi",
                "io",
                "jit",
                "loadfile",
                "module",
                "newproxy",
                "package",
                "require",
                "java",
                "luajava",
                "os.execute",
                "os.getenv",
                "os.remove",
                "os.rename",
                "os.tmpname",
                "os.setlocale",
                "string.dump"
            })
    void theRestIsNil(String name) throws Exception {
        assertNull(engine.eval("return " + name));
        assertNull(engine.eval("return " + name, new SimpleBindings()));
        assertNull(engine.eval("return getfenv(0)." + name));
        assertNull(engine.eval("return _G." + name));
        assertEquals(
                true,
                engine.eval("return pcall(function() return getmetatable('').__index.dump end) and"
                        + " (('x').dump == nil)"));
    }

    /** Every global and library function that a script can get at, by walking from what it has. */
    @Test
    void nothingElseIsReachable() throws Exception {
        Set<String> known = Set.of(
                "_G",
                "_VERSION",
                "assert",
                "bit",
                "coroutine",
                "error",
                "gcinfo",
                "getfenv",
                "getmetatable",
                "ipairs",
                "load",
                "loadstring",
                "math",
                "next",
                "os",
                "pairs",
                "pcall",
                "print",
                "rawequal",
                "rawget",
                "rawlen",
                "rawset",
                "select",
                "setfenv",
                "setmetatable",
                "string",
                "table",
                "tonumber",
                "tostring",
                "type",
                "unpack",
                "xpcall");
        String names = (String) engine.eval("local names = {} for name in pairs(_G) do names[#names + 1] = name end"
                + " return table.concat(names, ' ')");
        for (String name : names.split(" ", -1)) {
            assertTrue(known.contains(name), name);
        }
        assertEquals(
                "clock date difftime exit time",
                engine.eval("local n = {} for k in pairs(os) do n[#n + 1] = k end table.sort(n)"
                        + " return table.concat(n, ' ')"));
    }

    // -- Java ------------------------------------------------------------------------------------------------------

    @Test
    void publicMethodsOfWhatIsPutInWork() throws Exception {
        engine.put("account", new Account());
        assertEquals(10, engine.eval("return account:add(3)"));
        assertEquals(11, engine.eval("return account.add(1)"));
        engine.put("list", new ArrayList<>(List.of("a", "b")));
        engine.put("map", Map.of("k", "v"));
        engine.put("twice", (Function<Integer, Object>) n -> n * 2);
        assertEquals(Arrays.asList("a", 2, "v", 14), engine.eval("return list[1], #list, map.k, twice(7)"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "account:getClass()",
                "account.getClass()",
                "account.class",
                "account:hidden()",
                "account.balance",
                "account.LIMIT",
                "account.runtime()",
                "account:runtime()",
                "account.secret",
                "account:wait()",
                "account:notify()",
                "account:notifyAll()",
                "account:wait(1000000)",
                "list:getClass():forName('java.lang.Runtime')",
                "list.class.classLoader",
                "text:getClass()",
                "supplier:get():getClass()",
                "type.forName('java.lang.Runtime')",
                "type:getClassLoader()",
                "type.name",
                "type('x')",
                "type.new('x')",
                "thrown:getClass()",
                "select(2, pcall(fail)):getClass()",
                "account.add.getClass()",
                "account['getClass'](account)",
                "next(list:getClass())",
            })
    void theWayToTheRestOfTheJvmIsClosed(String script) throws Exception {
        Bindings bindings = engine.getBindings(ScriptContext.ENGINE_SCOPE);
        for (Bindings scope : List.of(bindings, new SimpleBindings())) {
            scope.put("account", new Account());
            scope.put("list", new ArrayList<>(List.of(1)));
            scope.put("text", new StringBuilder("x"));
            scope.put("supplier", (Supplier<Object>) Object::new);
            scope.put("type", StringBuilder.class);
            scope.put("thrown", new IllegalStateException("x"));
            scope.put("fail", (Supplier<Object>) () -> {
                throw new IllegalStateException("x");
            });
            Object result = null;
            try {
                result = engine.eval("return " + script, scope);
            } catch (ScriptException e) {
                assertNotNull(e.getMessage());
            }
            assertNull(result, () -> script + " is reachable");
        }
    }

    @Test
    void anErrorOfJavaGivesNothingAway() throws Exception {
        engine.put("account", new Account());
        assertEquals(
                false,
                engine.eval("local ok, e = pcall(function() return account:add('x') end) if ok then return true end"
                        + " return (pcall(function() return e:getClass() end))"));
    }

    // -- Bytecode --------------------------------------------------------------------------------------------------

    @Test
    void bytecodeIsRefusedWhateverWayItComes() throws Exception {
        byte[] code;
        try (LuaRuntime other = LuaRuntime.builder()
                .charset(java.nio.charset.StandardCharsets.ISO_8859_1)
                .build()) {
            code = ((String) other.eval("string.dump(function() return 'bytecode' end)"))
                    .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        }
        assertThrows(LuaException.class, () -> engine.runtime()
                .compile(LuaSource.ofBytes(code, "=code", LuaSource.Mode.TEXT)));
        StringBuilder escaped = new StringBuilder("local code = '");
        for (byte b : code) {
            escaped.append(String.format("\\%03d", b & 255));
        }
        escaped.append("' ");
        for (String load : List.of(
                "load(code)",
                "loadstring(code)",
                "load(code, 'x', 'b')",
                "load(code, 'x', 'bt')",
                "load(function() local c = code code = nil return c end)",
                "load(function() local c = code:sub(1, 1) code = code:sub(2) return c ~= '' and c or nil end, 'x', 'b')")) {
            assertEquals(
                    Arrays.asList(null, true),
                    engine.eval(escaped + "local f, e = " + load + " return f, type(e) == 'string'"),
                    load);
        }
        assertEquals(2, engine.eval("return load('return 1 + 1', 'x', 't')()"));
    }

    @Test
    void bytecodeOfTheHostIsRefusedUnlessItSaysOtherwise() throws Exception {
        LuaSource code;
        try (LuaRuntime other = LuaRuntime.builder().rawStrings(true).build()) {
            byte[] bytes = (byte[]) other.execute("return string.dump(function() return 'bytecode' end)");
            code = LuaSource.ofBytes(bytes, "x", LuaSource.Mode.BINARY);
            assertEquals("bytecode", new String((byte[]) other.execute(code), StandardCharsets.UTF_8));
        }
        LuaRuntime strict = engine.runtime();
        assertThrows(LuaSyntaxException.class, () -> strict.execute(code));
        assertThrows(LuaSyntaxException.class, () -> strict.compile(code));
        assertThrows(LuaSyntaxException.class, () -> strict.eval(code));
        try (LuaRuntime allowed = LuaRuntime.builder().sandbox().bytecode(true).build()) {
            assertEquals("bytecode", allowed.execute(code));
            assertThrows(LuaSyntaxException.class, () -> allowed.eval(code));
        }
    }

    // -- Limits --------------------------------------------------------------------------------------------------

    @Test
    void memoryIsLimited() throws Exception {
        for (String script : List.of(
                "local t = {} for i = 1, 1e9 do t[i] = i end",
                "return ('x'):rep(1e9)",
                "local s = 'x' while true do s = s .. s end")) {
            ScriptException e = assertThrows(ScriptException.class, () -> engine.eval(script), script);
            assertInstanceOf(LuaMemoryException.class, e.getCause());
            assertEquals(2, engine.eval("1 + 1"));
        }
        assertEquals(10_000_000, engine.eval("return #('x'):rep(1e7)"));
        assertTrue(engine.runtime().memoryUsed() <= 64 << 20);
    }

    @Test
    void timeIsLimited() throws Exception {
        try (LuaScriptEngine hasty = new LuaSandboxEngineFactory()
                .getScriptEngine(LuaRuntime.builder().timeLimit(Duration.ofMillis(50)))) {
            ScriptException e = assertThrows(ScriptException.class, () -> hasty.eval("while true do end"));
            assertInstanceOf(LuaTimeoutException.class, e.getCause());
            assertEquals(2, hasty.eval("1 + 1"));
        }
        long start = System.nanoTime();
        ScriptException e = assertThrows(ScriptException.class, () -> engine.eval("while true do pcall(error) end"));
        assertInstanceOf(LuaTimeoutException.class, e.getCause());
        long seconds = (System.nanoTime() - start) / 1_000_000_000;
        assertTrue(seconds >= 4 && seconds < 20, () -> seconds + " seconds");
    }

    @Test
    void optionsOfTheHostCanOnlyTighten() throws Exception {
        try (LuaScriptEngine wide = new LuaSandboxEngineFactory()
                .getScriptEngine(LuaRuntime.builder().memoryLimit(1L << 40).bytecode(true))) {
            assertThrows(ScriptException.class, () -> wide.eval("return ('x'):rep(1e9)"));
            assertNull(wide.eval("return string.dump"));
            assertNull(wide.eval("return (load('\\27LJ\\2'))"));
        }
    }

    // -- Damage --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "for k in pairs(_G) do _G[k] = nil end",
                "for k in pairs(string) do string[k] = nil end",
                "for k in pairs(getmetatable('').__index) do getmetatable('').__index[k] = nil end",
                "setmetatable(_G, { __index = error, __newindex = error })",
                "setfenv(0, {})",
                "setfenv(1, {})",
                "getmetatable('').__index = error",
                "local function f() return f() .. f() end f()",
                "local function f() return (('x'):gsub('x', f)) end f()",
                "coroutine.wrap(function() coroutine.wrap(error)() end)()",
                "return ('x'):rep(-1), ('x'):rep(2^53)",
                "return string.format('%99999d', 1)",
                "return ('a'):rep(1e6):find(('a?'):rep(1000))",
                "return tostring(setmetatable({}, { __tostring = function() return 1 end }))",
                "return unpack({}, 1, 1e8)",
                "return table.concat(setmetatable({}, { __index = function() return 'x' end }), ',', 1, 1e6)",
                "return #tostring(os.date(('%c'):rep(10000)))",
                "return load(('('):rep(1e5))",
                "return setmetatable({}, { __gc = error })",
            })
    void damageStaysInside(String script) throws Exception {
        try {
            engine.eval(script);
        } catch (ScriptException e) {
            assertNotNull(e.getMessage());
        }
        assertEquals(2, engine.eval("return 1 + 1", new SimpleBindings()));
        try (LuaScriptEngine other = new LuaSandboxEngineFactory().getScriptEngine()) {
            assertEquals("A", other.eval("return string.upper('a')"));
        }
        assertFalse(engine.runtime().isClosed());
    }
}
