package io.github.lupa4j.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaRuntime;

/** What the compiler makes of a script. */
public final class Traces {
    private Traces() {}

    /** Runs a loop of which compiled code is to be a loop, too, without an interpreted call in between. */
    public static void assertCompiled(LuaRuntime lua, String loop) {
        String links = linksOf(lua, loop);
        assertTrue(links.contains("loop") && !links.contains("stitch"), links);
    }

    /** Runs a loop and tells how its traces end. */
    public static String linksOf(LuaRuntime lua, String loop) {
        return (String) lua.execute("local util, seen = require('jit.util'), {} jit.flush()"
                + " local function note(what, trace) if what == 'stop' then"
                + " seen[#seen + 1] = util.traceinfo(trace).linktype elseif what == 'abort' then"
                + " seen[#seen + 1] = 'abort' end end jit.attach(note, 'trace') " + loop
                + " jit.attach(note) return table.concat(seen, ' ')");
    }
}
