package io.github.lupa4j.spec;

import io.github.lupa4j.LuaLeaf;

/** Methods for leaf functions. */
public class Leaves {
    public int calls;

    @LuaLeaf
    public int plus(int n) {
        calls++;
        return n + 1;
    }

    @LuaLeaf
    public static double twice(double n) {
        return 2 * n;
    }

    @LuaLeaf
    public int overloaded(int n) {
        return n;
    }

    @LuaLeaf
    public String overloaded(String s) {
        return s;
    }

    @LuaLeaf
    public int takesObject(Object o) {
        return o == null ? 0 : 1;
    }

    public int ofInt(int n) {
        return n;
    }

    public long ofLong(long n) {
        return n + 1;
    }

    public double ofDouble(double n) {
        return n;
    }

    public boolean not(boolean b) {
        return !b;
    }

    public String echo(String text) {
        return text;
    }

    public String join(String a, int n, boolean b, String c) {
        return a + "|" + n + "|" + b + "|" + c;
    }

    public void nothing() {
        calls++;
    }

    public String nullText() {
        return null;
    }

    public char letter(int n) {
        return (char) ('a' + n);
    }

    public float half(int n) {
        return n / 2f;
    }

    public long largest() {
        return Long.MAX_VALUE;
    }

    public String repeated(String text, int n) {
        return text.repeat(n);
    }

    public int fail(int n) {
        throw new IllegalArgumentException("failed " + n);
    }

    public int failsAt(int n, int at) {
        if (n == at) {
            throw new IllegalStateException("at " + n);
        }
        return n;
    }

    public int endless(int n) {
        return endless(n + 1) + 1;
    }

    public Object object(int n) {
        return n;
    }

    public int sum(int... numbers) {
        return numbers.length;
    }
}
