package io.github.lupa4j.script;

import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaTable;
import org.jspecify.annotations.Nullable;

/** The call of a function by its name, in which dots may lead through tables. */
final class NamedCall {
    private NamedCall() {}

    /** Calls the function. */
    static @Nullable Object of(LuaTable table, String name, boolean method, @Nullable Object... arguments)
            throws NoSuchMethodException {
        try {
            return method ? table.callMethod(name, arguments) : table.call(name, arguments);
        } catch (NoSuchMethodException e) {
            return callDotted(table, name, method, arguments, e);
        }
    }

    /** Calls a function by a name in which dots lead through tables. */
    private static @Nullable Object callDotted(
            LuaTable table, String name, boolean method, @Nullable Object[] arguments, NoSuchMethodException missing)
            throws NoSuchMethodException {
        LuaTable inner = table;
        int from = 0;
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', from)) {
            if (!(inner.get(name.substring(from, dot)) instanceof LuaTable next)) {
                throw missing;
            }
            inner = next;
            from = dot + 1;
        }
        String last = name.substring(from);
        if (from == 0 || !(inner.get(last) instanceof LuaFunction)) {
            throw missing;
        }
        return method ? inner.callMethod(last, arguments) : inner.call(last, arguments);
    }
}
