package io.github.lupa4j.script;

import io.github.lupa4j.testing.Fibers;
import javax.script.ScriptException;
import org.junit.jupiter.api.BeforeEach;

/** The same where scripts run on a C stack of their own. */
class RecursionOnFiberTest extends RecursionTest {
    @BeforeEach
    void openFiber() throws ScriptException {
        engine.eval(Fibers.OPEN);
    }
}
