package io.github.lupa4j.interop;

import io.github.lupa4j.LuaNames;
import io.github.lupa4j.LuaTable;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code java.args{...}}: what a call passes by position and by name. */
final class NamedArguments {
    private final @Nullable Object[] positional;
    private final Map<String, @Nullable Object> named = new LinkedHashMap<>();

    /**
     * Takes the values of whole keys from 1 as positional, those of string keys as named.
     *
     * @throws UsageException for any other key
     */
    NamedArguments(LuaTable table) {
        Map<Integer, Object> numbered = new LinkedHashMap<>();
        int last = 0;
        for (Map.Entry<Object, Object> entry : table.entrySet()) {
            if (entry.getKey() instanceof String name) {
                named.put(name, entry.getValue());
            } else if (entry.getKey() instanceof byte[] name) {
                named.put(new String(name, StandardCharsets.UTF_8), entry.getValue()); // in raw mode
            } else if (entry.getKey() instanceof Integer position && position >= 1 && position <= 255) {
                numbered.put(position, entry.getValue());
                last = Math.max(last, position);
            } else {
                throw new UsageException(
                        "java.args takes positions from 1 and names, not " + Words.describe(entry.getKey()));
            }
        }
        positional = new Object[last];
        numbered.forEach((position, value) -> positional[position - 1] = value);
    }

    private NamedArguments(@Nullable Object[] before, NamedArguments last) {
        positional = Arrays.copyOf(before, before.length - 1 + last.positional.length);
        System.arraycopy(last.positional, 0, positional, before.length - 1, last.positional.length);
        named.putAll(last.named);
    }

    /**
     * Calls one of several overloaded members.
     *
     * @param arguments this is the last of them; those before are positional
     * @throws UsageException when none has such parameters, or several take these arguments
     */
    @Nullable
    Object call(MethodGroup group, @Nullable Object receiver, @Nullable Object[] arguments, Converter converter)
            throws Throwable {
        NamedArguments all = arguments.length == 1 ? this : new NamedArguments(arguments, this);
        return all.call(group, receiver, converter);
    }

    private @Nullable Object call(MethodGroup group, @Nullable Object receiver, Converter converter) throws Throwable {
        if (named.isEmpty()) {
            Object result = group.tryCall(receiver, positional, converter);
            if (result != Converter.MISFIT) {
                return result;
            }
        }
        List<String> reasons = new ArrayList<>();
        // Members with the same names in the same order are overloads of each other.
        Map<List<String>, List<Candidate>> fitting = new LinkedHashMap<>();
        for (Candidate candidate : group.candidates) {
            List<String> names = names(candidate.member);
            String reason = misfit(candidate.member, names);
            if (reason == null && names != null) {
                fitting.computeIfAbsent(names, key -> new ArrayList<>()).add(candidate);
            } else {
                reasons.add(String.valueOf(reason));
            }
        }
        Overloads.Choice chosen = null;
        @Nullable Object[] given = {};
        for (Map.Entry<List<String>, List<Candidate>> entry : fitting.entrySet()) {
            @Nullable Object[] arranged = arranged(entry.getKey());
            Overloads.Choice choice = Overloads.choose(group.of(entry.getValue()), arranged, converter);
            if (choice == null) {
                entry.getValue().forEach(c -> reasons.add(describe(c.member, entry.getKey()) + " takes other types"));
            } else if (chosen != null) {
                throw group.ambiguous(arranged, List.of(chosen.candidate(), choice.candidate()));
            } else {
                chosen = choice;
                given = arranged;
            }
        }
        @Nullable
        Object[] converted = chosen == null ? null : chosen.candidate().convert(given, chosen.spread(), converter);
        if (chosen == null || converted == null) {
            throw new UsageException(String.join("; ", reasons));
        }
        return chosen.candidate().call(receiver, converted);
    }

    /** Why the member cannot be meant; null when it can. */
    private @Nullable String misfit(Executable member, @Nullable List<String> names) {
        if (names == null) {
            return named.isEmpty()
                    ? Words.signature(member.getName(), member) + " takes other arguments"
                    : "the parameter names of " + member
                            + " are not known: it was compiled without -parameters, and has" + " no @LuaNames";
        }
        String shown = describe(member, names);
        if (positional.length > names.size()) {
            return shown + " has no " + positional.length + " parameters";
        }
        for (String name : named.keySet()) {
            int position = names.indexOf(name);
            if (position < 0) {
                return shown + " has no parameter '" + name + "'";
            }
            if (position < positional.length) {
                return shown + " gets its parameter '" + name + "' twice";
            }
        }
        int needed = member.isVarArgs() ? names.size() - 1 : names.size();
        for (String name : names.subList(positional.length, Math.max(needed, positional.length))) {
            if (!named.containsKey(name)) {
                return shown + " misses its parameter '" + name + "'";
            }
        }
        return null;
    }

    private @Nullable Object[] arranged(List<String> names) {
        @Nullable Object[] all = Arrays.copyOf(positional, positional.length + named.size());
        for (int i = positional.length; i < all.length; i++) {
            all[i] = named.get(names.get(i));
        }
        return all;
    }

    private static String describe(Executable member, List<String> names) {
        return member.getDeclaringClass().getSimpleName()
                + (member instanceof Constructor ? "" : "." + member.getName())
                + "(" + String.join(", ", names) + ")";
    }

    /** The names of the member's parameters, or null when they are not known. */
    private static @Nullable List<String> names(Executable member) {
        LuaNames given = member.getAnnotation(LuaNames.class);
        if (given != null) {
            if (given.value().length != member.getParameterCount()) {
                throw new UsageException("@LuaNames of " + member + " has " + given.value().length + " names for "
                        + member.getParameterCount() + " parameters");
            }
            return List.of(given.value());
        }
        Parameter[] parameters = member.getParameters();
        if (Arrays.stream(parameters).allMatch(Parameter::isNamePresent)) {
            return Arrays.stream(parameters).map(Parameter::getName).toList();
        }
        RecordComponent[] components = member.getDeclaringClass().getRecordComponents();
        boolean canonical = components != null
                && member instanceof Constructor
                && Arrays.equals(
                        Arrays.stream(components).map(RecordComponent::getType).toArray(), member.getParameterTypes());
        return canonical
                ? Arrays.stream(components).map(RecordComponent::getName).toList()
                : null;
    }
}
