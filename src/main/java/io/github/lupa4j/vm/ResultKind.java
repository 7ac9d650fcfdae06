package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

/** What calls of a method give, as far as compiled code is concerned, which must know it before. */
public enum ResultKind {
    NUMBERS(BRIDGE_GIVES_NUMBERS),
    NOTHING(BRIDGE_GIVES_NOTHING),
    BOOLEANS(BRIDGE_GIVES_BOOLEANS),
    STRINGS(BRIDGE_GIVES_STRINGS),
    /** What is seen. */
    ANY(BRIDGE_GIVES_ANY),
    OTHERS(BRIDGE_GIVES_OTHERS);

    final int code;

    ResultKind(int code) {
        this.code = code;
    }
}
