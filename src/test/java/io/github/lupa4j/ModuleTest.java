package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Modules of the class path, of Java, of files and in C. */
class ModuleTest {
    private final LuaRuntime lua = LuaRuntime.create();

    @AfterEach
    void close() {
        lua.close();
    }

    /** Found by the service loader. */
    public static final class TestLoader implements LuaModuleLoader {
        @Override
        public @Nullable Object load(LuaRuntime runtime, String name) throws Exception {
            return switch (name) {
                case "test.adder" -> {
                    LuaTable module = runtime.table();
                    module.put("add", runtime.function(a -> ((Number) a[0]).intValue() + ((Number) a[1]).intValue()));
                    yield module;
                }
                case "test.object" -> List.of("a", "b");
                case "test.failing" -> throw new IOException("no connection");
                default -> null;
            };
        }
    }

    @Test
    void ofTheClassPath() {
        LuaTable greet = (LuaTable) lua.require("lupa4j.testing.greet");
        assertEquals("lupa4j.testing.greet", greet.get("name"));
        assertEquals("hello you", lua.eval("require('lupa4j.testing.greet').greet('you')"));
        assertEquals("hello nested", lua.eval("require('lupa4j.testing.nested').greeting"), "an init.lua");
        assertEquals(1, lua.eval("loaded_count"));
        LuaException e = assertThrows(LuaException.class, () -> greet.call("fail"));
        assertEquals("classpath:lupa4j/testing/greet.lua:5: from a resource", e.getMessage());
        LuaException broken = assertThrows(LuaException.class, () -> lua.require("lupa4j.testing.broken"));
        assertTrue(broken.getMessage().contains("classpath:lupa4j/testing/broken.lua:2"), broken.getMessage());
    }

    @Test
    void placesOnTheClassPathArePartOfThePath() {
        assertTrue(String.valueOf(lua.eval("package.path")).contains("classpath:?.lua"));
        lua.execute("package.path = 'classpath:lupa4j/testing/?.lua'");
        assertEquals("greet", ((LuaTable) lua.require("greet")).get("name"));
        lua.execute("package.path = ''");
        assertThrows(LuaException.class, () -> lua.require("lupa4j.testing.nested"));
        lua.execute("package.path = nil");
        assertThrows(LuaException.class, () -> lua.require("lupa4j.testing.nested"));
    }

