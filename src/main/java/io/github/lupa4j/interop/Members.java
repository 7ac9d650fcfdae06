package io.github.lupa4j.interop;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The public members of the instances of a class, or of the class itself, as far as a policy allows, by name. A method
 * beats a field, and a field a bean property. Immutable, and tied to the life of the class: see {@link Access}.
 */
final class Members {
    private final Class<?> type;
    private final String owner;
    /** Of each name what reading it gives: a {@link MethodGroup}, an {@link Accessor} or a nested class. */
    private final Map<String, Object> readable = new HashMap<>();

    private final Map<String, Accessor> writable = new HashMap<>();
    private final MethodGroup constructors;
    private final List<MethodGroup> functional = new ArrayList<>();
    private boolean initialised;

    /** The members of instances, none kept back. */
    static Members of(Class<?> type) {
        return Access.ALL.membersOf(type);
    }

    /** Builds what {@link Access} then keeps. */
    static Members build(Class<?> type, boolean statics, Access access) {
        return new Members(type, statics, access);
    }

    private Members(Class<?> type, boolean statics, Access access) {
        this.type = type;
        owner = Words.typeName(type);
        boolean allowed = !statics || access.allows(type);
        Map<String, List<Method>> methods = new LinkedHashMap<>();
        if (allowed) {
            collect(type, statics, access, methods);
        }
        if (statics) {
            collectOfClass(access, methods);
        }
        methods.forEach((name, group) -> readable.put(name, group(name, group)));
        Map<String, MethodGroup> groups = groups();
        if (allowed) {
            addFields(statics, access);
        }
        if (statics && allowed) {
            addNested(access);
        }
        groups.forEach((name, group) -> addProperty(name, group, groups));
        constructors = new MethodGroup(owner, "new", type, constructors(allowed && statics, access));
        if (statics && allowed) {
            readable.put("new", constructors);
        }
        if (!statics) {
            for (Method method : FunctionalInterfaces.methodsOf(type)) {
                if (readable.get(method.getName()) instanceof MethodGroup group) {
                    functional.add(group);
                }
            }
        }
    }

    // -- Collecting ----------------------------------------------------------------------------------------------

    private static void collect(Class<?> type, boolean statics, Access access, Map<String, List<Method>> methods) {
        for (Method method : type.getMethods()) {
            if (!statics || Modifier.isStatic(method.getModifiers())) {
                add(method, type, access, methods);
            }
        }
        if (type.isInterface() && !statics) {
            for (Method method : Object.class.getMethods()) {
                add(method, Object.class, access, methods);
            }
        }
    }

    /** The methods of every Class object; static members of the class they stand for come first. */
    private static void collectOfClass(Access access, Map<String, List<Method>> methods) {
        Map<String, List<Method>> own = new LinkedHashMap<>();
        for (Method method : Class.class.getMethods()) {
            if (!Modifier.isStatic(method.getModifiers())) {
                add(method, Class.class, access, own);
            }
        }
        own.forEach(methods::putIfAbsent);
    }

    private static void add(Method method, Class<?> type, Access access, Map<String, List<Method>> methods) {
        Method callable = PublicTypes.accessible(method, type);
        if (callable == null || !access.allows(callable)) {
            return;
        }
        List<Method> group = methods.computeIfAbsent(method.getName(), name -> new ArrayList<>());
        for (int i = 0; i < group.size(); i++) {
            Method known = group.get(i);
            if (isHiddenBy(callable, known)) {
                return;
            }
            if (isHiddenBy(known, callable)) {
                group.set(i, callable);
                return;
            }
        }
        group.add(callable);
    }

    /**
     * Whether a method is another one as inherited, or is the bridge that javac makes for it. A bridge to a method of a
     * class that is not public is the way to that, and stays.
     */
    private static boolean isHiddenBy(Method method, Method other) {
        Class<?>[] types = method.getParameterTypes();
        Class<?>[] others = other.getParameterTypes();
        if (Arrays.equals(types, others)) {
            return method.isBridge() || (!other.isBridge() && returnsLess(method, other));
        }
        if (!method.isBridge() || other.isBridge() || types.length != others.length) {
            return false;
        }
        for (int i = 0; i < types.length; i++) {
            if (!types[i].isAssignableFrom(others[i])) {
                return false;
            }
        }
        return method.getDeclaringClass() == other.getDeclaringClass();
    }

    private static boolean returnsLess(Method method, Method other) {
        return method.getReturnType().isAssignableFrom(other.getReturnType());
    }

    private MethodGroup group(String name, List<Method> methods) {
        return new MethodGroup(
                owner, name, type, methods.stream().map(Candidate::new).toList());
    }

    private Map<String, MethodGroup> groups() {
        Map<String, MethodGroup> groups = new HashMap<>();
        readable.forEach((name, group) -> groups.put(name, (MethodGroup) group));
        return groups;
    }

