package io.github.lupa4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs everything and prints one table. Whatever is compared takes turns within a round, in a process of its own
 * each time, and the medians over all rounds are shown.
 *
 * <p>{@code src/bench/run.sh [--quick] [--rounds=N] [--chart=FILE] [ROW...]}, a row being any part of its name.
 */
public final class Report {
    private static final String PACKAGE = Report.class.getPackageName() + ".";

    /** Benchmarks of JMH: the class, what the row is called, the row of the C host next to it, the targets. */
    private static final List<Row> ROWS = List.of(
            new Row("EmptyCall", "empty JNI call", null),
            new Row("CallFunction", "`invokeFunction(\"add\", 1, 2)`", "call")
                    .atMost(1.7, Who.HOST)
                    .atMost(0.5, Who.LUAJAVA),
            new Row("CallRaw", "— the crossing alone, on words", "call").atMost(1.1, Who.HOST),
            new Row("CallStrings", "— with two strings, one comes back", null),
            new Row("CallNewString", "— with one that is new, and comes back", null),
            new Row("CallEight", "— with eight numbers", null),
            new Row("TwoThreads", "— in two threads, an engine each", null),
            new Row("CallInterface", "`DoubleBinaryOperator` by `getInterface`", "call").atMost(2.2, Who.HOST),
            new Row("CallTyped", "— by `as` of a handle of the function", "call").atMost(0.9, Who.HOST),
            new Row("EvalText", "`eval(\"return 1+1\")` again", "eval").atMost(0.3, Who.LUAJAVA),
            new Row("EvalNewText", "— of a new text each time", null),
            new Row("EvalCompiled", "`CompiledScript` of it", "chunk").atMost(1.5, Who.LUAJAVA),
            new Row("EvalBindings", "`CompiledScript`, 5 fresh bindings", null)
                    .atMost(2000, Who.NOBODY)
                    .atMost(1.2, Who.LUAJ),
            new Row("EvalBindingsLibrary", "— of a script that calls `math.max`", null),
            new Row("EvalBindingsFunction", "— of one that defines a function", null),
            new Row("EvalBindingsGlobal", "— of one that leaves it in the bindings", null),
            new Row("PutGlobals", "5 times `put`", null),
            new Row("JavaMethodInt", "`object:method(i)` from Lua", null)
                    .atMost(0.05, Who.LUAJAVA)
                    .atMost(0.7, Who.LUAJ)
                    .atMost(1, Who.LUAJC),
            new Row("JavaMethodDouble", "`object:method(i + 0.5)`", null)
                    .atMost(0.7, Who.LUAJ)
                    .atMost(1, Who.LUAJC),
            new Row("JavaStatic", "`Math.max(i, 50)`", null)
                    .atMost(0.7, Who.LUAJ)
                    .atMost(1, Who.LUAJC),
            new Row("JavaLambda", "`lambda(i)`", null).atMost(0.2, Who.LUAJAVA).atMost(1.2, Who.LUAJ),
            new Row("JavaFunction", "— a function of the engine's own interface", null),
            new Row("JavaLeaf", "`lambda(i)` as a leaf function", null).atMost(1, Who.LUAJC),
            new Row("JavaLeafMethod", "`object:method(i)`, annotated as a leaf function", null)
                    .atMost(0.05, Who.LUAJAVA)
                    .atMost(0.7, Who.LUAJ)
                    .atMost(1, Who.LUAJC),
            new Row("JavaBoolean", "`if object:method(i)`, a boolean", null).atMost(0.7, Who.LUAJ),
            new Row("JavaObjects", "`object:method(1)` of each object of a List", null).atMost(1, Who.LUAJ),
            new Row("JavaMapKey", "`map.key`, of the others `map:get(key)`", null).atMost(0.7, Who.LUAJ),
            new Row("JavaField", "`object.field = object.field + 1`", null)
                    .atMost(0.7, Who.LUAJ)
                    .atMost(1, Who.LUAJC),
            new Row("JavaString", "`object:method(text)` of 20 characters", null)
                    .atMost(0.05, Who.LUAJAVA)
                    .atMost(0.7, Who.LUAJ)
                    .atMost(1, Who.LUAJC),
            new Row("JavaLeafString", "— as a leaf function", null).atMost(0.05, Who.LUAJAVA),
            new Row("JavaFromCallback", "`object:method(1)` in a callback of gsub", null).atMost(2, Who.LUAJ),
            new Row("ErrorToLua", "`pcall` of a method that throws", null),
            new Row("ErrorToJava", "`invokeFunction` of a function that fails", null),
            new Row("JavaList", "List by `ipairs`, each item", null)
                    .atMost(1, Who.LUAJ)
                    .atMost(0.4, Who.LUAJAVA),
            new Row("JavaMap", "Map by `pairs`, each entry", null)
                    .atMost(0.5, Who.LUAJ)
                    .atMost(0.35, Who.LUAJAVA),
            new Row("BufferSum", "`java.buffer` of doubles added up, each", null).atMost(1.05, Who.JAVA),
            new Row("GetField", "`table.get(\"field\")`", "getField").atMost(1, 10, Who.HOST),
            new Row("ResumeCoroutine", "`coroutine.resume(1)`", "resume").atMost(3, Who.HOST),
            new Row("TableToDoubles", "100,000 numbers to a `double[]`, each", null).atMost(0.15, Who.LUAJAVA),
            new Row("TableToList", "— to a `List`, each", null).atMost(0.6, Who.LUAJAVA),
            new Row("DoublesToTable", "— from a `double[]` to a table, each", null).atMost(1, Who.LUAJAVA),
            new Row("TableToMap", "100,000 strings with numbers to a `HashMap`, each", null).atMost(0.4, Who.LUAJAVA),
            new Row("CreateEngine", "new engine, `eval`, `close`", "create").atMost(1.2, Who.HOST));

