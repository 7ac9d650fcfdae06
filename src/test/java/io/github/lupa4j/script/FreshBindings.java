package io.github.lupa4j.script;

import static org.junit.jupiter.api.Assertions.assertEquals;

import javax.script.Bindings;
import javax.script.ScriptException;
import javax.script.SimpleBindings;
import org.junit.jupiter.api.AfterEach;

/** Evaluations with Bindings of their own, one after the other in one engine. */
abstract class FreshBindings {
    final LuaScriptEngine engine = new LuaScriptEngineFactory().getScriptEngine();

    @AfterEach
    void close() {
        engine.close();
    }

    static Bindings with(String name, Object value) {
        Bindings bindings = new SimpleBindings();
        bindings.put(name, value);
        return bindings;
    }

    Object fresh(String script) throws ScriptException {
        return engine.eval(script, new SimpleBindings());
    }

    /** So that the library has been used before, in the same environment. */
    void use() throws ScriptException {
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    "number3xX",
                    fresh("return type(1) .. math.max(3, 2) .. tostring('x') .. string.upper('x'), table.concat({}),"
                                    + " os.time()")
                            .toString()
                            .replaceAll("[\\[\\]]|, .*", ""));
        }
    }

    Object evaluated(String text, Bindings bindings) {
        try {
            return engine.eval(text, bindings);
        } catch (ScriptException e) {
            throw new IllegalStateException(e);
        }
    }
}
