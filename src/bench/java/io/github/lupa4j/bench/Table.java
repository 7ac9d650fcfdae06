package io.github.lupa4j.bench;

import java.util.Locale;

/** The result, in Markdown. */
final class Table {
    private final Samples samples;
    private final StringBuilder text = new StringBuilder("""
            | row | lupa4j | LuaJava | LuaJ | luajc | Nashorn | GraalJS | C host, `luajit` or Java | ratio | target | |
            |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|
            """);

    Table(Samples samples) {
        this.samples = samples;
    }

    void add(Row row) {
        StringBuilder ratios = new StringBuilder();
        StringBuilder targets = new StringBuilder();
        boolean met = true;
        for (Row.Target target : row.targets()) {
            double ours = samples.median(row.key(), Who.LUPA4J);
            double peer = target.who() == Who.NOBODY ? 1 : samples.median(row.key(), target.who());
            met &= ours <= target.limit() * peer + target.more();
            append(ratios, show(row, target, ours / peer));
            String more = target.more() == 0 ? "" : " + " + row.unit().show(target.more());
            append(targets, "≤ " + show(row, target, target.limit()) + more);
        }
        line(
                row.title(),
                cell(row, Who.LUPA4J),
                cell(row, Who.LUAJAVA),
                cell(row, Who.LUAJ),
                cell(row, Who.LUAJC),
                cell(row, Who.NASHORN),
                cell(row, Who.GRAALJS),
                cell(row, Who.HOST) + cell(row, Who.LUAJIT) + cell(row, Who.JAVA),
                ratios.toString(),
                targets.toString(),
                row.targets().isEmpty() ? "" : met ? "met" : "**missed**");
        if (samples.has(row.key(), Who.LUPA4J_HANDLE)) {
            line(
                    "— by a handle of the function",
                    cell(row, Who.LUPA4J_HANDLE),
                    cell(row, Who.LUAJAVA_HANDLE),
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "");
        }
    }

    private void line(String... cells) {
        for (String cell : cells) {
            text.append("| ").append(cell).append(cell.isEmpty() ? "" : " ");
        }
        text.append("|\n");
    }

    private String cell(Row row, Who who) {
        return samples.has(row.key(), who) ? row.unit().show(samples.median(row.key(), who)) : "";
    }

    private static String show(Row row, Row.Target target, double figure) {
        return switch (target.who()) {
            case NOBODY -> row.unit().show(figure);
            case HOST -> String.format(Locale.ROOT, "%.2f C", figure);
            default ->
                String.format(Locale.ROOT, "%.2f %s", figure, target.who().shown());
        };
    }

    private static void append(StringBuilder list, String item) {
        list.append(list.length() == 0 ? "" : "; ").append(item);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