    private static final List<String> KERNELS =
            List.of("mandelbrot", "nbody", "spectral-norm", "fannkuch", "binary-trees");

    private final Programs programs;
    /** One short round, of the peers only those that the targets name. */
    private final boolean quick;

    private final int rounds;
    private final TimeValue iteration;
    private final List<String> filter;
    /** Where the chart goes; null for nowhere. */
    private final Path picture;

    private final Samples samples = new Samples();
    private final Table table = new Table(samples);
    private final Chart chart = new Chart(samples);

    private Report(
            Programs programs, boolean quick, int rounds, TimeValue iteration, List<String> filter, Path picture) {
        this.programs = programs;
        this.quick = quick;
        this.rounds = rounds;
        this.iteration = iteration;
        this.filter = filter;
        this.picture = picture;
    }

    public static void main(String[] args) throws IOException, RunnerException, InterruptedException {
        System.setProperty("jmh.ignoreLock", "true"); // others may measure too; our figures are CPU time
        boolean quick = false;
        int rounds = 5;
        long millis = 300;
        Path picture = null;
        List<String> filter = new ArrayList<>();
        for (String arg : args) {
            if (arg.equals("--quick")) {
                quick = true;
                rounds = 1;
                millis = 100;
            } else if (arg.startsWith("--chart=")) {
                picture = Path.of(arg.substring("--chart=".length()));
            } else if (arg.startsWith("--rounds=")) {
                rounds = Integer.parseInt(arg.substring("--rounds=".length()));
            } else {
                filter.add(arg.toLowerCase(Locale.ROOT));
            }
        }
        Report report = new Report(
                new Programs(Path.of(".")),
                quick,
                rounds,
                new TimeValue(millis, TimeUnit.MILLISECONDS),
                filter,
                picture);
        report.run();
    }

