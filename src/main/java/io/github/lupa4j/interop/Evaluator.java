package io.github.lupa4j.interop;

import java.util.List;
import java.util.stream.Collectors;
import javax.script.ScriptEngine;
import javax.script.ScriptEngineManager;
import javax.script.ScriptException;
import org.jspecify.annotations.Nullable;

/** {@code java.eval}: source text of other languages. */
final class Evaluator {
    private final Classes classes;
    private @Nullable JavaExpressions expressions;

    Evaluator(Classes classes) {
        this.classes = classes;
    }

    /**
     * Evaluates source text.
     *
     * @param engine the name of a script engine; null for Java expressions, by JShell
     * @throws UsageException when there is no such engine, or the text is no Java expression
     * @throws Exception what the evaluation throws
     */
    @Nullable
    Object eval(String source, @Nullable String engine) throws Exception {
        if (engine == null) {
            return java().eval(source);
        }
        for (ClassLoader loader : classes.loaders()) {
            ScriptEngine found = new ScriptEngineManager(loader).getEngineByName(engine);
            if (found != null) {
                return eval(found, source);
            }
        }
        throw new UsageException("no script engine '" + engine + "'" + known());
    }

    /** What the script threw is thrown as itself. */
    private static @Nullable Object eval(ScriptEngine engine, String source) throws Exception {
        try {
            return engine.eval(source);
        } catch (ScriptException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private String known() {
        List<String> names = classes.loaders().stream()
                .flatMap(loader -> new ScriptEngineManager(loader).getEngineFactories().stream())
                .flatMap(factory -> factory.getNames().stream())
                .distinct()
                .toList();
        return names.stream().collect(Collectors.joining(", ", "; there are ", ""));
    }

    private JavaExpressions java() {
        if (expressions == null) {
            try {
                expressions = new JavaExpressions(classes.loaders().get(0));
            } catch (NoClassDefFoundError e) {
                throw new IllegalStateException(
                        "Java expressions need the module jdk.jshell; start Java with --add-modules jdk.jshell", e);
            }
        }
        return expressions;
    }
}
