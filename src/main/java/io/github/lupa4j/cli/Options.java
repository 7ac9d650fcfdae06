package io.github.lupa4j.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line. */
@Command(
        name = Options.PROGRAM,
        customSynopsis = "lupa4j [options] [script [arguments]]",
        description = "Runs Lua scripts with LuaJIT on the JVM.",
        separator = " ",
        sortOptions = false)
final class Options {
    static final String PROGRAM = "lupa4j";

    /** A command line that cannot be understood; the message tells what can. */
    static final class UsageException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UsageException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Something to do before the script: run a statement ({@code -e}) or require a module ({@code -l}). */
    record Step(boolean require, String text) {}

    final List<Step> steps = new ArrayList<>();

    @Option(names = "-i", order = 2, description = "Go on interactively after the script.")
    boolean interactive;

    @Option(names = "-v", order = 3, description = "Print the version.")
    boolean version;

    @Option(
            names = {"-h", "--help"},
            order = 4,
            description = "Print this.")
    boolean help;

    @Parameters(
            hidden = true,
            paramLabel = "script",
            description = "A file, or - for the standard input; its arguments follow.")
    List<String> positional = List.of();

    private String[] line = {};

    @Option(names = "-e", paramLabel = "statement", order = 0, description = "Run a statement; may be repeated.")
    void addStatement(String statement) {
        steps.add(new Step(false, statement));
    }

    @Option(names = "-l", paramLabel = "name", order = 1, description = "Require a module; may be repeated.")
    void addModule(String name) {
        steps.add(new Step(true, name));
    }

    /**
     * Reads a command line.
     *
     * @throws UsageException when it cannot be understood
     */
    static Options parse(String... line) {
        Options options = new Options();
        options.line = line;
        if (!options.parsePlain()) {
            options.steps.clear();
            options.interactive = false;
            options.version = false;
            try {
                PicocliParser.parse(options);
            } catch (NoClassDefFoundError e) {
                throw new UsageException("only -e, -i, -l and -v are understood without picocli on the class path", e);
            }
        }
        return options;
    }

    /** The text for {@code --help}. */
    static String usage() {
        return PicocliParser.of(new Options()).getUsageMessage();
    }

    /** Reads a line of nothing unusual without picocli, whose start takes longer than LuaJIT's. */
    private boolean parsePlain() {
        int i = 0;
        while (i < line.length && line[i].startsWith("-") && !line[i].equals("-")) {
            String option = line[i++];
            boolean takesText = option.equals("-e") || option.equals("-l");
            if (takesText && i < line.length) {
                steps.add(new Step(option.equals("-l"), line[i++]));
            } else if (option.equals("-i")) {
                interactive = true;
            } else if (option.equals("-v")) {
                version = true;
            } else {
                return false;
            }
        }
        positional = Arrays.asList(line).subList(i, line.length);
        return true;
    }

    /** The script; null when none is given. */
    @Nullable
    String script() {
        return positional.isEmpty() ? null : positional.get(0);
    }

    /** Whether the script is the standard input; after {@code --} even {@code -} is a file, as in Lua. */
    boolean scriptIsStdin() {
        int index = scriptIndex();
        return "-".equals(script()) && (index == 0 || !line[index - 1].equals("--"));
    }

    /** The arguments of the script. */
    List<String> arguments() {
        return positional.isEmpty() ? List.of() : positional.subList(1, positional.size());
    }

    /** Where in the command line the script is. */
    private int scriptIndex() {
        return line.length - positional.size();
    }

    /** What {@code arg} holds at an index relative to the script; the program itself is the first. */
    List<String> beforeScript() {
        List<String> before = new ArrayList<>(List.of(PROGRAM));
        before.addAll(Arrays.asList(line).subList(0, scriptIndex()));
        return before;
    }

    /** In a class of its own, so that picocli is loaded only when it is needed. */
    private static final class PicocliParser {
        static void parse(Options options) {
            try {
                of(options).parseArgs(options.line);
            } catch (CommandLine.ParameterException e) {
                throw new UsageException(e.getMessage() + "\n" + usage().stripTrailing(), e);
            }
        }

        static CommandLine of(Options options) {
            return new CommandLine(options)
                    .setStopAtPositional(true)
                    .setExpandAtFiles(false)
                    .setAllowOptionsAsOptionParameters(true)
                    .setOverwrittenOptionsAllowed(true);
        }
    }
}