    private void run() throws IOException, RunnerException, InterruptedException {
        for (int round = 1; round <= rounds; round++) {
            say("round " + round + " of " + rounds);
            microbenchmarks();
        }
        for (Row row : ROWS) {
            if (wanted(row.key() + row.title())) {
                show(row);
            }
        }
        for (String kernel : KERNELS) {
            if (wanted(kernel)) {
                kernel(kernel);
                show(new Row(kernel, kernel, null)
                        .unit(Row.Unit.MILLISECONDS)
                        .atMost(kernel.equals("binary-trees") ? 0.8 : 1.05, Who.LUAJIT));
            }
        }
        for (String heap : List.of("-Xmx512m", "-Xmx16g")) {
            String title = "the first four with 100 engines, limits armed, `" + heap + "`";
            if (wanted(title)) {
                crowded(KERNELS.subList(0, 4), heap);
                show(new Row("crowded" + heap, title, null)
                        .unit(Row.Unit.MILLISECONDS)
                        .atMost(1.05, Who.LUAJIT));
            }
        }
        if (wanted("binary-trees memory")) {
            for (int round = 0; round < rounds * 2 + 1; round++) { // The collector begins where it happens to.
                samples.add("peak", Who.LUPA4J, programs.peak(true));
                samples.add("peak", Who.LUAJIT, programs.peak(false));
            }
            show(new Row("peak", "binary-trees, memory at most", null)
                    .unit(Row.Unit.KIBIBYTES)
                    .atMost(2, Who.LUAJIT));
        }
        if (wanted("cold start")) {
            coldStart();
            show(new Row("coldEngine", "first engine in a fresh JVM, beyond one that finds none", null)
                    .unit(Row.Unit.MILLISECONDS)
                    .atMost(60e6, Who.NOBODY));
            show(new Row("coldFactory", "— without `ScriptEngineManager`, beyond an empty one", null)
                    .unit(Row.Unit.MILLISECONDS)
                    .atMost(60e6, Who.NOBODY));
            show(new Row("coldFactoryCpu", "— CPU time of all its threads", null).unit(Row.Unit.MILLISECONDS));
            show(new Row("cold", "— with `ScriptEngineManager`, beyond an empty one", null)
                    .unit(Row.Unit.MILLISECONDS));
            show(new Row("coldCpu", "— CPU time of all its threads", null).unit(Row.Unit.MILLISECONDS));
        }
        if (wanted("idle memory")) {
            idleMemory();
            show(new Row("resident", "idle engine, resident native memory", "resident")
                    .unit(Row.Unit.KIBIBYTES)
                    .atMost(80, Who.NOBODY));
            show(new Row("used", "idle engine, allocated by its state", "used").unit(Row.Unit.KIBIBYTES));
            show(new Row("heap", "idle engine, Java heap", null).unit(Row.Unit.KIBIBYTES));
        }
        System.out.println(table);
        if (picture != null) {
            Files.writeString(picture, chart.toString());
        }
    }

    private void show(Row row) {
        table.add(row);
        chart.add(row);
    }

    private boolean wanted(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return filter.isEmpty() || filter.stream().anyMatch(lower::contains);
    }

    private static void say(String what) {
        System.err.println("bench: " + what);
    }

    // -- JMH and the C host ----------------------------------------------------------------------------------------

    private void microbenchmarks() throws IOException, RunnerException, InterruptedException {
        for (Row row : ROWS) {
            if (wanted(row.key() + row.title())) {
                host(row);
                microbenchmark(row);
                host(row);
            }
        }
    }

    /** Asked more often than the others, for it is quick and every ratio hangs on it. */
    private void host(Row row) throws IOException, InterruptedException {
        if (row.host() != null) {
            for (int i = 0; i < 2; i++) {
                samples.add(row.key(), Who.HOST, programs.host().get(row.host()));
            }
        }
    }

    private void microbenchmark(Row row) throws RunnerException {
        TimeValue warmup = TimeValue.milliseconds(Math.max(iteration.convertTo(TimeUnit.MILLISECONDS), 200));
        OptionsBuilder options = new OptionsBuilder();
        options.include(PACKAGE + row.key() + "\\." + methods(row))
                .forks(1)
                .warmupIterations(quick ? 4 : 5)
                .warmupTime(warmup)
                .measurementIterations(quick ? 3 : 5)
                .measurementTime(iteration)
                .jvmArgsAppend("-Xms256m", "-Xmx256m")
                .verbosity(VerboseMode.SILENT);
        for (RunResult result : new Runner(options).run()) {
            String benchmark = result.getParams().getBenchmark();
            Who who = Who.named(benchmark.substring(benchmark.lastIndexOf('.') + 1));
            double[] times = result.getBenchmarkResults().stream()
                    .flatMap(fork -> fork.getIterationResults().stream())
                    .mapToDouble(Report::cpuTime)
                    .map(each -> each / result.getParams().getThreads())
                    .toArray();
            samples.add(row.key(), who, Samples.median(times));
        }
    }

