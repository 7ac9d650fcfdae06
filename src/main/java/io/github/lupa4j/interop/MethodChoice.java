package io.github.lupa4j.interop;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code java.method}: a member by the types of its parameters. */
final class MethodChoice implements RawFunction {
    private final Object object;
    private final MethodGroup chosen;
    private final Converter converter;

    /**
     * @param object whose method; a class for its static methods, and for {@code new}
     * @param types the types, separated by commas, with or without their packages
     * @throws UsageException when there is no such member
     * @throws Exception what a filter of names throws
     */
    MethodChoice(HostObjects objects, Object object, String name, String types) throws Exception {
        this.object = object;
        this.converter = objects.converter();
        String[] wanted = types.isBlank() ? new String[0] : types.split(",", -1);
        MethodGroup group = objects.methods(object, name);
        List<Candidate> found = Arrays.stream(group.candidates)
                .filter(candidate -> matches(candidate.types, wanted))
                .toList();
        if (found.isEmpty()) {
            throw new UsageException(Words.typeName(object) + " has no " + name + "(" + types + "); there are "
                    + Arrays.stream(group.candidates)
                            .map(candidate -> Words.signature(name, candidate.member))
                            .collect(Collectors.joining(", ")));
        }
        chosen = group.of(found.subList(0, 1));
    }

    private static boolean matches(Class<?>[] types, String[] wanted) {
        if (types.length != wanted.length) {
            return false;
        }
        for (int i = 0; i < types.length; i++) {
            String name = wanted[i].strip().replace("...", "[]");
            if (!name.equals(types[i].getTypeName())
                    && !name.equals(types[i].getSimpleName())
                    && !name.equals(types[i].getCanonicalName())
                    && !name.equals(types[i].getName())) {
                return false;
            }
        }
        return true;
    }

    LeafMethod leaf() {
        return new LeafMethod(chosen, object, converter);
    }

    @Override
    public boolean takesBytes() {
        return chosen.takesBytes;
    }

    @Override
    public @Nullable Object call(@Nullable Object... arguments) throws Exception {
        boolean self = arguments.length > 0 && Typed.unwrap(arguments[0]) == object;
        return Sneaky.run(() -> self
                ? chosen.callWithSelf(object, Arrays.copyOfRange(arguments, 1, arguments.length), converter)
                : chosen.call(object, arguments, converter));
    }
}
