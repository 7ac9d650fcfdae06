package io.github.lupa4j.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaException;
import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.testing.ChildJvm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Java objects that Lua has dropped but not collected: Lua's collector does not feel their size. */
class JavaHeapTest {
    /** What scripts call. */
    public static final class Maker {
        public byte[] bytes(int size) {
            return new byte[size];
        }

        public void fail() {
            throw new IllegalStateException();
        }

        /** Gives a new array for every key. */
        public Map<String, Object> map() {
            return new HashMap<>() {
                @Override
                public boolean containsKey(Object key) {
                    return true;
                }

                @Override
                public Object get(Object key) {
                    return new byte[1_000_000];
                }
            };
        }

        public List<Object> list(int size) {
            return new ArrayList<>(size);
        }
    }

    /** Each drops many times what a heap of 256 MB holds. */
    private static final List<String> DROPPING = List.of(
            "for i = 1, 1000 do local x = java.array('byte', 2e6) end",
            "for i = 1, 100 do local x = java.array('byte', 2e7) end",
            "for i = 1, 20000 do local x = maker:bytes(100000) end",
            "for i = 1, 500 do local x = maker:list(500000).size end",
            "local m = maker:map() for i = 1, 2000 do local x = m.key end",
            "local fail = maker.fail for i = 1, 1000000 do pcall(fail) end",
            "local fail = java.leaf(maker.fail) for i = 1, 1000000 do pcall(fail) end",
            "for i = 1, 500 do local x = maker:bytes(2e6) local f = function() return x end end",
            "for i = 1, 500 do local x = java.as_attrgetter(maker:list(500000)) end",
            "for i = 1, 500 do local x = maker:bytes(2e6)"
                    + " local co = coroutine.wrap(function() coroutine.yield(x) end) co() end",
            "held = {} for i = 1, 100000 do held[i] = {} end for i = 1, 300000 do local x = maker:bytes(1000) end held = nil");

    static final class Main {
        private Main() {}

        public static void main(String[] arguments) {
            for (String script : DROPPING) {
                try (LuaRuntime lua = LuaRuntime.create()) {
                    lua.globals().put("maker", new Maker());
                    lua.execute(script);
                }
            }
            try (LuaRuntime lua = LuaRuntime.create()) {
                // The request that fails cannot be made again, but what follows has room.
                lua.globals().put("maker", new Maker());
                lua.execute("for i = 1, 200 do pcall(maker.bytes, maker, 4e7) end");
                lua.execute("assert(#maker:bytes(1e6) == 1e6)");
            } catch (LuaException e) {
                throw new AssertionError(e);
            }
            System.out.println("survived");
        }
    }

    @Test
    void droppedObjectsDoNotFillTheHeap() throws Exception {
        assertTrue(ChildJvm.run(Main.class, "-XX:+UseSerialGC", "-Xmx256m").endsWith("survived\n"));
    }

    /** Proxies that were dropped: each is held by garbage of Lua's, and holds a function of Lua's itself. */
    static final class Proxies {
        private Proxies() {}

        public static void main(String[] arguments) {
            long most = 0;
            try (LuaRuntime lua = LuaRuntime.create()) {
                for (int i = 0; i < 24; i++) {
                    lua.execute("for i = 1, 20000 do local t = {} for k = 1, 64 do t[k] = k end"
                            + " local f = java.proxy('java.lang.Runnable', function() x = t[i] end) f:run() end");
                    most = Math.max(most, lua.memoryUsed());
                }
            }
            // It is some times the memory at which the collectors are asked, as they take their time.
            // On a busy machine it is 210 to 290 MB; all would be 400 MB.
            System.out.println(most < 330 << 20 ? "small" : "grew to " + most);
        }
    }

    @Test
    void droppedProxiesDoNotFillLua() throws Exception {
        assertEquals(
                "small",
                ChildJvm.run(Proxies.class, "-XX:+UseSerialGC", "-Xmx512m").strip());
    }

    /** A heap that is nearly full of other things costs Lua's collector a part of the time, not all of it. */
    @Test
    void objectsThatAreHeldStay() {
        try (LuaRuntime lua = LuaRuntime.create()) {
            lua.globals().put("maker", new Maker());
            assertEquals(
                    1000,
                    lua.execute("local all = {} for i = 1, 1000 do all[i] = maker:bytes(i) end"
                            + " local n = 0 for i = 1, 1000 do if #all[i] == i then n = n + 1 end end return n"));
        }
    }
}
