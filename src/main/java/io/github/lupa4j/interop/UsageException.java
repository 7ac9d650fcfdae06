package io.github.lupa4j.interop;

/**
 * A script used a Java object in a way that there is none. In Lua it is an error message with a position, not a Java
 * exception: nothing in Java has thrown.
 */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public UsageException(String message) {
        super(message, null, false, false);
    }
}