    private void addFields(boolean statics, Access access) {
        for (Field field : type.getFields()) {
            boolean wanted = !statics || Modifier.isStatic(field.getModifiers());
            if (wanted && access.allows(field) && isAccessible(field)) {
                Accessor accessor = new Accessor.OfField(owner, field);
                readable.putIfAbsent(field.getName(), accessor);
                writable.putIfAbsent(field.getName(), accessor);
            }
        }
    }

    private static boolean isAccessible(Field field) {
        Class<?> declaring = field.getDeclaringClass();
        boolean open = Modifier.isPublic(declaring.getModifiers())
                && declaring.getModule().isExported(declaring.getPackageName(), Members.class.getModule());
        return open || field.trySetAccessible();
    }

    private void addNested(Access access) {
        for (Class<?> nested : type.getClasses()) {
            if (access.allows(nested)) {
                readable.putIfAbsent(nested.getSimpleName(), nested);
            }
        }
        readable.put("class", type);
    }

    /** What a getter or setter makes a property of: getName is name, and Name. */
    private void addProperty(String method, MethodGroup group, Map<String, MethodGroup> groups) {
        boolean reads = isPrefix("get", method) || isPrefix("is", method);
        if (reads ? !group.takesNone() : !isPrefix("set", method)) {
            return;
        }
        String suffix = method.substring(method.startsWith("is") ? 2 : 3);
        MethodGroup getter = groups.get("get" + suffix);
        if (getter == null || !getter.takesNone()) {
            getter = groups.get("is" + suffix);
        }
        boolean readsIt = getter != null && getter.takesNone();
        for (String name : new TreeSet<>(List.of(decapitalized(suffix), suffix))) {
            Accessor property =
                    new Accessor.OfProperty(owner, name, readsIt ? getter : null, groups.get("set" + suffix));
            if (readsIt) {
                readable.putIfAbsent(name, property);
            }
            writable.putIfAbsent(name, property);
        }
    }

    private static boolean isPrefix(String prefix, String method) {
        return method.startsWith(prefix) && method.length() > prefix.length();
    }

    private static String decapitalized(String name) {
        return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
    }

    private List<Candidate> constructors(boolean wanted, Access access) {
        List<Candidate> candidates = new ArrayList<>();
        if (wanted && !Modifier.isAbstract(type.getModifiers())) {
            for (Constructor<?> constructor : type.getConstructors()) {
                boolean open = Modifier.isPublic(type.getModifiers()) || constructor.trySetAccessible();
                if (open && access.allows(constructor)) {
                    candidates.add(new Candidate(constructor));
                }
            }
        }
        return candidates;
    }

    // -- Looking up ----------------------------------------------------------------------------------------------

    /** What reading a name gives: a {@link MethodGroup}, an {@link Accessor}, a nested class, or null. */
    @Nullable
    Object find(String name) {
        return readable.get(name);
    }

    /** What writing a name goes to; null if there is no such field or property. */
    @Nullable
    Accessor findWritable(String name) {
        return writable.get(name);
    }

    MethodGroup constructors() {
        return constructors;
    }

    /**
     * What a call of an instance means.
     *
     * @throws UsageException if it has no meaning, or several
     */
    MethodGroup functional() {
        if (functional.size() == 1) {
            return functional.get(0);
        }
        if (functional.isEmpty()) {
            throw new UsageException("a " + owner + " cannot be called; it implements no functional interface");
        }
        List<String> names =
                functional.stream().map(group -> group.name).sorted().toList();
        throw new UsageException(
                "a " + owner + " cannot be called, for it is several functions; call one of its methods "
                        + String.join(", ", names));
    }

    boolean has(String name) {
        return readable.containsKey(name) || writable.containsKey(name);
    }

    /**
     * Has the class initialised before something of it is used: where that fails, the JVM itself tells why only once.
     *
     * @param found what is to be used; a nested class, or a method that all Class objects have, does not need it
     * @throws IllegalStateException when it fails
     */
    void initialise(Object found) {
        if (!initialised && !(found instanceof Class) && !(found instanceof MethodGroup group && group.isOfClass())) {
            Classes.initialised(type);
            initialised = true;
        }
    }

    boolean isInitialised() {
        return initialised;
    }

    UsageException unknown(String name) {
        if (writable.containsKey(name)) {
            return new UsageException("the property " + owner + "." + name + " can only be written");
        }
        Set<String> names = new TreeSet<>(readable.keySet());
        names.addAll(writable.keySet());
        String nearest = Words.nearest(name, names);
        return new UsageException(owner + " has no public member '" + name + "'"
                + (nearest.isEmpty() ? "" : "; the nearest are " + nearest));
    }

    UsageException notWritable(String name) {
        Object found = readable.get(name);
        if (found == null) {
            return unknown(name);
        }
        return new UsageException("'" + name + "' of " + owner + " is a "
                + (found instanceof Class ? "class" : "method") + " and cannot be set");
    }
}
