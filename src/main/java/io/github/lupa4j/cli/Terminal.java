package io.github.lupa4j.cli;

import io.github.lupa4j.LuaException;
import io.github.lupa4j.LuaRuntime;

/** Asks the C library what Java 17 does not tell: which stream is a terminal. */
final class Terminal {
    private static final String ISATTY = "local ffi = require 'ffi' "
            + "ffi.cdef 'int lupa4j_isatty(int) __asm__(\"isatty\")' "
            + "return ffi.C.lupa4j_isatty(...) ~= 0";

    private Terminal() {}

    static boolean is(LuaRuntime lua, int fileDescriptor) {
        try {
            return Boolean.TRUE.equals(lua.execute(ISATTY, fileDescriptor));
        } catch (LuaException e) {
            return false; // a system without isatty
        }
    }
}
