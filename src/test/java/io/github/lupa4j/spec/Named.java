package io.github.lupa4j.spec;

import io.github.lupa4j.LuaNames;

/** Parameters whose names are known. */
public final class Named {
    private final String text;

    @LuaNames({"first", "second"})
    public Named(String a, int b) {
        text = a + b;
    }

    public String getText() {
        return text;
    }

    @LuaNames({"width", "height", "color"})
    public String box(int w, int h, String c) {
        return w + "x" + h + " " + c;
    }

    @LuaNames({"x", "y"})
    public static String point(double x, double y) {
        return "double " + x + "," + y;
    }

    @LuaNames({"x", "y"})
    public static String point(String x, String y) {
        return "String " + x + "," + y;
    }

    @LuaNames("only")
    public String wrongly(int a, int b) {
        return "" + a + b;
    }

    /** Compiled with -parameters, as all tests are. */
    public String plain(String greeting, String name) {
        return greeting + " " + name;
    }

    @LuaNames({"format", "rest"})
    public String varied(String format, Object... rest) {
        return String.format(format, rest);
    }

    /** Components have names. */
    public record Point(int x, int y) {}
}
