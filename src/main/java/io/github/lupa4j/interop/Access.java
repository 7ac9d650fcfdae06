package io.github.lupa4j.interop;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Constructor;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The one door to classes and members: which of them scripts may use. Thread-safe if its predicates are. Runtimes may
 * share one; what is known of a class under it lives as long as both.
 */
public final class Access {
    /** Everything public. */
    public static final Access ALL = new Access(new Everything<>(), new Everything<>());

    /** Public methods of the objects put in, but no way from them to the rest of the JVM, and no classes. */
    public static Access sandbox() {
        return Sandbox.ACCESS;
    }

    /** No lambda: the first ones of a JVM take long, and each engine needs this. */
    private static final class Everything<T> implements Predicate<T> {
        @Override
        public boolean test(T ignored) {
            return true;
        }
    }

    /** What is needed where there is no way to the rest of the JVM; loading it takes a millisecond. */
    private static final class Sandbox {
        /** What holds up threads; not a way out, but no business of a script that is not trusted. */
        static final Set<String> MONITOR_METHODS = Set.of("wait", "notify", "notifyAll");

        static final Set<Class<?>> ESCAPES = Set.of(
                Class.class,
                ClassLoader.class,
                Module.class,
                ModuleLayer.class,
                Package.class,
                Runtime.class,
                ProcessBuilder.class,
                Process.class,
                ProcessHandle.class,
                System.class,
                Thread.class,
                ThreadGroup.class,
                ThreadLocal.class,
                MethodHandles.class,
                MethodHandles.Lookup.class,
                VarHandle.class);

        static final Access ACCESS = new Access(name -> false, member -> isMethod(member) && !isEscape(member));
    }

    private final Predicate<? super String> classes;
    private final Predicate<? super Member> members;

    private final MembersCache instances = new MembersCache(this, false);
    private final MembersCache statics = new MembersCache(this, true);

    /**
     * @param classes asked with the binary name of a class
     * @param members asked with each public method, field and constructor, as the most public type declares it
     */
    public Access(Predicate<? super String> classes, Predicate<? super Member> members) {
        this.classes = classes;
        this.members = members;
    }

    /** The same, but no way to the rest of the JVM. */
    public Access withoutEscapes() {
        return new Access(classes, member -> !isEscape(member) && members.test(member));
    }

    /** Whether scripts may have this class as an object: its static members, constructors and nested classes. */
    public boolean allows(Class<?> type) {
        Class<?> item = type;
        while (item.isArray()) {
            item = item.getComponentType();
        }
        return item.isPrimitive() ? classes.test(item.getName()) : allowsClass(item.getName());
    }

    /** The same by the binary name. */
    public boolean allowsClass(String name) {
        return classes.test(name);
    }

    boolean allows(Member member) {
        return members.test(member);
    }

    /** The members of instances of a class. */
    Members membersOf(Class<?> type) {
        return instances.get(type);
    }

    /** The members of the class itself. */
    Members staticMembersOf(Class<?> type) {
        return statics.get(type);
    }

    /** Why an object, or a class, has nothing to give by a name. */
    UsageException unknown(Object object, String name) {
        if (!(object instanceof Class<?> type)) {
            return membersOf(object.getClass()).unknown(name);
        }
        if (allows(type) && membersOf(type).has(name)) {
            return new UsageException("'" + name + "' is a member of the instances of " + type.getTypeName()
                    + ", not of the class itself");
        }
        return staticMembersOf(type).unknown(name);
    }

    /** Whether it is a method of objects: fields and what is static are not for scripts that are not trusted. */
    private static boolean isMethod(Member member) {
        return member instanceof Method && !Modifier.isStatic(member.getModifiers());
    }

    /**
     * Whether a member leads from an object to the rest of the JVM, past any policy about the object: classes and
     * reflection, class loaders, processes, threads, method handles.
     */
    static boolean isEscape(Member member) {
        Class<?> owner = member.getDeclaringClass();
        if (owner == Object.class) {
            return !(member instanceof Constructor)
                    && (member.getName().equals("getClass") || Sandbox.MONITOR_METHODS.contains(member.getName()));
        }
        return owner.getPackageName().startsWith("java.lang.reflect")
                || owner.getPackageName().startsWith("java.lang.invoke")
                || isEscape(owner);
    }

    private static boolean isEscape(Class<?> owner) {
        for (Class<?> c = owner; c != null; c = c.getSuperclass()) {
            if (Sandbox.ESCAPES.contains(c)) {
                return true;
            }
        }
        return false;
    }
}
