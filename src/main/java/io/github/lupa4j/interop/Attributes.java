package io.github.lupa4j.interop;

import org.jspecify.annotations.Nullable;

/** What stands before the members of objects, or in their place. */
public final class Attributes {
    /** Members as they are. */
    public static final Attributes PLAIN = new Attributes(null, null, null);

    private final @Nullable Filter filter;
    private final @Nullable Getter getter;
    private final @Nullable Setter setter;

    /** Gives the name to look up; null refuses. */
    @FunctionalInterface
    public interface Filter {
        @Nullable
        String filter(Object object, String name, boolean writing) throws Exception;
    }

    /** Reads in place of any look-up. */
    @FunctionalInterface
    public interface Getter {
        @Nullable
        Object get(Object object, String name) throws Exception;
    }

    /** Writes in place of any assignment. */
    @FunctionalInterface
    public interface Setter {
        void set(Object object, String name, @Nullable Object value) throws Exception;
    }

    public Attributes(@Nullable Filter filter, @Nullable Getter getter, @Nullable Setter setter) {
        this.filter = filter;
        this.getter = getter;
        this.setter = setter;
    }

    /** Whether a name always means the same member. */
    boolean arePlain() {
        return filter == null && getter == null && setter == null;
    }

    @Nullable
    Getter getter() {
        return getter;
    }

    @Nullable
    Setter setter() {
        return setter;
    }

    /** The name to look up. */
    String nameFor(Object object, String name, boolean writing) throws Exception {
        String meant = filter == null ? name : filter.filter(object, name, writing);
        if (meant == null) {
            throw new UsageException("access to '" + name + "' of " + Words.typeName(object) + " is refused");
        }
        return meant;
    }
}
