package io.github.lupa4j.script;

import io.github.lupa4j.LuaException;
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
        } catch (LuaException e) {
            NoSuchMethodException missing = asMissing(table, name, e);
            if (missing == null) {
                throw e;
            }
            return callDotted(table, name, method, arguments, missing);
        }
    }

    /** What the error of a call means if the table has refused the name; null if it is the function's own. */
    static @Nullable NoSuchMethodException asMissing(LuaTable table, String name, LuaException error) {
        if (error.getClass() != LuaException.class || !isRefused(table, name)) {
            return null;
        }
        NoSuchMethodException missing = new NoSuchMethodException("no function " + name + ": " + error.getMessage());
        missing.initCause(error);
        return missing;
    }

    /** Whether a table knows no such name and says so by an error, as strict globals do. */
    private static boolean isRefused(LuaTable table, String name) {
        if (table.rawGet(name) != null) {
            return false;
        }
        try {
            table.get(name);
            return false;
        } catch (LuaException e) {
            return e.getClass() == LuaException.class;
        }
    }

    /** Whether a table has a function under a name, or what can be called like one. */
    static boolean isCallable(LuaTable table, String name) {
        try {
            return table.isCallable(name);
        } catch (LuaException e) {
            if (e.getClass() != LuaException.class) {
                throw e;
            }
            return false; // Strict globals know no such name.
        }
    }

    /** What a table has under a name; null also when it says by an error that there is nothing. */
    static @Nullable Object find(LuaTable table, String name) {
        try {
            return table.get(name);
        } catch (LuaException e) {
            if (e.getClass() != LuaException.class) {
                throw e;
            }
            return null;
        }
    }

    /** Calls a function by a name in which dots lead through tables. */
    private static @Nullable Object callDotted(
            LuaTable table, String name, boolean method, @Nullable Object[] arguments, NoSuchMethodException missing)
            throws NoSuchMethodException {
        LuaTable inner = table;
        int from = 0;
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', from)) {
            if (!(find(inner, name.substring(from, dot)) instanceof LuaTable next)) {
                throw missing;
            }
            inner = next;
            from = dot + 1;
        }
        String last = name.substring(from);
        if (from == 0 || !(find(inner, last) instanceof LuaFunction)) {
            throw missing;
        }
        return method ? inner.callMethod(last, arguments) : inner.call(last, arguments);
    }
}
