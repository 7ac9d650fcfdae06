package io.github.lupa4j.script;

import io.github.lupa4j.LuaTable;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.script.Bindings;
import javax.script.ScriptEngine;
import org.jspecify.annotations.Nullable;

/**
 * The global variables of an engine as live Bindings. All of them can be read and written; a walk shows those that
 * the library did not bring.
 */
final class LuaBindings extends AbstractMap<String, Object> implements Bindings {
    private final LuaTable globals;
    private final LuaTable library;
    private @Nullable Object fileName;
    private @Nullable Object arguments;

    LuaBindings(LuaTable globals, LuaTable library) {
        this.globals = globals;
        this.library = library;
    }

    private static String checked(@Nullable Object name) {
        String text = (String) Objects.requireNonNull(name, "a name must not be null");
        if (text.isEmpty()) {
            throw new IllegalArgumentException("a name must not be empty");
        }
        return text;
    }

    @Override
    public @Nullable Object get(Object name) {
        return globals.rawGet(checked(name));
    }

    /** What the host has set for {@link ScriptEngine#FILENAME}; every evaluation asks. */
    @Nullable
    Object fileName() {
        return fileName;
    }

    /** What the host has set for {@link ScriptEngine#ARGV}; every evaluation asks. */
    @Nullable
    Object arguments() {
        return arguments;
    }

    @Override
    public boolean containsKey(Object name) {
        return get(name) != null;
    }

    @Override
    public @Nullable Object put(String name, @Nullable Object value) {
        Object old = get(name);
        set(name, value);
        return old;
    }

    /** Sets a variable, without asking for its old value. */
    void set(String name, @Nullable Object value) {
        globals.rawSet(checked(name), value);
        if (name.startsWith("javax.script.")) {
            if (name.equals(ScriptEngine.FILENAME)) {
                fileName = value;
            } else if (name.equals(ScriptEngine.ARGV)) {
                arguments = value;
            }
        }
    }

    @Override
    public void putAll(Map<? extends String, ?> map) {
        map.forEach(this::set);
    }

    @Override
    public @Nullable Object remove(Object name) {
        return put(checked(name), null);
    }

    @Override
    public Set<Map.Entry<String, Object>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<String, Object>> iterator() {
                return new Variables(variables().iterator());
            }

            @Override
            public int size() {
                return variables().size();
            }
        };
    }

    private List<String> variables() {
        List<String> names = new ArrayList<>();
        for (Map.Entry<Object, Object> entry : globals.entrySet()) {
            Object value = entry.getValue();
            // A variable may hold java.none, which is null here.
            if (entry.getKey() instanceof String name && (value == null || !value.equals(library.rawGet(name)))) {
                names.add(name);
            }
        }
        return names;
    }

    private final class Variables implements Iterator<Map.Entry<String, Object>> {
        private final Iterator<String> names;
        private @Nullable String current;

        Variables(Iterator<String> names) {
            this.names = names;
        }

        @Override
        public boolean hasNext() {
            return names.hasNext();
        }

        @Override
        public Map.Entry<String, Object> next() {
            String name = names.next();
            current = name;
            return new SimpleEntry<>(name, globals.rawGet(name)) {
                private static final long serialVersionUID = 1;

                @Override
                public Object setValue(Object value) {
                    set(name, value);
                    return super.setValue(value);
                }
            };
        }

        @Override
        public void remove() {
            if (current == null) {
                throw new IllegalStateException("there is no variable to remove; call next() first");
            }
            set(current, null);
            current = null;
        }
    }
}
