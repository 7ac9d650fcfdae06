package io.github.lupa4j.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What Lua remembers of the members of a class never shows. */
class ShapesTest {
    @SuppressWarnings("unused")
    public static class Point {
        public int x;
        private int y;
        private int reads;

        public Point(int x, int y) {
            this.x = x;
            this.y = y;
        }

        public int getY() {
            reads++;
            return y;
        }

        public void setY(int y) {
            this.y = y;
        }

        public int getReads() {
            return reads;
        }

        public int sum() {
            return x + y;
        }

        public Point moved(int by) {
            return new Point(x + by, y + by);
        }
    }

    public static class Other {
        public String x = "other";

        public String sum() {
            return "sum";
        }
    }

    private final LuaWith lua =
            LuaWith.objects("a", new Point(1, 2), "b", new Point(3, 4), "other", new Other(), "P", Point.class);

    @AfterEach
    void close() {
        lua.close();
    }

    @Test
    void objectsOfOneClassShareMembers() {
        for (int i = 0; i < 3; i++) {
            assertEquals("3 7 1 3 2 4", lua.lua.execute("""
                    local p = {}
                    for _, o in ipairs {a, b} do p[#p + 1] = o:sum() end
                    for _, o in ipairs {a, b} do p[#p + 1] = o.x end
                    for _, o in ipairs {a, b} do p[#p + 1] = o.y end
                    return table.concat(p, ' ')"""));
            assertEquals("other sum", lua.eval("other.x .. ' ' .. other:sum()"));
            assertEquals(23, lua.eval("P(10, 11):moved(1):sum()"));
        }
    }

    @Test
    void fieldsAndPropertiesAreReadAndWrittenEachTime() {
        lua.run("for i = 1, 5 do a.x = a.x + 1; a.y = a.y + 1 end");
        assertEquals("6 7", lua.eval("a.x .. ' ' .. a.y"));
        assertEquals(6, lua.eval("a.reads"));
        assertTrue(lua.error("a.x = 'text'").contains("int cannot be set"));
        assertTrue(lua.error("a.reads = 1").contains("can only be read"));
        assertTrue(lua.error("a.sum = 1").contains("is a method"));
    }

    @Test
    void mapsKeepTheirItemsFirst() {
        Map<Object, Object> map = new HashMap<>();
        lua.lua.globals().put("map", map);
        assertEquals(0, lua.eval("map:size()"));
        assertEquals(0, lua.eval("map:size()"));
        map.put("size", "entry");
        assertEquals("entry", lua.eval("map.size"));
        map.clear();
        assertEquals(true, lua.eval("map.size() == 0 and map.empty"));
    }

    @Test
    void listsKeepTheirItems() {
        lua.lua.globals().put("list", new ArrayList<>(List.of("x")));
        assertEquals("1x1x", lua.eval("list:size() .. list[1] .. list:size() .. list[1]"));
        assertEquals(false, lua.eval("list.empty"));
    }

    @Test
    void scriptsSeeNothingOfIt() {
        lua.run("a:sum(); local x = a.x");
        assertEquals(true, lua.eval("debug.getfenv(a) == debug.getfenv(b) and debug.getfenv(a) == _G"));
        assertEquals("java object", lua.eval("getmetatable(a)"));
        // A metatable that a script has changed is its own trouble, but no more than that.
        lua.run("local m = debug.getmetatable(a); assert(m.__index(a, 'x') == 1)");
        assertTrue(lua.error("debug.getmetatable(a).__index()").length() > 0);
        assertTrue(lua.error("debug.getmetatable(a).__index({}, 'x')").length() > 0);
        assertTrue(lua.error("debug.getmetatable(a).__call()").length() > 0);
        assertTrue(lua.error("debug.getmetatable(a).__newindex()").length() > 0);
    }

    @Test
    void changedUpvaluesAreErrors() {
        lua.run("f = a.sum; assert(f() == 3)");
        for (String change : List.of(
                "2, 100000",
                "2, 3e9",
                "2, 0/0",
                "2, -1",
                "2, 1",
                "2, 2",
                "2, 3",
                "2, 4",
                "2, 5",
                "2, 0.5",
                "2, 'x'",
                "1, {}",
                "1, io.stdout",
                "1, nil")) {
            lua.run("f = a.sum; f(); debug.setupvalue(f, " + change + ")");
            lua.run("assert(not pcall(f))");
            lua.run("f = nil; collectgarbage()"); // The function is used again while it is there.
        }
        // The method of another class: the object is no instance of it.
        lua.run("f = a.sum; debug.setupvalue(f, 1, other); assert(not pcall(f)); f = nil; collectgarbage()");
        assertEquals(3, lua.eval("a:sum()"));
    }

    @Test
    void otherUserdataWithTheMetatableAreNoObjects() {
        lua.run("u = newproxy(); debug.setmetatable(u, debug.getmetatable(a))");
        assertTrue(lua.error("return u.x").length() > 0);
        assertTrue(lua.error("return u()").length() > 0);
        lua.run(
                "debug.setmetatable(io.stdout, debug.getmetatable(a)); assert(not pcall(function() return io.stdout.x end))");
    }

    @Test
    void finalizersCanUseTheObjectsThatTheyHold() {
        lua.run("""
                local function make()
                  local p = newproxy(true) -- older than the object
                  local object = P(1, 2)
                  local method = object.sum
                  getmetatable(p).__gc = function() sum, x = method(), object.x + object:sum() end
                end
                make()
                collectgarbage()
                collectgarbage()""");
        assertEquals(3, lua.eval("sum"));
        assertEquals(4, lua.eval("x"));
    }

    @Test
    void aFinalizerOfAScriptsOwnChangesNothing() {
        lua.run("debug.getmetatable(a).__gc = function(object) seen = object end P(5, 6) collectgarbage()");
        assertEquals(11, lua.eval("seen:sum()"));
        lua.run("debug.getmetatable(a).__gc, seen = nil collectgarbage() collectgarbage()");
        assertEquals(3, lua.eval("a:sum()"));
    }

    @Test
    void temporariesLeaveNothing() {
        lua.run("""
                function churn(n)
                  for i = 1, n do
                    local p = P(i, i):moved(1)
                    local f = p.sum
                    if f() ~= 2 * i + 2 then error('wrong') end
                    map = nil
                  end
                end
                churn(1000)""");
        lua.lua.gc();
        long used = lua.lua.memoryUsed();
        lua.run("churn(300000)");
        lua.lua.gc();
        assertTrue(lua.lua.memoryUsed() < used + 100_000, used + " bytes before, now " + lua.lua.memoryUsed());
    }

    @Test
    void manyClassesHaveShapes() {
        List<Object> lambdas = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int n = i;
            lambdas.add(java.lang.reflect.Proxy.newProxyInstance(
                    new ClassLoader(ShapesTest.class.getClassLoader()) {},
                    new Class<?>[] {java.util.function.IntSupplier.class},
                    (self, method, arguments) -> n));
        }
        lua.lua.globals().put("list", lambdas);
        lua.run("for i = 1, #list do assert(list[i]:getAsInt() == i - 1 and list[i]() == i - 1) end");
        assertSame(lambdas.get(0), lua.eval("list[1]"));
    }
}
