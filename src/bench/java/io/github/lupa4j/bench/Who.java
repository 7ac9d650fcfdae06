package io.github.lupa4j.bench;

/** Whom a figure is of, or is compared with. */
enum Who {
    LUPA4J("lupa4j", "lupa4j"),
    LUPA4J_HANDLE("lupa4jHandle", "lupa4j"),
    LUAJAVA("luajava", "LuaJava"),
    LUAJAVA_HANDLE("luajavaHandle", "LuaJava"),
    LUAJ("luaj", "LuaJ"),
    /** With its compiler to Java bytecode. */
    LUAJC("luajc", "luajc"),
    NASHORN("nashorn", "Nashorn"),
    GRAALJS("graaljs", "GraalJS"),
    /** A program in C. */
    HOST("C", "C host"),
    /** The program of that name. */
    LUAJIT("luajit", "luajit"),
    /** A loop in Java. */
    JAVA("java", "Java"),
    NOBODY("", "");

    private final String method;
    private final String shown;

    Who(String method, String shown) {
        this.method = method;
        this.shown = shown;
    }

    /** The name for people. */
    String shown() {
        return shown;
    }

    /** The name of the benchmark methods. */
    String method() {
        return method;
    }

    static Who named(String method) {
        for (Who who : values()) {
            if (who.method.equals(method)) {
                return who;
            }
        }
        throw new IllegalArgumentException("no peer for the benchmark method " + method);
    }
}
