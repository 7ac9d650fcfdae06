package io.github.lupa4j.script;

import io.github.lupa4j.LuaException;
import io.github.lupa4j.LuaInterceptor;
import io.github.lupa4j.LuaTable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Arrays;
import java.util.Objects;
import javax.script.ScriptContext;
import javax.script.ScriptException;
import org.jspecify.annotations.Nullable;

/** An interface implemented by the functions of a script, which run with the streams of the engine's context. */
record ScriptInterface(LuaScriptEngine engine, LuaTable functions) implements LuaInterceptor {
    /**
     * The implementation.
     *
     * @param methods whether functions get the table as their first argument
     * @return null when there is no function for an abstract method
     */
    static <T> @Nullable T create(LuaScriptEngine engine, Class<T> type, LuaTable functions, boolean methods) {
        boolean complete = Arrays.stream(type.getMethods())
                .filter(method -> Modifier.isAbstract(method.getModifiers()) && !isObjectMethod(method))
                .allMatch(method -> NamedCall.isCallable(functions, method.getName()));
        return complete ? functions.implement(type, methods, new ScriptInterface(engine, functions)) : null;
    }

    private static boolean isObjectMethod(Method method) {
        return switch (method.getName()) {
            case "equals" -> method.getParameterCount() == 1 && method.getParameterTypes()[0] == Object.class;
            case "hashCode", "toString" -> method.getParameterCount() == 0;
            default -> false;
        };
    }

    @Override
    public boolean isReady() {
        return engine.isReady(engine.getContext());
    }

    @Override
    public @Nullable Object intercept(Call call) throws Exception {
        return engine.frame().invoke(engine.getContext(), call::run);
    }

    @Override
    public void completed() throws ScriptException {
        engine.frame().flushed(null);
    }

    @Override
    public Throwable failed(Exception error, Method method, boolean ready) {
        if (error instanceof NoSuchMethodException) {
            return error;
        }
        if ((ready ? error : error.getCause()) instanceof LuaException e) {
            NoSuchMethodException missing = NamedCall.asMissing(functions, method.getName(), e);
            if (missing != null) {
                return missing;
            }
        }
        ScriptContext context = engine.getContext();
        return asDeclared(
                error instanceof ScriptException e ? e : engine.frame().failed(error, context), method);
    }

    /** What the interface's caller may get: the ScriptException or its cause if declared, else what is unchecked. */
    private static Throwable asDeclared(ScriptException error, Method method) {
        Throwable cause = Objects.requireNonNull(error.getCause());
        for (Class<?> declared : method.getExceptionTypes()) {
            if (declared.isInstance(cause)) {
                return cause;
            }
        }
        for (Class<?> declared : method.getExceptionTypes()) {
            if (declared.isInstance(error)) {
                return error;
            }
        }
        return cause instanceof RuntimeException || cause instanceof Error
                ? cause
                : new UndeclaredThrowableException(cause, String.valueOf(error.getMessage()));
    }
}
