package io.github.lupa4j;

import io.github.lupa4j.interop.Access;
import io.github.lupa4j.interop.Attributes;
import java.lang.reflect.Member;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What scripts may reach of Java: which classes, and which of their public members. Immutable; runtimes may share one.
 * Items of maps, lists and arrays, lengths, comparisons and {@code tostring} are always there. Without any, a runtime
 * lets its scripts reach everything public.
 *
 * <pre>{@code
 * HostAccess access = HostAccess.builder()
 *         .allowClasses(name -> name.equals("java.util.ArrayList"))
 *         .allowMembers(member -> member.getDeclaringClass() != Object.class)
 *         .build();
 * LuaRuntime lua = LuaRuntime.builder().hostAccess(access).build();
 * }</pre>
 */
public final class HostAccess {
    private final Access access;
    private final Access inSandbox;
    private final Attributes attributes;

    private HostAccess(Builder builder) {
        access = new Access(builder.classes, builder.members);
        inSandbox = access.withoutEscapes();
        attributes = new Attributes(
                builder.isFiltered ? builder.filter::filter : null,
                builder.getter == null ? null : builder.getter::get,
                builder.setter == null ? null : builder.setter::set);
    }

    /** {@return options for a policy, which allows nothing as long as nothing is set} */
    public static Builder builder() {
        return new Builder();
    }

    Access access(boolean sandbox) {
        return sandbox ? inSandbox : access;
    }

    Attributes attributes() {
        return attributes;
    }

    /** Decides about each use of a member by name. */
    @FunctionalInterface
    public interface AttributeFilter {
        /**
         * Called before a member is looked up, on the thread that runs the script.
         *
         * @param object the object, or the class whose static members are meant
         * @param name the name that the script uses
         * @param writing whether it assigns
         * @return the name to look up instead, usually the same; null refuses
         * @throws Exception to refuse: it comes out in Lua unchanged
         */
        @Nullable
        String filter(Object object, String name, boolean writing) throws Exception;
    }

    /** Takes the place of reading members. */
    @FunctionalInterface
    public interface AttributeGetter {
        /**
         * Called in place of any look-up of a name, on the thread that runs the script.
         *
         * @param object the object or class
         * @param name the name that the script uses
         * @return what the script gets; null for nil
         * @throws Exception comes out in Lua unchanged
         */
        @Nullable
        Object get(Object object, String name) throws Exception;
    }

    /** Takes the place of writing members. */
    @FunctionalInterface
    public interface AttributeSetter {
        /**
         * Called in place of any assignment to a name, on the thread that runs the script.
         *
         * @param object the object or class
         * @param name the name that the script uses
         * @param value what the script assigns; null for nil
         * @throws Exception comes out in Lua unchanged
         */
        void set(Object object, String name, @Nullable Object value) throws Exception;
    }

    /** Options for a policy. Not thread-safe. */
    public static final class Builder {
        private Predicate<? super String> classes = name -> false;
        private Predicate<? super Member> members = member -> false;
        private AttributeFilter filter = (object, name, writing) -> name;
        private boolean isFiltered;
        private @Nullable AttributeGetter getter;
        private @Nullable AttributeSetter setter;

        private Builder() {}

        /**
         * Sets which classes scripts may have: find by name, construct, use static members and nested classes of. Those
         * of the objects that they are given do not matter.
         *
         * @param allowed asked with the binary name, such as {@code java.util.Map$Entry}, of an array that of its
         *     items; must be thread-safe
         * @return this builder
         */
        public Builder allowClasses(Predicate<? super String> allowed) {
            this.classes = Objects.requireNonNull(allowed);
            return this;
        }

        /**
         * Sets which public methods, fields and constructors scripts may use. What is not allowed is not there for them.
         *
         * @param allowed asked once about each member, as the most public type that has it declares it; must be
         *     thread-safe and always answer the same
         * @return this builder
         */
        public Builder allowMembers(Predicate<? super Member> allowed) {
            this.members = Objects.requireNonNull(allowed);
            return this;
        }

        /**
         * Sets what decides about each use of a name, in addition to what is allowed. Constructing an object uses the name
         * {@code new} of its class.
         *
         * @param filter gives the name to look up, or throws to refuse; must be thread-safe
         * @return this builder
         */
        public Builder attributeFilter(AttributeFilter filter) {
            this.filter = Objects.requireNonNull(filter);
            isFiltered = true;
            return this;
        }

        /**
         * Sets what takes the place of reading and writing by name, also of items of maps. They need not be allowed.
         *
         * @param getter does {@code object.name}; must be thread-safe
         * @param setter does {@code object.name = value}; must be thread-safe
         * @return this builder
         */
        public Builder attributeHandlers(AttributeGetter getter, AttributeSetter setter) {
            this.getter = Objects.requireNonNull(getter);
            this.setter = Objects.requireNonNull(setter);
            return this;
        }

        /** {@return the policy} */
        public HostAccess build() {
            return new HostAccess(this);
        }
    }
}
