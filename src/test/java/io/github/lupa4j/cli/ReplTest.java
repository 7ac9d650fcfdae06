package io.github.lupa4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ReplTest {
    private static void assertSession(String expected, String... lines) {
        Run run = Run.withInput(String.join("\n", lines) + "\n", "-i");
        assertEquals("", run.err());
        assertEquals(expected, run.out());
    }

    @Test
    void valuesArePrinted() {
        assertSession("> 2\n> 2\t3\n> nil\n> x\n> \n", "1 + 1", "=2, 3", "nil", "'x'");
    }

    @Test
    void statementsPrintNothingByThemselves() {
        assertSession("> > 3\n> > \n", "x = 3", "x", "(function() end)()");
    }

    @Test
    void whatIsNotCompleteIsContinued() {
        assertSession("> >> >> 1\n2\n> \n", "for i = 1, 2 do", "print(i)", "end");
        assertSession("> >> ab\tc\n> \n", "='ab',", "'c'");
        assertSession("> >> \n", "function f(");
    }

    @Test
    void errorsAreToldAndTheSessionGoesOn() {
        Run run = Run.withInput("error('one')\nx y\nprint(2)\n", "-i");
        assertEquals(0, run.status());
        assertEquals("> > > 2\n> \n", run.out());
        assertTrue(run.err().startsWith("stdin:1: one\nstack traceback:\n\t[C]: in function 'error'\n"), run.err());
        assertTrue(run.err().endsWith("\nstdin:1: '=' expected near 'y'\n"), run.err());
    }

    @Test
    void theScriptComesFirst() {
        Run run = Run.withInput("x\n", "-i", "-e", "x = 5");
        assertEquals("> 5\n> \n", run.out());
    }

    @Test
    void promptsAreTheUsers() {
        assertSession("> lua] 1\nlua] more \n", "_PROMPT, _PROMPT2 = 'lua] ', 'more '", "1", "do");
    }

    @Test
    void scriptsReadTheSameInput() {
        assertSession("> hello\n> \n", "print(io.read())", "hello");
    }

    @Test
    void exitEndsTheSession() {
        Run run = Run.withInput("os.exit(4)\nprint(1)\n", "-i");
        assertEquals(new Run(4, "> ", "", true), run);
    }
}
