package io.github.lupa4j;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The system properties {@code lupa4j.*}. They serve where a client makes its engines itself: they can tighten what
 * a builder allows, never loosen it.
 */
final class SystemLimits {
    private SystemLimits() {}

    static void tighten(LuaRuntime.Builder builder) {
        if (is("lupa4j.sandbox", true)) {
            builder.sandbox();
        }
        if (is("lupa4j.bytecode", false)) {
            builder.bytecode(false);
        }
        if (is("lupa4j.javaEval", false)) {
            builder.javaEval(false);
        }
        if (is("lupa4j.jit", false)) {
            builder.jit(false);
        }
        String named = System.getProperty("lupa4j.libraries");
        if (named != null) {
            Set<LuaLibrary> libraries = EnumSet.copyOf(builder.chosenLibraries());
            libraries.retainAll(libraries("lupa4j.libraries", named));
            builder.libraries(libraries.toArray(LuaLibrary[]::new));
        }
        builder.timeLimit(tighter(builder.timeLimit(), duration("lupa4j.timeLimit")));
        builder.instructionLimit(tighter(builder.instructionLimit(), number("lupa4j.instructionLimit")));
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

    private static boolean is(String property, boolean wanted) {
        String text = System.getProperty(property);
        if (text == null) {
            return false;
        }
        return switch (text.trim().toLowerCase(Locale.ROOT)) {
            case "true" -> wanted;
            case "false" -> !wanted;
            default -> throw malformed(property, text, "true or false", null);
        };
    }

    private static Set<LuaLibrary> libraries(String property, String text) {
        Set<LuaLibrary> named = EnumSet.noneOf(LuaLibrary.class);
        for (String name : text.split(",", -1)) {
            try {
                named.add(LuaLibrary.valueOf(name.trim().toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw malformed(property, text, "names of libraries such as base,string,table", e);
            }
        }
        return named;
    }

    private static long number(String property) {
        String text = System.getProperty(property);
        if (text == null) {
            return 0;
        }
        try {
            return Long.parseLong(text.trim());
        } catch (NumberFormatException e) {
            throw malformed(property, text, "a whole number", e);
        }
    }

    private static Duration duration(String property) {
        String text = System.getProperty(property);
        if (text == null) {
            return Duration.ZERO;
        }
        try {
            Duration limit = Duration.parse(text);
            return limit.isNegative() ? Duration.ZERO : limit;
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

    /** The error, which is logged as well: ScriptEngineManager swallows it and gives no engine. */
    private static IllegalArgumentException malformed(
            String property, String text, String wanted, @Nullable Exception cause) {
        String message = "the system property " + property + " is \"" + text + "\"; it must be " + wanted;
        System.getLogger("io.github.lupa4j").log(System.Logger.Level.ERROR, message);
        return new IllegalArgumentException(message, cause);
    }
}
