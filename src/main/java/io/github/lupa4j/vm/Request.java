package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import org.jspecify.annotations.Nullable;

/** What a script asks of Java, apart from calling and writing. */
public enum Request {
    INDEX(BRIDGE_REQUEST_INDEX),
    NEWINDEX(BRIDGE_REQUEST_NEWINDEX),
    TOSTRING(BRIDGE_REQUEST_TOSTRING),
    LENGTH(BRIDGE_REQUEST_LENGTH),
    EQUAL(BRIDGE_REQUEST_EQUAL),
    LESS(BRIDGE_REQUEST_LESS),
    LESS_EQUAL(BRIDGE_REQUEST_LESS_EQUAL),
    CONCAT(BRIDGE_REQUEST_CONCAT),
    ARITHMETIC(BRIDGE_REQUEST_ARITHMETIC),
    PAIRS(BRIDGE_REQUEST_PAIRS),
    IPAIRS(BRIDGE_REQUEST_IPAIRS),
    READ(BRIDGE_REQUEST_READ),
    FLUSH(BRIDGE_REQUEST_FLUSH),
    EXIT(BRIDGE_REQUEST_EXIT),
    LIBRARY(BRIDGE_REQUEST_LIBRARY),
    SEARCH(BRIDGE_REQUEST_SEARCH);

    private static final Request[] BY_CODE = new Request[BRIDGE_REQUEST_SEARCH + 1];

    static {
        for (Request request : values()) {
            BY_CODE[request.code] = request;
        }
    }

    private final int code;

    /** In raw mode strings are bytes; those of them that name something, or are joined to text, are text even there. */
    void textInPlaceOfBytes(@Nullable Object[] arguments, StringCodec codec) {
        int from =
                switch (this) {
                    case INDEX, NEWINDEX, ARITHMETIC -> 1;
                    case READ, CONCAT, SEARCH -> 0;
                    default -> arguments.length;
                };
        int to = this == NEWINDEX ? 2 : arguments.length;
        for (int i = from; i < to; i++) {
            if (arguments[i] instanceof byte[] bytes) {
                arguments[i] = codec.decodeMessage(bytes);
            }
        }
    }

    Request(int code) {
        this.code = code;
    }

    static Request of(int code) {
        return BY_CODE[code];
    }
}
