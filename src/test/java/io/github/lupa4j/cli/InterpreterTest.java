package io.github.lupa4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterpreterTest {
    @TempDir
    Path folder;

    private String script(String text) throws IOException {
        return Files.writeString(folder.resolve("script.lua"), text).toString();
    }

    private static void assertOutput(String expected, Run run) {
        assertEquals("", run.err());
        assertEquals(expected, run.out());
        assertEquals(0, run.status());
    }

    // -- What is run ---------------------------------------------------------------------------------------------

    @Test
    void statementsRunInOneState() {
        assertOutput("1\t2\n", Run.of("-e", "a = 1", "-e", "b = 2", "-e", "print(a, b)"));
    }

    @Test
    void aModuleIsRequired() throws IOException {
        Files.writeString(folder.resolve("mod.lua"), "print('mod', ...) value = 3");
        String path = "package.path = '" + folder + "/?.lua'";
        assertOutput("mod\tmod\n3\n", Run.of("-e", path, "-l", "mod", "-e", "print(value)"));
    }

    @Test
    void aScriptGetsItsArguments() throws IOException {
        String script = script("print(...) for i = -3, 3 do io.write(tostring(arg[i]), ' ') end");
        assertOutput("a\tb c\nlupa4j -e x=1 " + script + " a b c nil ", Run.of("-e", "x=1", script, "a", "b c"));
    }

    @Test
    void theStandardInputIsTheScript() {
        assertOutput("1\tnil\n", Run.withInput("print(1, arg)"));
        assertOutput("-\ta\n", Run.withInput("print(arg[0], ...)", "-", "a"));
    }

    @Test
    void whatIsLeftOfTheInputIsRead() {
        assertOutput("x\ny\n", Run.withInput("x\ny\n", "-e", "for line in io.lines() do print(line) end"));
    }

    @Test
    void theFirstLineMayBeForTheSystem() throws IOException {
        assertOutput("2\n", Run.of(script("#!/usr/bin/env lupa4j\nprint(debug.getinfo(1).currentline)")));
        assertOutput("", Run.of(script("#!/usr/bin/env lupa4j")));
    }

    @Test
    void bytecodeRuns() throws IOException {
        String file = folder.resolve("script.luac").toString();
        Run.of("-e", "local f = io.open('" + file + "', 'wb') f:write(string.dump(loadstring 'print(...)')) f:close()");
        assertOutput("a\n", Run.of(file, "a"));
    }

    @Test
    void textIsUtf8() throws IOException {
        assertOutput("ä😀\t6\n", Run.of(script("print('ä😀', #'ä😀')")));
        assertOutput("ä😀\t6\n", Run.of("-e", "print('ä😀', #'ä😀')"));
        assertOutput("ä😀\t6\n", Run.withInput("ä😀\n", "-e", "local l = io.read() print(l, #l)"));
    }

    @Test
    void aScriptMayBeLarge() throws IOException {
        String line = "t = t + 1 -- and a comment that makes the line rather long, as lines go, on and on\n";
        String script = script("t = 0\n" + line.repeat((10 << 20) / line.length()) + "print(t)");
        assertOutput((10 << 20) / line.length() + "\n", Run.of(script));
    }

    @Test
    void theVersionAndTheUsageArePrinted() {
        Run version = Run.of("-v");
        assertTrue(version.out().startsWith("lupa4j "), version.out());
        assertTrue(version.out().contains("LuaJIT 2.1"), version.out());
        assertTrue(Run.of("-v", "-e", "print(1)").out().endsWith(")\n1\n"));
        assertTrue(Run.of("--help").out().contains("-e"));
    }

    // -- How it ends ---------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"os.exit(), 0", "os.exit(0), 0", "os.exit(7), 7", "os.exit(true), 0", "os.exit(false), 1"})
    void exitGivesTheStatus(String code, int status) {
        Run run = Run.of("-e", "io.write('before')", "-e", code, "-e", "print('after')");
        assertEquals(new Run(status, "before", "", true), run);
    }

    @Test
    void exitWorksAtAnyDepth() {
        String code = "local function f(n) if n == 0 then os.exit(3) end f(n - 1) return 1 end ";
        assertEquals(3, Run.of("-e", code + "f(50)").status());
        assertEquals(3, Run.of("-e", code + "coroutine.wrap(f)(5)").status());
        assertEquals(new Run(3, "", "", true), Run.of("-e", code + "pcall(f, 5) print('alive')"));
    }

    @Test
    void anErrorIsToldWithItsStack() throws IOException {
        String script = script("local function f()\n  error('boo')\nend\nf()\n");
        Run run = Run.of(script);
        assertEquals(1, run.status());
        assertFalse(run.exitCalled());
        assertEquals(
                "lupa4j: " + script + ":2: boo\nstack traceback:\n\t[C]: in function 'error'\n\t" + script
                        + ":2: in function 'f'\n\t" + script + ":4: in main chunk\n",
                run.err());
    }

    @Test
    void nothingRunsAfterAnError() {
        assertEquals(
                "1\n",
                Run.of("-e", "print(1)", "-e", "error('x')", "-e", "print(2)").out());
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "error('x', 0)                                                                 | x",
                "error({})                                                                     | (error object is a table value)",
                "error(setmetatable({}, {__tostring = function() return 'mine' end}))         | mine",
                "error()                                                                       | nil",
                "error(12)                                                                     | (command line):1: 12",
                "local x = nil + 1                                                             | (command line):1: attempt to perform arithmetic on a nil value",
            })
    void anyErrorValueIsTold(String code, String message) {
        Run run = Run.of("-e", code);
        assertEquals("lupa4j: " + message, run.err().lines().findFirst().orElse(""));
        assertEquals(1, run.status());
    }

    @Test
    void aSyntaxErrorIsToldWithoutAStack() throws IOException {
        String script = script("\nx y\n");
        assertEquals(new Run(1, "", "lupa4j: " + script + ":2: '=' expected near 'y'\n", false), Run.of(script));
        assertEquals(
                "lupa4j: (command line):1: '=' expected near 'y'\n",
                Run.of("-e", "x y").err());
        assertEquals(
                "lupa4j: stdin:1: '=' expected near 'y'\n", Run.withInput("x y").err());
    }

    @Test
    void aDeepStackIsToldInPart() {
        Run run = Run.of("-e", "local function f(n) if n == 0 then error('deep') end f(n - 1) return 1 end f(100)");
        assertEquals(1, run.status());
        assertTrue(run.err().contains("\n\t...\n"), run.err());
        assertTrue(run.err().lines().count() < 30, run.err());
    }

    @Test
    void endlessRecursionEndsInAnError() {
        Run run = Run.of("-e", "local function f() return 1 + f() end f()");
        assertEquals(1, run.status());
        assertTrue(run.err().contains("stack overflow"), run.err());
    }

    @Test
    void aFileThatCannotBeReadIsTold() {
        String missing = folder.resolve("missing.lua").toString();
        assertEquals(
                new Run(1, "", "lupa4j: cannot open " + missing + ": No such file or directory\n", false),
                Run.of(missing));
        assertEquals(
                "lupa4j: cannot open " + folder + ": Is a directory\n",
                Run.of(folder.toString()).err());
        assertTrue(Run.of("a\0b").err().startsWith("lupa4j: cannot open a\0b: "));
    }

    @Test
    void aModuleThatIsMissingIsTold() {
        Run run = Run.of("-l", "no.such.module");
        assertEquals(1, run.status());
        assertTrue(run.err().startsWith("lupa4j: module 'no.such.module' not found:"), run.err());
    }

    @Test
    void aBadOptionPrintsTheUsage() {
        Run run = Run.of("-x");
        assertEquals(1, run.status());
        assertEquals("", run.out());
        assertTrue(run.err().startsWith("lupa4j: Unknown option: '-x'\nUsage: "), run.err());
    }

    // -- Streams -------------------------------------------------------------------------------------------------

    @Test
    void outputAndErrorsKeepTheirOrder() {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        OutputStream buffered = new java.io.BufferedOutputStream(both);
        int status = new Interpreter(new ByteArrayInputStream(new byte[0]), buffered, both)
                .run("-e", "print(1) io.stderr:write('2\\n') io.write('3\\n') error('4', 0)");
        assertEquals(1, status);
        assertTrue(both.toString(StandardCharsets.UTF_8).startsWith("1\n2\n3\nlupa4j: 4\n"), both::toString);
    }

    /** The end of a pipe that nobody reads, or a full disk. */
    private static OutputStream failing(String message) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(message);
            }
        };
    }

    @Test
    void aReaderThatHasGoneEndsTheScriptInSilence() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = new Interpreter(new ByteArrayInputStream(new byte[0]), failing("Broken pipe"), err)
                .run("-e", "while true do print(1) end");
        assertEquals(1, status);
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aFullDiskIsTold() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = new Interpreter(new ByteArrayInputStream(new byte[0]), failing("No space left on device"), err)
                .run("-e", "print(1)");
        assertEquals(1, status);
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("No space left on device"), err::toString);
    }
}
