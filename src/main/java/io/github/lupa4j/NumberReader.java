package io.github.lupa4j;

import org.jspecify.annotations.Nullable;

/** Recognises a number character by character, as C's {@code scanf} does for io.read: decimal or hexadecimal. */
final class NumberReader {
    private final StringBuilder text = new StringBuilder();
    private boolean hexadecimal;
    private boolean point;
    private boolean exponent;
    private boolean digits;

    /** Takes the next character, if it can continue the number. */
    boolean accepts(char c) {
        boolean taken = isSign(c) || isPrefix(c) || isPoint(c) || isExponent(c) || isDigit(c);
        if (taken) {
            text.append(c);
        }
        return taken;
    }

    private boolean isSign(char c) {
        boolean atStart = text.isEmpty() || (exponent && "eEpP".indexOf(text.charAt(text.length() - 1)) >= 0);
        return atStart && (c == '+' || c == '-');
    }

    private boolean isPrefix(char c) {
        boolean prefix = (c == 'x' || c == 'X') && text.toString().matches("[+-]?0");
        hexadecimal |= prefix;
        digits &= !prefix;
        return prefix;
    }

    private boolean isPoint(char c) {
        boolean first = c == '.' && !point && !exponent;
        point |= first;
        return first;
    }

    private boolean isExponent(char c) {
        boolean marks = digits && !exponent && (hexadecimal ? c == 'p' || c == 'P' : c == 'e' || c == 'E');
        exponent |= marks;
        return marks;
    }

    private boolean isDigit(char c) {
        boolean digit = Character.digit(c, hexadecimal && !exponent ? 16 : 10) >= 0 && c < 128;
        digits |= digit;
        return digit;
    }

    /** The number, or null when the characters are none. */
    @Nullable
    Double value() {
        try {
            return Double.valueOf(hexadecimal && !exponent ? text + "p0" : text.toString());
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
