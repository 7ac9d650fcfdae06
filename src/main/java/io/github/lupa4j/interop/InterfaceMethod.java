package io.github.lupa4j.interop;

import io.github.lupa4j.vm.PlainResult;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** A method of the interfaces that a {@link ProxyClass} implements. */
public final class InterfaceMethod extends PlainResult {
    private final ProxyClass owner;
    private final Method method;
    private final Type result;

    /** @param result what it returns; type parameters that the interface fixes are resolved */
    InterfaceMethod(ProxyClass owner, Method method, Type result) {
        super(method.getReturnType(), method.getParameterCount());
        this.owner = owner;
        this.method = method;
        this.result = result;
    }

    Method method() {
        return method;
    }

    String name() {
        return method.getName();
    }

    MethodType type() {
        return MethodType.methodType(method.getReturnType(), method.getParameterTypes());
    }

    Type result() {
        return result;
    }

    boolean isDefault() {
        return method.isDefault();
    }

    /** Whether there are few arguments, and they and the result are no objects: then none are made of them. */
    boolean isPlain() {
        if (!method.getReturnType().isPrimitive() || argumentCount() > FEW || isDefault()) {
            return false;
        }
        for (Class<?> parameter : method.getParameterTypes()) {
            if (!parameter.isPrimitive() || parameter == long.class || parameter == char.class) {
                return false; // Lua's numbers do not hold every long.
            }
        }
        return true;
    }

    /** Runs the body that a default method has in its interface. */
    @Nullable
    Object callDefault(Object proxy, @Nullable Object[] arguments) throws Throwable {
        return owner.callDefault(method, proxy, arguments);
    }

    /** Whether callers of the method expect such an exception. */
    boolean declares(Throwable thrown) {
        for (Class<?> declared : method.getExceptionTypes()) {
            if (declared.isInstance(thrown)) {
                return true;
            }
        }
        return false;
    }

    @Override
    protected @Nullable Object boxed(@Nullable Object result, Object caller) {
        return ((ProxyHandler) caller).converted(this, result);
    }
}
