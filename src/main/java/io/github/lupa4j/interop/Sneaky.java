package io.github.lupa4j.interop;

import org.jspecify.annotations.Nullable;

/** Java code that may throw anything, run by methods that declare exceptions alone. */
final class Sneaky {
    private Sneaky() {}

    /** What is run. */
    interface Code {
        @Nullable
        Object run() throws Throwable;
    }

    /** Runs it; what it throws is thrown as it is. */
    static @Nullable Object run(Code code) throws Exception {
        try {
            return code.run();
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw Sneaky.<RuntimeException>as(e);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E as(Throwable thrown) throws E {
        throw (E) thrown;
    }
}
