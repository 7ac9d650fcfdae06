package io.github.lupa4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
    private static Options parse(String line) {
        return Options.parse(line.isEmpty() ? new String[0] : line.split(" "));
    }

    /** With -h in front of it a line goes through picocli, without it mostly not: the rest must be the same. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "script",
                "script -e x -v -- -",
                "-e a=1 -l mod -e b=2",
                "-e a=1 script x y",
                "-e -v script",
                "-e -e -l -l script",
                "-ea=1 -lmod script",
                "-e =1 script",
                "-",
                "- a",
                "-- script -e",
                "-- - a",
                "--",
                "-i -e x script @file",
                "-v -i",
                "-v -i -ex -i script -v",
                "script @file ${x}",
                "-e @file",
            })
    void bothParsersAgree(String line) {
        Options plain = parse(line);
        Options picocli = parse(line.isEmpty() ? "-h" : "-h " + line);
        assertTrue(picocli.help);
        assertEquals(picocli.version, plain.version);
        assertEquals(picocli.steps, plain.steps);
        assertEquals(picocli.script(), plain.script());
        assertEquals(picocli.arguments(), plain.arguments());
        assertEquals(picocli.scriptIsStdin(), plain.scriptIsStdin());
        assertEquals(picocli.interactive, plain.interactive);
    }

    @Test
    void statementsAndModulesKeepTheirOrder() {
        assertEquals(
                List.of(new Options.Step(false, "a=1"), new Options.Step(true, "mod"), new Options.Step(false, "b=2")),
                parse("-i -e a=1 -l mod -e b=2").steps);
    }

    @Test
    void whatFollowsTheScriptIsTheScripts() {
        Options options = parse("-i script -v -e");
        assertEquals("script", options.script());
        assertEquals(List.of("-v", "-e"), options.arguments());
        assertFalse(options.version);
        assertEquals(List.of("lupa4j", "-i"), options.beforeScript());
    }

    @Test
    void aDashIsStdinUnlessOptionsHaveEnded() {
        assertTrue(parse("-").scriptIsStdin());
        assertFalse(parse("-- -").scriptIsStdin());
        assertFalse(parse("script").scriptIsStdin());
        assertFalse(parse("").scriptIsStdin());
        assertNull(parse("--").script());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-x", "-e", "-l", "-i -e", "--unknown", "-e x -q script"})
    void aBadOptionIsAnErrorWithTheUsage(String line) {
        Options.UsageException error = assertThrows(Options.UsageException.class, () -> parse(line));
        assertTrue(String.valueOf(error.getMessage()).contains("Usage: lupa4j [options] [script [arguments]]"));
    }
}
