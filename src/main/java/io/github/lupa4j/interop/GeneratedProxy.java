package io.github.lupa4j.interop;

import io.github.lupa4j.vm.Arguments;
import java.io.NotSerializableException;
import java.io.ObjectStreamException;
import org.jspecify.annotations.Nullable;

/** The superclass of the classes that {@link ProxyClass} makes; public for them alone, wherever they are. */
public abstract class GeneratedProxy {
    protected final ProxyHandler handler;

    protected GeneratedProxy(ProxyHandler handler) {
        this.handler = handler;
    }

    /** A new object of the same class. */
    protected abstract GeneratedProxy make(ProxyHandler handler);

    ProxyHandler handler() {
        return handler;
    }

    // -- Words of plain arguments ----------------------------------------------------------------------------------

    protected static long word(double value) {
        return Arguments.resultOf(value);
    }

    protected static long word(int value) {
        return Arguments.resultOf((double) value);
    }

    protected static long word(boolean value) {
        return Arguments.resultOf(value);
    }

    protected static long noWord() {
        return Arguments.resultOfNothing();
    }

    /** Its interface may be serializable, but what it is cannot be told to another JVM. */
    protected Object writeReplace() throws ObjectStreamException {
        throw new NotSerializableException("an object that Lua implements");
    }

    // -- Methods of Object -----------------------------------------------------------------------------------------

    @Override
    public final boolean equals(@Nullable Object other) {
        return handler.proxyEquals(this, other);
    }

    @Override
    public final int hashCode() {
        return handler.proxyHashCode(this);
    }

    @Override
    public final String toString() {
        return handler.proxyToString(this);
    }
}
