package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a policy lets scripts reach. */
class HostAccessTest {
    @SuppressWarnings("unused")
    public static class Account {
        public int balance = 5;
        private String owner = "me";

        public String getOwner() {
            return owner;
        }

        public void setOwner(String owner) {
            this.owner = owner;
        }

        public int[] digits() {
            return new int[] {1, 2, 3};
        }

        public Object[] nothing() {
            return new Object[0];
        }

        public static String bank() {
            return "bank";
        }
    }

    private static LuaRuntime with(HostAccess access) {
        LuaRuntime lua = LuaRuntime.builder().hostAccess(access).build();
        lua.globals().put("a", new Account());
        lua.globals().put("C", Account.class);
        lua.globals().put("list", new ArrayList<>(List.of(1, 2)));
        lua.globals().put("map", new HashMap<>(Map.of("k", "v")));
        return lua;
    }

    private static void fails(LuaRuntime lua, String expression, String message) {
        LuaException e = assertThrows(LuaException.class, () -> lua.eval(expression), expression);
        assertTrue(String.valueOf(e.getMessage()).contains(message), e.getMessage());
    }

    @Test
    void nothingIsAllowedAtFirst() {
        try (LuaRuntime lua = with(HostAccess.builder().build())) {
            fails(lua, "a.balance", "no public member 'balance'");
            fails(lua, "a:getOwner()", "no public member 'getOwner'");
            fails(lua, "C()", "no public constructor");
            fails(lua, "C.bank()", "no public member 'bank'");
            fails(lua, "C:getName()", "no public member");
            assertEquals(2, lua.eval("#list"));
            assertEquals(1, lua.eval("list[1]"));
            assertEquals("v", lua.eval("map.k"));
            assertNull(lua.eval("map.size"));
        }
    }

    @Test
    void membersAndClassesAreAllowedOneByOne() {
        HostAccess access = HostAccess.builder()
                .allowClasses(name -> name.equals(Account.class.getName()))
                .allowMembers(member -> member.getDeclaringClass() == Account.class
                        && !member.getName().equals("setOwner"))
                .build();
        try (LuaRuntime lua = with(access);
                LuaRuntime second = with(access)) {
            for (LuaRuntime each : List.of(lua, second)) {
                assertEquals(5, each.eval("a.balance"));
                assertEquals("me", each.eval("a.owner"));
                assertEquals("bank", each.eval("C.bank()"));
                assertEquals(5, each.eval("C().balance"));
                fails(each, "a:setOwner('x')", "setOwner");
                fails(each, "(function() a.owner = 'x' end)()", "can only be read");
                fails(each, "a:getClass()", "getClass");
                fails(each, "a.class", "class");
                fails(each, "list:size()", "size");
            }
        }
    }

    @Test
    void membersAreSeenAsTheMostPublicTypeDeclaresThem() {
        List<Class<?>> owners = new ArrayList<>();
        HostAccess access = HostAccess.builder()
                .allowMembers(member -> {
                    if (member.getName().equals("get")
                            && member instanceof Method method
                            && method.getParameterCount() == 1) {
                        owners.add(member.getDeclaringClass());
                    }
                    return true;
                })
                .build();
        try (LuaRuntime lua = with(access)) {
            owners.clear();
            lua.globals().put("list", List.of(7));
            assertEquals(7, lua.eval("list:get(0)"));
            assertEquals(List.class, owners.get(0));
        }
    }

    @Test
    void functionsNeedTheirMethod() {
        IntUnaryOperator twice = n -> 2 * n;
        for (boolean allowed : new boolean[] {true, false}) {
            try (LuaRuntime lua =
                    with(HostAccess.builder().allowMembers(member -> allowed).build())) {
                lua.globals().put("f", twice);
                if (allowed) {
                    assertEquals(4, lua.eval("f(2)"));
                } else {
                    fails(lua, "f(2)", "cannot be called");
                }
            }
        }
    }

    private static HostAccess.Builder all() {
        return HostAccess.builder().allowClasses(name -> true).allowMembers(member -> true);
    }

    @Test
    void theFilterRenamesAndRefuses() {
        IOException refusal = new IOException("refused");
        List<String> asked = new ArrayList<>();
        HostAccess access = all().attributeFilter((object, name, writing) -> {
                    asked.add(name + (writing ? "=" : ""));
                    if (name.equals("secret")) {
                        throw refusal;
                    }
                    return name.equals("nothing") ? null : name.replace("money", "balance");
                })
                .build();
        try (LuaRuntime lua = with(access)) {
            assertEquals(5, lua.eval("a.money"));
            lua.execute("a.money = 6; for i = 1, 3 do a.money = a.money + 1 end");
            assertEquals(9, lua.eval("a.balance"));
            assertEquals(List.of("money", "money=", "money"), asked.subList(0, 3));
            assertSame(refusal, lua.eval("select(2, pcall(function() return a.secret end))"));
            assertSame(refusal, lua.eval("select(2, pcall(function() a.secret = 1 end))"));
            assertSame(
                    refusal,
                    assertThrows(LuaException.class, () -> lua.eval("a.secret")).getCause());
            fails(lua, "a.nothing", "refused");
            assertEquals("bank", lua.eval("C.bank()"));
            assertSame(refusal, lua.eval("select(2, pcall(java.method, a, 'secret', ''))"));
            assertEquals("me", lua.eval("java.method(a, 'getOwner', '')()"));
            asked.clear();
            assertEquals("me", lua.eval("java.new(C):getOwner()"));
            assertEquals("me", lua.eval("luajava.new(C):getOwner()"));
            assertEquals("me", lua.eval("C():getOwner()"));
            assertEquals(List.of("new", "getOwner", "new", "getOwner", "new", "getOwner"), asked);
            asked.clear();
            assertEquals("v", lua.eval("map.k"));
            assertEquals(1, lua.eval("map:size()"));
            assertEquals(List.of("size"), asked);
        }
    }

