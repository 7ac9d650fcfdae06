package io.github.lupa4j.testing;

import io.github.lupa4j.LuaRuntime;

/** What the compiler makes of a script. */
public final class Traces {
    private Traces() {}

    /** Runs a loop and tells how its traces end. */
    public static String linksOf(LuaRuntime lua, String loop) {
        return (String) lua.execute("local util, seen = require('jit.util'), {} jit.flush()"
                + " local function note(what, trace) if what == 'stop' then"
                + " seen[#seen + 1] = util.traceinfo(trace).linktype elseif what == 'abort' then"
                + " seen[#seen + 1] = 'abort' end end jit.attach(note, 'trace') " + loop
                + " jit.attach(note) return table.concat(seen, ' ')");
    }
}