    @Test
    void ofAClassLoaderOfItsOwn(@org.junit.jupiter.api.io.TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("elsewhere.lua"), "return 'found'");
        java.net.URL[] places = {folder.toUri().toURL()};
        try (java.net.URLClassLoader loader = new java.net.URLClassLoader(places, null);
                LuaRuntime own = LuaRuntime.builder().classLoader(loader).build()) {
            assertEquals("found", own.require("elsewhere"));
            assertThrows(LuaException.class, () -> own.require("lupa4j.testing.greet"), "not of that loader");
            assertThrows(LuaException.class, () -> own.require("test.adder"));
        }
        assertThrows(LuaException.class, () -> lua.require("elsewhere"));
    }

    @Test
    void writtenInJava() {
        assertEquals(5, lua.eval("require('test.adder').add(2, 3)"));
        assertEquals(lua.require("test.adder"), lua.eval("package.loaded['test.adder']"));
        assertEquals(List.of("a", "b"), lua.require("test.object"));
        LuaException e = assertThrows(LuaException.class, () -> lua.require("test.failing"));
        assertEquals("no connection", e.getCause().getMessage());
        assertSame(IOException.class, e.getCause().getClass());
    }

    @Test
    void thatAreNowhere() {
        LuaException e = assertThrows(LuaException.class, () -> lua.require("no.such.module"));
        for (String place : List.of(
                "module 'no.such.module' not found",
                "no field package.preload['no.such.module']",
                "no file './no/such/module.lua'",
                "no file '/usr/share/lua/5.1/no/such/module.lua'",
                "no resource 'classpath:no/such/module.lua'",
                "no resource 'classpath:no/such/module/init.lua'")) {
            assertTrue(e.getMessage().contains(place), place + " in " + e.getMessage());
        }
    }

    @Test
    void inRawMode() {
        try (LuaRuntime raw = LuaRuntime.builder().rawStrings(true).build()) {
            assertNotNull(raw.require("lupa4j.testing.greet"));
            assertEquals(5, raw.eval("require('test.adder').add(2, 3)"));
        }
    }

    // -- Chunks for many runtimes ------------------------------------------------------------------------------------

    @Test
    void oneCompiledChunkServesManyRuntimes() {
        LuaSource compiled = lua.compile(
                        LuaSource.of("local n = ...\nif n < 0 then error('negative') end\nreturn n * 2", "@twice.lua"))
                .dump();
        assertEquals(LuaSource.Mode.BINARY, compiled.mode());
        for (int i = 0; i < 3; i++) {
            try (LuaRuntime other = LuaRuntime.create()) {
                assertEquals(42, other.execute(compiled, 21));
                LuaException e = assertThrows(LuaException.class, () -> other.execute(compiled, -1));
                assertEquals("twice.lua:2: negative", e.getMessage());
            }
        }
        assertThrows(IllegalArgumentException.class, () -> ((LuaFunction) lua.eval("print")).dump());
    }

    // -- In C --------------------------------------------------------------------------------------------------------

    /** Debian's packages, fetched into the build folder and unpacked there: nothing is installed. */
    @Nested
    class InC {
        private static final List<String> PACKAGES = List.of("lua-cjson", "lua-lpeg", "lua-filesystem", "lua-posix");

        private static @Nullable Path folder;
        private static String reason = "";

        private static synchronized @Nullable Path fetched() throws IOException, InterruptedException {
            if (folder == null && reason.isEmpty()) {
                Path target = Path.of("target", "debian-modules").toAbsolutePath();
                Path root = target.resolve("root");
                if (!Files.isDirectory(root.resolve("usr")) && !fetch(target, root)) {
                    return null;
                }
                folder = root;
            }
            return folder;
        }

        private static boolean fetch(Path target, Path root) throws IOException, InterruptedException {
            Files.createDirectories(target);
            if (!Files.isExecutable(Path.of("/usr/bin/apt-get")) || !Files.isExecutable(Path.of("/usr/bin/dpkg"))) {
                reason = "this is no Debian: lua-cjson, lua-lpeg, lua-filesystem and lua-posix are not tried";
                return false;
            }
            String names = String.join(" ", PACKAGES);
            String own = " -o Dir::State=" + target + "/state -o Dir::Cache=" + target + "/cache ";
            String script = "apt-get -qq download " + names
                    + " 2>/dev/null || { mkdir -p state/lists/partial cache/archives/partial"
                    + " && apt-get -qq" + own + "update && apt-get -qq" + own + "download " + names + "; }"
                    + " && for deb in *.deb; do dpkg -x \"$deb\" " + root + ".part || exit 1; done"
                    + " && mv " + root + ".part " + root;
            Process process = new ProcessBuilder("sh", "-c", script)
                    .directory(target.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(target.resolve("fetch.log").toFile())
                    .start();
            boolean ended = process.waitFor(60, TimeUnit.SECONDS);
            process.destroyForcibly();
            if (!ended || process.exitValue() != 0) {
                reason = "Debian's packages " + names + " cannot be fetched, see target/debian-modules/fetch.log";
                return false;
            }
            return true;
        }

        private void prepare() throws Exception {
            Path root = fetched();
            assumeTrue(root != null, () -> reason);
            try (Stream<Path> all = Files.walk(root)) {
                Path cjson = all.filter(path -> path.endsWith("lua/5.1/cjson.so"))
                        .findFirst()
                        .orElseThrow();
                lua.execute("package.cpath = ... .. '/?.so'", cjson.getParent().toString());
            }
            lua.execute(
                    "local dir = ... package.path = dir .. '/?.lua;' .. dir .. '/?/init.lua'",
                    root + "/usr/share/lua/5.1");
        }

        @Test
        void cjson() throws Exception {
            prepare();
            assertEquals("[1,2,{\"a\":true}]", lua.eval("require('cjson').encode({ 1, 2, { a = true } })"));
            assertEquals("x", lua.eval("require('cjson').decode('{\"k\":[\"x\"]}').k[1]"));
            LuaException e = assertThrows(LuaException.class, () -> lua.eval("require('cjson').decode('{')"));
            assertTrue(e.getMessage().contains("Expected"), e.getMessage());
        }

        @Test
        void lpeg() throws Exception {
            prepare();
            assertEquals(
                    List.of("ab", "12"),
                    lua.execute("local l = require 'lpeg' return (l.C(l.R('az')^1) * l.C(l.R('09')^1)):match('ab12')"));
            assertEquals(4, lua.eval("require('re').match('aaab', \"'a'*\")"));
        }

        @Test
        void filesystem() throws Exception {
            prepare();
            assertEquals("directory", lua.eval("require('lfs').attributes('.', 'mode')"));
            assertTrue(String.valueOf(lua.eval("require('lfs').currentdir()")).startsWith("/"));
        }

        @Test
        void posix() throws Exception {
            prepare();
            assertEquals((int) ProcessHandle.current().pid(), lua.eval("require('posix.unistd').getpid()"));
        }

        @Test
        void inSeveralRuntimesAndAfterTheirEnd() throws Exception {
            for (int i = 0; i < 3; i++) {
                try (LuaRuntime other = LuaRuntime.create()) {
                    Path root = fetched();
                    assumeTrue(root != null, () -> reason);
                    prepare();
                    other.globals().put("path", lua.eval("package.cpath"));
                    other.execute("package.cpath = path");
                    assertEquals(
                            "[]",
                            other.eval("require('cjson').encode(require('cjson').empty_array or {})")
                                    .toString()
                                    .replace("{}", "[]"));
                }
            }
        }
    }
}
