package io.github.lupa4j.interop;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The public members of a class, or the static ones of it, by name. */
final class Members {
    private static final ClassValue<Members> INSTANCE = new ClassValue<>() {
        @Override
        protected Members computeValue(Class<?> type) {
            return new Members(type, false);
        }
    };

    private static final ClassValue<Members> STATIC = new ClassValue<>() {
        @Override
        protected Members computeValue(Class<?> type) {
            return new Members(type, true);
        }
    };

    private final Class<?> type;
    private final Map<String, List<Method>> methods = new HashMap<>();
    private final Map<String, Field> fields = new HashMap<>();
    private final Map<String, Class<?>> inner = new HashMap<>();

    static Members of(Object object) {
        return object instanceof Class<?> type ? ofStatic(type) : INSTANCE.get(object.getClass());
    }

    static Members ofStatic(Class<?> type) {
        return STATIC.get(type);
    }

    private Members(Class<?> type, boolean statics) {
        this.type = type;
        for (Method method : type.getMethods()) {
            if (!statics || Modifier.isStatic(method.getModifiers())) {
                addMethod(method);
            }
        }
        if (statics) {
            for (Method method : Class.class.getMethods()) {
                if (!methods.containsKey(method.getName()) && !Modifier.isStatic(method.getModifiers())) {
                    addMethod(method);
                }
            }
            for (Class<?> c : type.getClasses()) {
                inner.put(c.getSimpleName(), c);
            }
        }
        for (Field field : type.getFields()) {
            if ((!statics || Modifier.isStatic(field.getModifiers())) && field.trySetAccessible()) {
                fields.putIfAbsent(field.getName(), field);
            }
        }
    }

    private void addMethod(Method method) {
        Method callable = mostPublic(method);
        if (callable == null || method.isBridge()) {
            return;
        }
        List<Method> group = methods.computeIfAbsent(method.getName(), name -> new ArrayList<>());
        if (group.stream().noneMatch(m -> Arrays.equals(m.getParameterTypes(), callable.getParameterTypes()))) {
            group.add(callable);
        }
    }

    /** The same method where it is declared by a public type that this module may use. */
    private @Nullable Method mostPublic(Method method) {
        for (Class<?> t : supertypes(method.getDeclaringClass())) {
            if (!Modifier.isPublic(t.getModifiers())
                    || !t.getModule().isExported(t.getPackageName(), Members.class.getModule())) {
                continue;
            }
            for (Method same : t.getMethods()) {
                if (same.getName().equals(method.getName())
                        && Arrays.equals(same.getParameterTypes(), method.getParameterTypes())) {
                    return same;
                }
            }
        }
        return method.trySetAccessible() ? method : null;
    }

    private static Set<Class<?>> supertypes(Class<?> type) {
        Set<Class<?>> types = new LinkedHashSet<>();
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            types.add(c);
        }
        for (Class<?> c : List.copyOf(types)) {
            addInterfaces(c, types);
        }
        return types;
    }

    private static void addInterfaces(Class<?> type, Set<Class<?>> types) {
        for (Class<?> i : type.getInterfaces()) {
            if (types.add(i)) {
                addInterfaces(i, types);
            }
        }
    }

    // -- Looking up ----------------------------------------------------------------------------------------------

    boolean hasMethod(String name) {
        return methods.containsKey(name);
    }

    boolean has(String name) {
        return methods.containsKey(name) || fields.containsKey(name) || getter(name) != null;
    }

    private @Nullable Method getter(String name) {
        String suffix = capitalized(name);
        for (String prefix : List.of("get", "is")) {
            for (Method method : methods.getOrDefault(prefix + suffix, List.of())) {
                if (method.getParameterCount() == 0 && method.getReturnType() != void.class) {
                    return method;
                }
            }
        }
        return null;
    }

    private static String capitalized(String name) {
        return name.isEmpty() ? name : name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    private IllegalArgumentException unknown(String name) {
        Set<String> names = new LinkedHashSet<>(methods.keySet());
        names.addAll(fields.keySet());
        String nearest = names.stream()
                .sorted(Comparator.comparingInt(n -> distance(n, name)))
                .limit(3)
                .collect(Collectors.joining(", "));
        return new IllegalArgumentException(
                type.getTypeName() + " has no public member '" + name + "'; the nearest are " + nearest);
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }

    // -- Using ---------------------------------------------------------------------------------------------------

    @Nullable
    Object read(Object object, String name) throws Throwable {
        Field field = fields.get(name);
        if (field != null) {
            return field.get(object);
        }
        Class<?> c = inner.get(name);
        if (c != null) {
            return c;
        }
        Method getter = getter(name);
        if (getter == null) {
            throw unknown(name);
        }
        return invoke(getter, object);
    }

    void write(Object object, String name, @Nullable Object value, Converter converter) throws Throwable {
        Field field = fields.get(name);
        if (field != null) {
            if (Modifier.isFinal(field.getModifiers())) {
                throw new IllegalArgumentException("the field " + type.getTypeName() + "." + name + " is final");
            }
            field.set(object, converter.convert(value, field.getType()));
            return;
        }
        String setter = "set" + capitalized(name);
        if (!hasMethod(setter)) {
            throw unknown(name);
        }
        call(object, setter, new Object[] {value}, converter);
    }

    @Nullable
    Object call(Object object, String name, @Nullable Object[] arguments, Converter converter) throws Throwable {
        List<Method> candidates = methods.getOrDefault(name, List.of());
        Overloads.Choice<Method> choice = Overloads.choose(candidates, arguments, converter);
        if (choice == null) {
            throw noOverload(name, candidates, arguments);
        }
        return invoke(choice.member(), object, choice.arguments());
    }

    @Nullable
    Object construct(@Nullable Object[] arguments, Converter converter) throws Throwable {
        List<Constructor<?>> candidates = List.of(type.getConstructors());
        Overloads.Choice<Constructor<?>> choice = Overloads.choose(candidates, arguments, converter);
        if (choice == null) {
            throw noOverload("new", candidates, arguments);
        }
        try {
            return choice.member().newInstance(choice.arguments());
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** Calls the one abstract method of a functional object. */
    @Nullable
    Object callFunctional(Object object, @Nullable Object[] arguments, Converter converter) throws Throwable {
        for (Class<?> t : supertypes(object.getClass())) {
            Method single = t.isInterface() ? Converter.functionalMethod(t) : null;
            if (single != null) {
                return call(object, single.getName(), arguments, converter);
            }
        }
        throw new IllegalArgumentException("a " + type.getTypeName() + " cannot be called");
    }

    private IllegalArgumentException noOverload(
            String name, List<? extends Executable> candidates, @Nullable Object[] arguments) {
        String given = Arrays.stream(arguments)
                .map(a -> a == null ? "nil" : a.getClass().getTypeName())
                .collect(Collectors.joining(", ", "(", ")"));
        return new IllegalArgumentException("no " + type.getTypeName() + "." + name + " takes " + given
                + "; there are "
                + candidates.stream().map(Executable::toString).collect(Collectors.joining("; ")));
    }

    private static @Nullable Object invoke(Method method, Object object, @Nullable Object... arguments)
            throws Throwable {
        try {
            return method.invoke(Modifier.isStatic(method.getModifiers()) ? null : object, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
