package io.github.lupa4j.cli;

import io.github.lupa4j.LuaExitException;
import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaSource;
import io.github.lupa4j.LuaTable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** What the command does with its arguments and streams. Text is UTF-8 everywhere, whatever the locale. */
final class Interpreter {
    private static final int STDIN = 0;
    private static final int STDOUT = 1;

    private final InputStream in;
    private final BufferedReader reader;
    private final Output out;
    private final Output err;
    private boolean exitCalled;

    Interpreter(InputStream in, OutputStream out, OutputStream err) {
        this.in = in;
        this.out = new Output(out, null);
        this.err = new Output(err, this.out);
        reader = new BufferedReader(new InputStreamReader(new Input(in, this.out), StandardCharsets.UTF_8));
    }

    /** Whether a script ended by os.exit. */
    boolean exitCalled() {
        return exitCalled;
    }

    /**
     * Runs the command.
     *
     * @return the exit status
     */
    int run(String... line) {
        int status = 0;
        try {
            run(Options.parse(line));
        } catch (LuaExitException e) {
            exitCalled = true;
            status = e.status();
        } catch (RuntimeException | IOException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            status = 1;
            if (!out.isBroken()) {
                err.print(ErrorReport.of(e));
            }
        }
        try {
            out.flush();
        } catch (IOException e) {
            return Math.max(status, 1);
        }
        return status;
    }

    private void run(Options options) throws IOException {
        if (options.help) {
            out.write(Options.usage());
            return;
        }
        LuaRuntime lua = LuaRuntime.create();
        lua.setStreams(() -> reader, () -> out, () -> err);
        out.setLineBuffered(Terminal.is(lua, STDOUT));
        if (options.version) {
            out.write(version(lua));
        }
        for (Options.Step step : options.steps) {
            if (step.require()) {
                function(lua, "require").call(step.text());
            } else {
                lua.compile(LuaSource.of(step.text(), "=(command line)")).call();
            }
        }
        if (options.script() != null) {
            runScript(options.script(), options, lua);
        }
        if (options.interactive) {
            new Repl(lua, reader, out, err).run();
        } else if (options.script() == null && options.steps.isEmpty() && !options.version) {
            runStdin(lua);
        }
        if (!threadsLeft()) {
            lua.close(); // what has finalisers sees the end, as in Lua
        }
    }

    private void runScript(String script, Options options, LuaRuntime lua) throws IOException {
        Object[] arguments = options.arguments().toArray();
        LuaTable arg = lua.table(arguments);
        arg.rawSet(0, script);
        List<String> before = options.beforeScript();
        for (int i = 0; i < before.size(); i++) {
            arg.rawSet(i - before.size(), before.get(i));
        }
        lua.globals().rawSet("arg", arg);
        lua.compile(options.scriptIsStdin() ? Chunks.read(in) : Chunks.file(script))
                .call(arguments);
    }

    private void runStdin(LuaRuntime lua) throws IOException {
        if (Terminal.is(lua, STDIN)) {
            out.write(version(lua));
            new Repl(lua, reader, out, err).run();
        } else {
            lua.compile(Chunks.read(in)).call();
        }
    }

    private static LuaFunction function(LuaRuntime lua, String name) {
        return (LuaFunction) Objects.requireNonNull(lua.globals().get(name), name);
    }

    private static String version(LuaRuntime lua) {
        String version = Interpreter.class.getPackage().getImplementationVersion();
        return Options.PROGRAM + (version == null ? "" : " " + version) + " (" + lua.implementation() + ", Java "
                + Runtime.version() + ")\n";
    }

    /** Whether the script has started threads that last; they may still call it. */
    private static boolean threadsLeft() {
        Thread[] threads = new Thread[Thread.activeCount() + 1];
        int count = Thread.enumerate(threads);
        for (int i = 0; i < count; i++) {
            if (threads[i] != Thread.currentThread() && !threads[i].isDaemon()) {
                return true;
            }
        }
        return false;
    }
}
