package io.github.lupa4j.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Times of the rows as a picture, in SVG: a line for each row, a mark for each engine, on a logarithmic scale. */
final class Chart {
    private static final int LEFT = 330;
    private static final int RIGHT = 30;
    private static final int TOP = 60;
    private static final int LINE = 24;
    private static final int DECADE = 110;

    /** Engines and their colours, which people who see few colours can tell apart. */
    private static final Map<Who, String> COLOURS = new LinkedHashMap<>();

    static {
        COLOURS.put(Who.LUAJAVA, "#e69f00");
        COLOURS.put(Who.LUAJ, "#56b4e9");
        COLOURS.put(Who.LUAJC, "#009e73");
        COLOURS.put(Who.NASHORN, "#cc79a7");
        COLOURS.put(Who.GRAALJS, "#d55e00");
        COLOURS.put(Who.HOST, "#999999");
        COLOURS.put(Who.LUPA4J, "#0072b2");
    }

    private final Samples samples;
    private final List<Row> rows = new ArrayList<>();
    private double least = Double.MAX_VALUE;
    private double most;

    Chart(Samples samples) {
        this.samples = samples;
    }

    /** Adds a row of times; one of which only we have a figure compares nothing, and is left out. */
    void add(Row row) {
        List<Who> who = COLOURS.keySet().stream()
                .filter(each -> samples.has(row.key(), each))
                .toList();
        if (row.unit() == Row.Unit.KIBIBYTES || who.size() < 2) {
            return;
        }
        rows.add(row);
        for (Who each : who) {
            least = Math.min(least, samples.median(row.key(), each));
            most = Math.max(most, samples.median(row.key(), each));
        }
    }

    private int from() {
        return (int) Math.floor(Math.log10(least));
    }

    private int to() {
        return (int) Math.ceil(Math.log10(most));
    }

    private double x(double nanoseconds) {
        return LEFT + (Math.log10(nanoseconds) - from()) * DECADE;
    }

    private double y(int row) {
        return TOP + LINE * (row + 0.5);
    }

    @Override
    public String toString() {
        int width = LEFT + (to() - from()) * DECADE + RIGHT;
        int height = TOP + LINE * rows.size() + 30;
        StringBuilder svg = new StringBuilder(String.format(Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %1$d %2$d" \
                font-family="sans-serif" font-size="12">
                <title>Times of lupa4j and others, shorter is better</title>
                <rect width="100%%" height="100%%" fill="#ffffff"/>
                """, width, height));
        legend(svg);
        scale(svg, height);
        for (int i = 0; i < rows.size(); i++) {
            row(svg, rows.get(i), y(i));
        }
        return svg.append("</svg>\n").toString();
    }

    private static void legend(StringBuilder svg) {
        double x = 14;
        for (Map.Entry<Who, String> entry : COLOURS.entrySet()) {
            Who who = entry.getKey();
            mark(svg, who, x, 20);
            String name = who.shown();
            text(svg, x + 10, 24, "start", name);
            x += 40 + 7 * name.length();
        }
    }

    private void scale(StringBuilder svg, int height) {
        for (int power = from(); power <= to(); power++) {
            double x = x(Math.pow(10, power));
            svg.append(
                    String.format(Locale.ROOT, "<path d=\"M%.1f %dV%d\" stroke=\"#dddddd\"/>%n", x, TOP, height - 24));
            text(svg, x, TOP - 8, "middle", name(power));
            text(svg, x, height - 8, "middle", name(power));
        }
    }

    private static String name(int power) {
        String[] units = {"ns", "µs", "ms", "s"};
        int unit = Math.max(0, Math.min(Math.floorDiv(power, 3), units.length - 1));
        double number = Math.pow(10, power - 3 * unit);
        return (number < 1 ? String.valueOf(number) : String.valueOf((long) number)) + " " + units[unit];
    }

    private void row(StringBuilder svg, Row row, double y) {
        text(svg, LEFT - 14, y + 4, "end", row.title().replace("`", ""));
        svg.append(String.format(
                Locale.ROOT, "<path d=\"M%d %.1fH%.1f\" stroke=\"#eeeeee\"/>%n", LEFT, y, x(Math.pow(10, to()))));
        for (Who who : COLOURS.keySet()) {
            if (samples.has(row.key(), who)) {
                mark(svg, who, x(samples.median(row.key(), who)), y);
            }
        }
    }

    private static void mark(StringBuilder svg, Who who, double x, double y) {
        svg.append(String.format(
                Locale.ROOT,
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%d\" fill=\"%s\"/>%n",
                x,
                y,
                who == Who.LUPA4J ? 6 : 5,
                COLOURS.get(who)));
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        String escaped = text.replace("&", "&amp;").replace("<", "&lt;");
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, escaped));
    }
}
