package io.github.lupa4j.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A row of the table.
 *
 * @param key where its figures are kept; of a benchmark, its class
 * @param host what the C host calls it; may be null
 */
record Row(String key, String title, String host, Unit unit, List<Target> targets) {
    Row(String key, String title, String host) {
        this(key, title, host, Unit.NANOSECONDS, List.of());
    }

    Row unit(Unit unit) {
        return new Row(key, title, host, unit, targets);
    }

    /** With a target: at most so many times the figure of somebody, or so much where that is nobody. */
    Row atMost(double limit, Who who) {
        return atMost(limit, 0, who);
    }

    /** The same, and so much more. */
    Row atMost(double limit, double more, Who who) {
        List<Target> all = new ArrayList<>(targets);
        all.add(new Target(limit, more, who));
        return new Row(key, title, host, unit, List.copyOf(all));
    }

    record Target(double limit, double more, Who who) {}

    enum Unit {
        NANOSECONDS,
        /** Kept in nanoseconds, shown in milliseconds. */
        MILLISECONDS,
        KIBIBYTES;

        String show(double figure) {
            if (this == KIBIBYTES) {
                return digits(figure) + " KiB";
            }
            if (this == MILLISECONDS || figure >= 1e7) {
                return digits(figure / 1e6) + " ms";
            }
            return figure >= 1e4 ? digits(figure / 1e3) + " µs" : digits(figure) + " ns";
        }

        /** Three significant digits. */
        private static String digits(double figure) {
            return String.format(Locale.ROOT, figure < 9.995 ? "%.2f" : figure < 99.95 ? "%.1f" : "%.0f", figure);
        }
    }
}
