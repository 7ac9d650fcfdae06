package io.github.lupa4j.script;

import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaTable;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the host passes to a script by ARGV, and the name by which it calls it. */
final class Arguments {
    private static final Arguments NONE = new Arguments(new Object[0], "");

    private final @Nullable Object[] values;
    private final String scriptName;

    private Arguments(@Nullable Object[] values, String scriptName) {
        this.values = values;
        this.scriptName = scriptName;
    }

    static Arguments of(@Nullable Object argv, String scriptName) {
        if (argv instanceof List<?> list) {
            return new Arguments(Objects.requireNonNull(list.toArray()), scriptName);
        }
        return argv instanceof Object[] array ? new Arguments(array, scriptName) : NONE;
    }

    /** Whether the host has passed any, or an empty list of them. */
    boolean areGiven() {
        return this != NONE;
    }

    /** What {@code ...} is in the script. */
    @Nullable
    Object[] values() {
        return values;
    }

    /** What {@code arg} is in the script. */
    LuaTable table(LuaRuntime runtime) {
        LuaTable table = runtime.table(values);
        table.rawSet(0, scriptName);
        return table;
    }
}
