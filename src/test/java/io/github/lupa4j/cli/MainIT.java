package io.github.lupa4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process: what only it shows, and the ways through it once. */
class MainIT {
    @TempDir
    Path folder;

    private static void assertRun(int status, String out, JavaProcess run) {
        assertEquals(out, run.out(), run::err);
        assertEquals(status, run.status(), run::err);
    }

    private static List<String> shell(String command) {
        return List.of("sh", "-c", command);
    }

    @Test
    void runsAFileWithArguments() throws Exception {
        Path script = Files.writeString(folder.resolve("script.lua"), "#!lupa4j\nprint(arg[0], ...)\n");
        assertRun(0, script + "\tä\tb c\n", JavaProcess.lupa4j("", script.toString(), "ä", "b c"));
    }

    @Test
    void runsStatements() throws Exception {
        assertRun(0, "1\nä\n", JavaProcess.lupa4j("", "-e", "print(1)", "-e", "print('ä')"));
    }

    @Test
    void readsTheStandardInput() throws Exception {
        assertRun(0, "script\n", JavaProcess.lupa4j("print('script')"));
        assertRun(0, "script\ta\n", JavaProcess.lupa4j("print('script', ...)", "-", "a"));
        assertRun(0, "line\n", JavaProcess.lupa4j("line\n", "-e", "print(io.read())"));
    }

    @Test
    void endsWithTheScriptsStatus() throws Exception {
        assertRun(42, "before", JavaProcess.lupa4j("", "-e", "io.write('before') os.exit(42)"));
        assertRun(0, "before", JavaProcess.lupa4j("", "-e", "io.write('before') os.exit()"));
        assertRun(1, "before", JavaProcess.lupa4j("", "-e", "io.write('before') error('x')"));
    }

    @Test
    void errorsGoToStandardError() throws Exception {
        JavaProcess run = JavaProcess.lupa4j("", "-e", "error('boo')");
        assertRun(1, "", run);
        assertEquals(
                "lupa4j: (command line):1: boo\nstack traceback:\n\t[C]: in function 'error'\n"
                        + "\t(command line):1: in main chunk\n",
                run.err());
        JavaProcess bad = JavaProcess.lupa4j("", "-x");
        assertRun(1, "", bad);
        assertTrue(bad.err().startsWith("lupa4j: Unknown option: '-x'\nUsage: lupa4j "), bad.err());
    }

    @Test
    void printsTheVersionOfTheJar() throws Exception {
        JavaProcess run = JavaProcess.lupa4j("", "-v");
        assertTrue(run.out().matches("lupa4j \\d+\\.\\d+\\.\\d+\\S* \\(LuaJIT 2\\.1\\.\\d+, Java .*\\)\n"), run.out());
    }

    @Test
    void filesThatAreNotClosedAreWritten() throws Exception {
        Path file = folder.resolve("file");
        String code = "f = io.open('" + file + "', 'w') f:write('text')";
        assertRun(0, "", JavaProcess.lupa4j("", "-e", code));
        assertEquals("text", Files.readString(file));
        assertRun(0, "", JavaProcess.lupa4j("", "-e", code + " f:write(' more') os.exit()"));
        assertEquals("text more", Files.readString(file));
    }

    @Test
    void aReaderThatStopsEndsTheScript() throws Exception {
        List<String> line = JavaProcess.java();
        String java = String.join("' '", line);
        String command = "'" + java + "' " + Main.class.getName() + " -e 'while true do print(1) end' | head -n 1";
        assertEquals(new JavaProcess(0, "1\n", ""), JavaProcess.run(shell(command), folder, ""));
    }

    @Test
    void theLauncherRunsFromAnyFolder() throws IOException, InterruptedException {
        Path launcher = Path.of("lupa4j").toAbsolutePath();
        Path link = Files.createSymbolicLink(folder.resolve("link"), launcher);
        for (Path command : List.of(launcher, link)) {
            JavaProcess run =
                    JavaProcess.run(List.of(command.toString(), "-e", "print(_VERSION, ...) os.exit(5)"), folder, "");
            assertRun(5, "Lua 5.1\n", run);
        }
        Files.delete(link);
    }
}
