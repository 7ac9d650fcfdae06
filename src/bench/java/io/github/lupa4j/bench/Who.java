package io.github.lupa4j.bench;

/** Whom a figure is of, or is compared with. */
enum Who {
    LUPA4J("lupa4j"),
    LUPA4J_HANDLE("lupa4jHandle"),
    LUAJAVA("luajava"),
    LUAJAVA_HANDLE("luajavaHandle"),
    LUAJ("luaj"),
    NASHORN("nashorn"),
    /** A program in C. */
    HOST("C"),
    /** The program of that name. */
    LUAJIT("luajit"),
    NOBODY("");

    private final String method;

    Who(String method) {
        this.method = method;
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
