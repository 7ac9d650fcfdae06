package io.github.lupa4j.script;

import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaTable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import javax.script.ScriptContext;
import javax.script.ScriptException;
import org.jspecify.annotations.Nullable;

/** An interface implemented by the functions of a script; each call looks its function up anew. */
final class ScriptInterface implements InvocationHandler {
    private static final @Nullable Object[] NONE = {};

    private final LuaScriptEngine engine;
    private final LuaTable functions;
    /** Whether functions get the table as their first argument. */
    private final boolean methods;

    /** What the methods give whose own declaration does not tell it all. */
    private final Map<Method, Type> results = new HashMap<>();

    private ScriptInterface(LuaScriptEngine engine, Class<?> type, LuaTable functions, boolean methods) {
        this.engine = engine;
        for (Method method : type.getMethods()) {
            Type result = LuaRuntime.resultType(type, method);
            if (result != method.getReturnType()) {
                results.put(method, result);
            }
        }
        this.functions = functions;
        this.methods = methods;
    }

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
        if (!complete) {
            return null;
        }
        ScriptInterface handler = new ScriptInterface(engine, type, functions, methods);
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static boolean isObjectMethod(Method method) {
        return switch (method.getName()) {
            case "equals" -> method.getParameterCount() == 1 && method.getParameterTypes()[0] == Object.class;
            case "hashCode", "toString" -> method.getParameterCount() == 0;
            default -> false;
        };
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] given) throws Throwable {
        @Nullable Object[] arguments = given == null ? NONE : given;
        if (method.getDeclaringClass() == Object.class) {
            return objectMethod(proxy, method, arguments);
        }
        if (method.isDefault() && !NamedCall.isCallable(functions, method.getName())) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
        }
        try {
            return converted(call(method.getName(), arguments), method);
        } catch (ScriptException e) {
            throw asDeclared(e, method);
        } catch (NoSuchMethodException e) {
            throw new UnsupportedOperationException("the script's function " + method.getName() + " is gone", e);
        }
    }

    private @Nullable Object call(String name, @Nullable Object[] arguments)
            throws ScriptException, NoSuchMethodException {
        ScriptContext context = engine.getContext();
        if (!engine.isReady(context)) {
            return engine.frame().invoke(context, () -> callDirectly(name, arguments));
        }
        try {
            return engine.frame().flushed(callDirectly(name, arguments));
        } catch (RuntimeException e) {
            throw engine.frame().failed(e, context);
        }
    }

    private @Nullable Object callDirectly(String name, @Nullable Object[] arguments) throws NoSuchMethodException {
        return NamedCall.of(functions, name, methods, arguments);
    }

    private @Nullable Object converted(@Nullable Object result, Method method) {
        Class<?> type = method.getReturnType();
        if (type == void.class) {
            return null;
        }
        if (type == double.class && result instanceof Number number) {
            return number.doubleValue();
        }
        return (type == int.class && result instanceof Integer) || (type == boolean.class && result instanceof Boolean)
                ? result
                : engine.runtime().convert(result, results.getOrDefault(method, type));
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

    private @Nullable Object objectMethod(Object proxy, Method method, @Nullable Object[] arguments) {
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "functions of " + functions;
        };
    }
}
