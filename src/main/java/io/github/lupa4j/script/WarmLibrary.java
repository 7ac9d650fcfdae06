package io.github.lupa4j.script;

import io.github.lupa4j.LuaTable;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
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
    private final LuaTable kept;

    /** By name; null for a value that is no table. */
    private final Map<String, @Nullable Copy> values = new HashMap<>();

    private static final class Copy {
        private final LuaTable original;
        private @Nullable LuaTable table;

        Copy(LuaTable original) {
            this.original = original;
        }

        boolean isChanged() {
            return table == null || !table.isCopyOf(original);
        }

        LuaTable renew() {
            if (table != null) {
                table.close();
            }
            table = original.copy();
            return table;
        }
    }

    WarmLibrary(LuaTable library, LuaTable kept) {
        this.library = library;
        this.kept = kept;
    }

    // -- Before an evaluation ------------------------------------------------------------------------------------

    /** Takes away what such Bindings hide, of the names that a script may use. */
    void hide(Set<String> names, Bindings bindings) {
        if (!values.isEmpty()) {
            for (String name : names) {
                if (values.containsKey(name) && bindings.containsKey(name)) {
                    drop(name);
                }
            }
        }
    }

    /** Takes away what such Bindings hide. */
    void hideAll(Bindings bindings) {
        hide(Set.copyOf(values.keySet()), bindings);
    }

    void drop(String name) {
        if (values.containsKey(name)) {
            values.remove(name);
            kept.rawSet(name, null);
        }
    }

    void dropAll() {
        values.keySet().forEach(name -> kept.rawSet(name, null));
        values.clear();
    }

    // -- After an evaluation -------------------------------------------------------------------------------------

    /** Keeps a value that the evaluation has taken from the library, if that can be. */
    boolean keep(String name) {
        if (SPECIAL.contains(name)) {
            return false;
        }
        Object value = library.rawGet(name);
        if (value != null) {
            values.put(name, value instanceof LuaTable table ? new Copy(table) : null);
        }
        return value != null;
    }

    /**
     * Puts new copies of tables in the place of those that are not what they were.
     *
     * @param names the names that the script may have used
     * @param passed whether something of the evaluation may know the copies
     */
    void renew(Set<String> names, boolean passed) {
        for (String name : names) {
            Copy copy = values.get(name);
            if (copy != null && (passed || copy.isChanged())) {
                kept.rawSet(name, copy.renew());
            }
        }
    }
}
