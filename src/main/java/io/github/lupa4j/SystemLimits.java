package io.github.lupa4j;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The system properties {@code lupa4j.*}. They serve where a client makes its engines itself: they can tighten what
 * a builder allows, never loosen it.
 */
final class SystemLimits {
    private SystemLimits() {}

    static void tighten(LuaRuntime.Builder builder) {
        if (Boolean.getBoolean("lupa4j.sandbox")) {
            builder.sandbox();
        }
        if ("false".equals(System.getProperty("lupa4j.bytecode"))) {
            builder.bytecode(false);
        }
        if ("false".equals(System.getProperty("lupa4j.javaEval"))) {
            builder.javaEval(false);
        }
        builder.timeLimit(tighter(builder.timeLimit(), duration("lupa4j.timeLimit")));
        builder.memoryLimit(memory(builder.memoryLimit()));
    }

    /** A memory limit, tightened. */
    static long memory(long bytes) {
        return tighter(bytes, bytes("lupa4j.memoryLimit"));
    }

    /** The shorter of two limits, of which zero is none. */
    static Duration tighter(Duration a, Duration b) {
        if (a.isZero() || b.isZero()) {
            return a.isZero() ? b : a;
        }
        return a.compareTo(b) < 0 ? a : b;
    }

    /** The smaller of two limits, of which zero is none. */
    static long tighter(long a, long b) {
        return a <= 0 || b <= 0 ? Math.max(0, Math.max(a, b)) : Math.min(a, b);
    }

    private static Duration duration(String property) {
        String text = System.getProperty(property);
        if (text == null) {
            return Duration.ZERO;
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw malformed(property, text, "a duration such as PT5S", e);
        }
    }

    private static long bytes(String property) {
        String text = System.getProperty(property);
        if (text == null) {
            return 0;
        }
        String trimmed = text.trim().toLowerCase(Locale.ROOT);
        int shift = trimmed.isEmpty() ? -1 : "kmg".indexOf(trimmed.charAt(trimmed.length() - 1));
        try {
            String digits = shift < 0 ? trimmed : trimmed.substring(0, trimmed.length() - 1);
            return Math.multiplyExact(Long.parseLong(digits), 1L << (10 * (shift + 1)));
        } catch (NumberFormatException | ArithmeticException e) {
            throw malformed(property, text, "a number of bytes such as 64m", e);
        }
    }

    private static IllegalArgumentException malformed(
            String property, String text, String wanted, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "the system property " + property + " is \"" + text + "\"; it must be " + wanted, cause);
    }
}
