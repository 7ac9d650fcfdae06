package io.github.lupa4j.script;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaTable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Objects;
import javax.script.ScriptException;
import org.jspecify.annotations.Nullable;

/** An interface implemented by the functions of a script; each call looks its function up anew. */
final class ScriptInterface implements InvocationHandler {
    private static final @Nullable Object[] NONE = {};

    private final LuaScriptEngine engine;
    private final LuaTable functions;
    private final boolean methods;

    private ScriptInterface(LuaScriptEngine engine, LuaTable functions, boolean methods) {
        this.engine = engine;
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
        for (Method method : type.getMethods()) {
            if (Modifier.isAbstract(method.getModifiers())
                    && !isObjectMethod(method)
                    && !(functions.get(method.getName()) instanceof LuaFunction)) {
                return null;
            }
        }
        ScriptInterface handler = new ScriptInterface(engine, functions, methods);
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
        if (method.isDefault() && !(functions.get(method.getName()) instanceof LuaFunction)) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
        }
        try {
            Object result = engine.invoke(
                    engine.getContext(),
                    () -> methods
                            ? functions.callMethod(method.getName(), arguments)
                            : functions.call(method.getName(), arguments));
            Class<?> type = method.getReturnType();
            return type == void.class ? null : engine.runtime().convert(result, type);
        } catch (ScriptException e) {
            throw asDeclared(e, method);
        } catch (NoSuchMethodException e) {
            throw new UnsupportedOperationException("the script's function " + method.getName() + " is gone", e);
        }
    }

    /** What the interface's caller may get: an exception of the script's as itself when the method declares it. */
    private static Throwable asDeclared(ScriptException error, Method method) {
        Throwable cause = Objects.requireNonNull(error.getCause());
        if (cause instanceof RuntimeException || cause instanceof Error) {
            return cause;
        }
        for (Class<?> declared : method.getExceptionTypes()) {
            if (declared.isInstance(cause)) {
                return cause;
            }
            if (declared.isInstance(error)) {
                return error;
            }
        }
        return new UndeclaredThrowableException(cause, String.valueOf(error.getMessage()));
    }

    private @Nullable Object objectMethod(Object proxy, Method method, @Nullable Object[] arguments) {
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "functions of " + functions;
        };
    }
}