    @Test
    void handlersTakeThePlaceOfMembers() {
        Map<String, @Nullable Object> written = new HashMap<>();
        HostAccess access = HostAccess.builder()
                .attributeHandlers(
                        (object, name) -> name.toUpperCase(java.util.Locale.ROOT),
                        (object, name, value) -> written.put(name, value))
                .build();
        try (LuaRuntime lua = with(access)) {
            assertEquals("BALANCE", lua.eval("a.balance"));
            assertEquals("K", lua.eval("map.k"));
            lua.execute("a.balance = 7; map.x = 'y'");
            assertEquals(Map.of("balance", 7, "x", "y"), written);
            assertEquals(2, lua.eval("list[2]"));
        }
    }

    @Test
    void theSandboxStaysTight() {
        try (LuaRuntime lua =
                LuaRuntime.builder().hostAccess(all().build()).sandbox().build()) {
            lua.globals().put("a", new Account());
            lua.globals().put("C", Account.class);
            lua.globals().put("thread", Thread.currentThread());
            lua.globals().put("loader", HostAccessTest.class.getClassLoader());
            assertEquals(5, lua.eval("a.balance"));
            assertEquals("bank", lua.eval("C.bank()"));
            for (String escape : List.of(
                    "a:getClass()",
                    "a.class",
                    "a:wait()",
                    "a:notifyAll()",
                    "C:getClassLoader()",
                    "C:forName('java.lang.Runtime')",
                    "thread:stop()",
                    "loader:loadClass('java.lang.Runtime')")) {
                fails(lua, escape, "no public member");
            }
        }
        try (LuaRuntime lua = LuaRuntime.builder().sandbox().build()) {
            lua.globals().put("a", new Account());
            lua.globals().put("C", Account.class);
            assertEquals("me", lua.eval("a:getOwner()"));
            fails(lua, "a:getClass()", "no public member");
            fails(lua, "a.class", "no public member");
            fails(lua, "C.bank()", "no public member");
            fails(lua, "C()", "no public constructor");
        }
    }

    @Test
    void returnedArraysAreUnpackedOnRequest() {
        try (LuaRuntime lua = LuaRuntime.builder().unpackReturnedArrays(true).build()) {
            lua.globals().put("a", new Account());
            assertEquals(List.of(1, 2, 3), lua.eval("a:digits()"));
            assertEquals(0, lua.eval("select('#', a:nothing())"));
        }
        try (LuaRuntime lua = LuaRuntime.create()) {
            lua.globals().put("a", new Account());
            assertEquals(3, lua.eval("#a:digits()"));
            assertEquals(2, lua.eval("a:digits()[2]"));
        }
    }

    @Test
    void nothingIsConstructedWhereNewIsRefused() {
        HostAccess access = all().attributeFilter((object, name, writing) -> name.equals("new") ? null : name)
                .build();
        try (LuaRuntime lua = with(access)) {
            for (String code :
                    List.of("C()", "C.new()", "java.new(C)", "luajava.new(C)", "java.method(C, 'new', '')")) {
                fails(lua, code, "'new' of class " + Account.class.getTypeName() + " is refused");
            }
        }
    }

    @Test
    void whatThePolicyRefusesIsNotSaidToBeMissing() {
        HostAccess access = HostAccess.builder()
                .allowClasses(name -> name.equals("java.util.ArrayList"))
                .build();
        try (LuaRuntime lua = with(access)) {
            fails(
                    lua,
                    "java.import 'java.util.HashMap'",
                    "the access policy does not allow the class 'java.util.HashMap'");
            fails(lua, "java.util.HashMap", "the access policy does not allow the class 'java.util.HashMap'");
            fails(lua, "java.type 'String'", "the access policy does not allow the class 'String'");
            LuaException e = assertThrows(LuaException.class, () -> lua.eval("java.import 'java.util.HashMapp'"));
            assertTrue(e.getMessage().endsWith("no class 'java.util.HashMapp'"), e.getMessage());
            fails(lua, "java.import 'java.util.ArrayLst'", "; the nearest is java.util.ArrayList");
        }
    }
}