    /** The benchmark methods of a row, as a pattern. */
    private String methods(Row row) {
        if (!quick) {
            return ".*";
        }
        Stream<Who> peers = row.targets().stream().map(Row.Target::who);
        return Stream.concat(Stream.of(Who.LUPA4J, Who.LUPA4J_HANDLE), peers)
                .map(Who::method)
                .collect(Collectors.joining("|", "(", ")$"));
    }

    private static double cpuTime(IterationResult iteration) {
        return iteration.getPrimaryResult().getScore()
                * iteration.getSecondaryResults().get("cpuShare").getScore();
    }

    // -- Kernels, start, memory ------------------------------------------------------------------------------------

    /** Hundred engines, of which all but one are idle, with limits armed, in a small and a large heap. */
    private void crowded(List<String> names, String heap) throws IOException, InterruptedException {
        String key = "crowded" + heap;
        for (int round = 0; round < rounds * 2 + 1; round++) {
            samples.add(key, Who.LUPA4J, programs.crowdedKernels(names, heap));
            double sum = 0;
            for (String name : names) {
                sum += programs.luajit(name);
            }
            samples.add(key, Who.LUAJIT, sum);
        }
    }

    private void kernel(String name) throws IOException, InterruptedException {
        say(name);
        for (int round = 0; round < rounds * 2 + 1; round++) {
            if (round % 2 == 0) {
                samples.add(name, Who.LUPA4J, programs.kernel(name));
                samples.add(name, Who.LUAJIT, programs.luajit(name));
            } else {
                samples.add(name, Who.LUAJIT, programs.luajit(name));
                samples.add(name, Who.LUPA4J, programs.kernel(name));
            }
        }
    }

    private void coldStart() throws IOException, InterruptedException {
        say("cold start");
        Samples starts = new Samples();
        List<String> mains = List.of("none", "manager", "lupa4j", "factory", "luajava");
        for (String program : mains) {
            programs.coldStart(program); // fills the file cache and ours
        }
        for (int round = 0; round < rounds * 3 + 2; round++) {
            for (String program : mains) {
                Programs.Run run = programs.coldStart(program);
                starts.add("wall " + program, Who.NOBODY, run.wall());
                starts.add("cpu " + program, Who.NOBODY, run.cpu());
            }
        }
        beyond(starts, "coldEngine", Who.LUPA4J, "lupa4j", "manager");
        beyond(starts, "coldFactory", Who.LUPA4J, "factory", "none");
        beyond(starts, "coldFactory", Who.LUAJAVA, "luajava", "none");
        beyond(starts, "cold", Who.LUPA4J, "lupa4j", "none");
    }

    private void beyond(Samples starts, String key, Who who, String program, String other) {
        for (String kind : List.of("wall ", "cpu ")) {
            double more = starts.median(kind + program, Who.NOBODY) - starts.median(kind + other, Who.NOBODY);
            samples.add(kind.equals("cpu ") ? key + "Cpu" : key, who, more);
        }
    }

    private void idleMemory() throws IOException, InterruptedException {
        say("idle memory");
        for (int round = 0; round < Math.max(rounds / 2, 1); round++) {
            for (Who who : List.of(Who.LUPA4J, Who.LUAJAVA)) {
                for (Map.Entry<String, Double> figure :
                        programs.idleMemory(who.method()).entrySet()) {
                    samples.add(figure.getKey(), who, figure.getValue());
                }
            }
            Map<String, Double> host = programs.host("idle");
            samples.add("resident", Who.HOST, host.get("idle"));
            samples.add("used", Who.HOST, host.get("idleUsed"));
        }
    }
}
