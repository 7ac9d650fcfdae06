package io.github.lupa4j.interop;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.execution.DirectExecutionControl;
import jdk.jshell.execution.LoaderDelegate;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControl.ClassBytecodes;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;
import org.jspecify.annotations.Nullable;

/** Java expressions and declarations through JShell, in this JVM; what was declared stays known. */
final class JavaExpressions {
    private final JShell shell;
    private @Nullable Object result;
    private @Nullable Throwable thrown;

    JavaExpressions(ClassLoader parent) {
        shell = JShell.builder()
                .executionEngine(new InThisJvm(parent), Map.of())
                .compilerOptions("--class-path", System.getProperty("java.class.path", "") + File.pathSeparator)
                .build();
        shell.eval("import java.util.*;");
        shell.eval("import java.util.function.*;");
        shell.eval("import java.util.stream.*;");
        shell.eval("import java.math.*;");
    }

    /**
     * Evaluates snippets one after the other and gives the value of the last one, null if it has none.
     *
     * @throws UsageException when it is not Java
     * @throws Exception what the code throws
     */
    @Nullable
    Object eval(String source) throws Exception {
        String rest = source;
        do {
            SourceCodeAnalysis.CompletionInfo info = shell.sourceCodeAnalysis().analyzeCompletion(rest);
            result = null;
            thrown = null;
            for (SnippetEvent event : shell.eval(info.completeness().isComplete() ? info.source() : rest)) {
                check(event);
            }
            rest = info.completeness().isComplete() ? info.remaining() : "";
        } while (!rest.isBlank());
        Object value = result;
        result = null;
        return value;
    }

    private void check(SnippetEvent event) throws Exception {
        if (thrown instanceof Exception exception) {
            throw exception;
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        if (event.status() == Snippet.Status.REJECTED) {
            throw new UsageException("not Java: "
                    + shell.diagnostics(event.snippet())
                            .map(d -> d.getMessage(Locale.ENGLISH).replaceAll("\\s+", " "))
                            .distinct()
                            .collect(Collectors.joining("; ")));
        }
        if (event.exception() != null) {
            throw event.exception();
        }
    }

    /** Runs snippets in this JVM and keeps the objects that they give. */
    private final class InThisJvm implements ExecutionControlProvider {
        private final ClassLoader parent;

        InThisJvm(ClassLoader parent) {
            this.parent = parent;
        }

        @Override
        public String name() {
            return "lupa4j";
        }

        @Override
        public ExecutionControl generate(ExecutionEnv env, Map<String, String> parameters) {
            return new DirectExecutionControl(new Loader(parent)) {
                @Override
                protected String invoke(Method method) throws Exception {
                    try {
                        result = method.invoke(null);
                    } catch (InvocationTargetException e) {
                        thrown = e.getCause();
                        throw e;
                    }
                    return "";
                }
            };
        }
    }

    /** Defines the classes of snippets below the loader of the runtime's classes. */
    private static final class Loader extends ClassLoader implements LoaderDelegate {
        private final Map<String, Class<?>> defined = new HashMap<>();

        Loader(ClassLoader parent) {
            super(parent);
        }

        @Override
        public void load(ClassBytecodes[] classes) {
            Map<String, byte[]> pending = java.util.Arrays.stream(classes)
                    .collect(Collectors.toMap(ClassBytecodes::name, ClassBytecodes::bytecodes));
            waiting = pending;
            for (String name : List.copyOf(pending.keySet())) {
                define(name);
            }
        }

        private Map<String, byte[]> waiting = Map.of();

        private @Nullable Class<?> define(String name) {
            Class<?> known = defined.get(name);
            byte[] code = waiting.get(name);
            if (known == null && code != null) {
                known = defineClass(name, code, 0, code.length);
                defined.put(name, known);
            }
            return known;
        }

        @Override
        public Class<?> findClass(String name) throws ClassNotFoundException {
            Class<?> found = define(name);
            if (found == null) {
                throw new ClassNotFoundException(name);
            }
            return found;
        }

        @Override
        public void classesRedefined(ClassBytecodes[] classes) {}

        @Override
        public void addToClasspath(String path) {}
    }
}
