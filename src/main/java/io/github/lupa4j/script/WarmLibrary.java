package io.github.lupa4j.script;

import io.github.lupa4j.LuaChunk;
import io.github.lupa4j.LuaTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import javax.script.Bindings;
import org.jspecify.annotations.Nullable;

/**
 * The values of the library that an environment has ready for its next evaluation: functions, and copies of tables that
 * no script has changed.
 */
final class WarmLibrary {
    /** Tables that are not mere copies. */
    private static final Set<String> SPECIAL = Set.of("java", "javax", "luajava");

    private final LuaTable library;
    /** Where they stand. */
    private final Supplier<LuaTable> kept;

    /** By name; null for a value that is no table. */
    private final Map<String, @Nullable Copy> values = new HashMap<>();

    private static final class Copy {
        private final LuaTable original;
        private @Nullable LuaTable table;

        Copy(LuaTable original, @Nullable LuaTable table) {
            this.original = original;
            this.table = table;
        }

        boolean isChanged() {
            return table == null || !table.isCopyOf(original);
        }

        /** Gives the table up, which another script may change. */
        void leave() {
            if (table != null) {
                table.close();
                table = null;
            }
        }

        LuaTable renew() {
            leave();
            LuaTable copy = original.runtime().unowned(original::copy);
            table = copy;
            return copy;
        }
    }

    WarmLibrary(LuaTable library, Supplier<LuaTable> kept) {
        this.library = library;
        this.kept = kept;
    }

    // -- Before an evaluation ------------------------------------------------------------------------------------

    /** Prepares for a script that may use these names, with Bindings that hide some of them. */
    void prepare(List<String> names, Bindings bindings) {
        if (values.isEmpty()) {
            return;
        }
        for (String name : names) {
            if (values.containsKey(name)) {
                if (bindings.containsKey(name)) {
                    drop(name);
                } else {
                    renew(name);
                }
            }
        }
    }

    private void renew(String name) {
        Copy copy = values.get(name);
        if (copy != null && copy.isChanged()) {
            kept.get().rawSet(name, copy.renew());
        }
    }

    /** Takes away what such Bindings hide. */
    void hideAll(Bindings bindings) {
        for (String name : List.copyOf(values.keySet())) {
            if (bindings.containsKey(name)) {
                drop(name);
            }
        }
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    void drop(String name) {
        if (values.containsKey(name)) {
            values.remove(name);
            kept.get().rawSet(name, null);
        }
    }

    void dropAll() {
        values.keySet().forEach(name -> kept.get().rawSet(name, null));
        values.clear();
    }

    // -- After an evaluation -------------------------------------------------------------------------------------

    /** Keeps a value that the evaluation has taken from the library, if that can be. */
    boolean keep(String name) {
        if (SPECIAL.contains(name)) {
            return false;
        }
        Object value = get(library, name);
        if (value != null) {
            values.put(
                    name, value instanceof LuaTable table ? new Copy(table, (LuaTable) get(kept.get(), name)) : null);
        }
        return value != null;
    }

    private static @Nullable Object get(LuaTable table, String name) {
        return table.runtime().unowned(() -> table.rawGet(name));
    }

    /** Whether a script has changed one of the copies. */
    boolean isChanged(LuaChunk chunk) {
        if (chunk.changesTables() && !values.isEmpty()) {
            for (String name : chunk.globals()) {
                Copy copy = values.get(name);
                if (copy != null && copy.isChanged()) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Takes away copies that the script may have changed, and with them what it may have left there.
     *
     * @param passed whether something of the evaluation may know the copies
     */
    void tidy(LuaChunk chunk, boolean passed) {
        if (!values.isEmpty() && (passed || chunk.changesTables())) {
            for (String name : chunk.globals()) {
                Copy copy = values.get(name);
                if (copy != null && (passed || copy.isChanged())) {
                    kept.get().rawSet(name, null);
                    copy.leave();
                }
            }
        }
    }
}
