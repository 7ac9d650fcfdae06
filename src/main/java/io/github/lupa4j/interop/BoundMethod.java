package io.github.lupa4j.interop;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A method with its object, as a function. */
final class BoundMethod implements RawFunction {
    private final HostObjects objects;
    private final Object object;
    private final MethodGroup group;

    BoundMethod(HostObjects objects, Object object, MethodGroup group) {
        this.objects = objects;
        this.object = object;
        this.group = group;
    }

    @Override
    public boolean takesBytes() {
        return group.takesBytes;
    }

    @Override
    public @Nullable Object call(@Nullable Object... arguments) throws Exception {
        try {
            boolean self = arguments.length > 0 && Typed.unwrap(arguments[0]) == object;
            return objects.calls()
                    .invoke(group, object, self ? Arrays.copyOfRange(arguments, 1, arguments.length) : arguments, self);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw BoundMethod.<RuntimeException>asDeclared(e);
        }
    }

    /** Lets through what is neither Exception nor Error. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E asDeclared(Throwable thrown) throws E {
        throw (E) thrown;
    }
}
