package io.github.lupa4j.interop;

import io.github.lupa4j.JavaFunction;
import io.github.lupa4j.LuaFunction;
import io.github.lupa4j.LuaResults;
import io.github.lupa4j.LuaRuntime;
import io.github.lupa4j.LuaSource;
import io.github.lupa4j.LuaTable;
import io.github.lupa4j.LuaValue;
import io.github.lupa4j.vm.LuaInt64;
import io.github.lupa4j.vm.NativeAddress;
import io.github.lupa4j.vm.None;
import io.github.lupa4j.vm.StandIn;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The globals {@code java}, {@code javax} and {@code luajava}: the Java half of java.lua. */
public final class JavaLibrary {
    /**
     * What the host decides about the library.
     *
     * @param eval whether there is {@code java.eval}
     * @param overflowHandler told of the function that is to replace large numbers; null for none
     */
    public record Options(boolean eval, Consumer<@Nullable LuaFunction> overflowHandler) {}

    /** What only java.lua uses. */
    private static final Set<String> HIDDEN =
            Set.of("find", "member", "is_package", "create_proxy", "load_lib", "address", "walk", "walk_numbered");

    private static volatile @Nullable LuaSource code;

    private final LuaRuntime runtime;
    private final HostObjects objects;
    private final Options options;
    private final Converter converter;
    private final Classes classes;
    private final TableCopies tables;

    public JavaLibrary(LuaRuntime runtime, HostObjects objects, Options options) {
        this.runtime = runtime;
        this.objects = objects;
        this.options = options;
        this.converter = objects.converter();
        this.classes = new Classes(objects.classes());
        this.tables = new TableCopies(runtime);
    }

    /**
     * Lets the tables give their members.
     *
     * @param leaf what makes leaf functions, which is no Java code
     */
    public void fill(LuaTable java, LuaTable javax, LuaTable luajava, LuaFunction leaf) {
        if (runtime.library().get("setmetatable") == null) {
            throw new UsageException(
                    "the java library needs the basic functions and a charset with ASCII, which this runtime leaves out");
        }
        Map<String, JavaFunction> natives = new HashMap<>();
        classFunctions(natives);
        objectFunctions(natives);
        conversionFunctions(natives);
        controlFunctions(natives);
        Set<String> names = new TreeSet<>(natives.keySet());
        names.removeAll(HIDDEN);
        names.add("none");
        JavaFunction get = a -> {
            String name = text("java", a, 0);
            JavaFunction function = natives.get(name);
            return function == null ? (name.equals("none") ? None.NONE : null) : runtime.function(function);
        };
        chunk().call(
                        runtime.library(),
                        java,
                        javax,
                        luajava,
                        leaf,
                        runtime.function(get),
                        runtime.table(names.toArray()));
    }

    /** java.lua, compiled once for all runtimes. */
    private LuaFunction chunk() {
        LuaSource known = code;
        if (known != null) {
            return runtime.compile(known);
        }
        try (InputStream in = JavaLibrary.class.getResourceAsStream("java.lua")) {
            byte[] text = Objects.requireNonNull(in, "java.lua").readAllBytes();
            LuaFunction chunk = runtime.compile(LuaSource.ofBytes(text, "=[java]", LuaSource.Mode.TEXT));
            code = chunk.dump();
            return chunk;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // -- Classes -------------------------------------------------------------------------------------------------

    private void classFunctions(Map<String, JavaFunction> natives) {
        natives.put("type", a -> classOf("type", a, 0));
        natives.put("find", a -> classes.imported(text("import", a, 0)));
        natives.put("member", a -> classes.member(text("package", a, 0), text("package", a, 1)));
        natives.put("is_package", a -> Classes.isPlatformPackage(text("package", a, 0)));
        natives.put("class", a -> {
            Object object = argument(a, 0);
            return object == null ? null : object.getClass();
        });
        natives.put("instanceof", a -> classOf("instanceof", a, 1).isInstance(argument(a, 0)));
        natives.put("new", (RawFunction) a -> construct(classOf("new", a, 0), rest(a, 1)));
        natives.put("array", this::array);
        natives.put("proxy", a -> proxy("proxy", a, Proxies.Style.METHODS));
        natives.put("create_proxy", a -> proxy("createProxy", a, Proxies.Style.FUNCTIONS));
        natives.put("load_lib", a -> loadLibrary(classOf("loadLib", a, 0), text("loadLib", a, 1)));
    }

    private Class<?> classOf(String function, @Nullable Object[] arguments, int index) {
        Object value = argument(arguments, index);
        if (value instanceof Class<?> type) {
            return type;
        }
        if (value instanceof String || value instanceof byte[]) {
            return classes.load(text(function, arguments, index));
        }
        throw wrong(function, index, "a class or the name of one", value);
    }

    private @Nullable Object construct(Class<?> type, @Nullable Object[] arguments) throws Exception {
        return Sneaky.run(() -> objects.calls().call(type, arguments));
    }

    private Object array(@Nullable Object... arguments) {
        Class<?> type = classOf("array", arguments, 0);
        if (type == void.class) {
            throw wrong("array", 0, "a class", type);
        }
        if (arguments.length == 2 && (arguments[1] == null || arguments[1] instanceof String)) {
            throw wrong("array", 1, "a size or a table of items", arguments[1]);
        }
        if (arguments.length == 2 && !(arguments[1] instanceof Number)) {
            Object[] items = TableCopies.toList(arguments[1]).toArray();
            Object array = Array.newInstance(type, items.length);
            for (int i = 0; i < items.length; i++) {
                Object item = converter.tryConvert(items[i], type, type);
                if (item == Converter.MISFIT) {
                    throw new UsageException("item " + (i + 1) + " of the array: " + Words.describe(items[i])
                            + " cannot be converted to " + type.getTypeName());
                }
                Array.set(array, i, item);
            }
            return array;
        }
        int[] sizes = new int[arguments.length - 1];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = (int) integer("array", arguments, i + 1, 0, Integer.MAX_VALUE);
        }
        if (sizes.length == 0) {
            throw new UsageException("java.array needs sizes or a table of items after the class");
        }
        try {
            return Array.newInstance(type, sizes);
        } catch (OutOfMemoryError e) {
            runtime.gc(); // Lua's garbage may hold what is missing.
            return Array.newInstance(type, sizes);
        }
    }

    private Object proxy(String function, @Nullable Object[] arguments, Proxies.Style style) {
        int last = arguments.length - 1;
        if (!(argument(arguments, last) instanceof LuaFunction || argument(arguments, last) instanceof LuaTable)
                || last < 1) {
            throw wrong(function, Math.max(last, 0), "interfaces, then a table or function", argument(arguments, last));
        }
        List<Class<?>> types = new ArrayList<>();
        for (int i = 0; i < last; i++) {
            addTypes(function, arguments, i, types);
        }
        try {
            return Proxies.create(
                    (LuaValue) Objects.requireNonNull(arguments[last]), style, types.toArray(Class<?>[]::new));
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    /** LuaJava separates the names of several interfaces by commas, LuaJ takes several arguments. */
    private void addTypes(String function, @Nullable Object[] arguments, int index, List<Class<?>> types) {
        Object given = argument(arguments, index);
        if (given instanceof String || given instanceof byte[]) {
            for (String name : text(function, arguments, index).split(",", -1)) {
                types.add(classes.load(name));
            }
        } else {
            types.add(classOf(function, arguments, index));
        }
    }

    /** Calls a static method that takes nothing or a runtime. */
    private @Nullable Object loadLibrary(Class<?> type, String method) throws Exception {
        boolean takesRuntime = Arrays.stream(type.getMethods())
                .anyMatch(m -> m.getName().equals(method)
                        && Arrays.equals(m.getParameterTypes(), new Class<?>[] {LuaRuntime.class}));
        @Nullable Object[] arguments = takesRuntime ? new Object[] {runtime} : new Object[0];
        MethodGroup group = objects.methods(type, method);
        return Sneaky.run(() -> group.call(type, arguments, converter));
    }

    // -- Objects -------------------------------------------------------------------------------------------------

    private void objectFunctions(Map<String, JavaFunction> natives) {
        natives.put("method", a -> {
            Object types = argument(a, 2);
            return runtime.function(new MethodChoice(
                    objects, object("method", a, 0), text("method", a, 1), types == null ? "" : text("method", a, 2)));
        });
        natives.put("walk", a -> Iteration.items(argument(a, 0)));
        natives.put("walk_numbered", a -> {
            long start = argument(a, 1) == null ? 0 : integer("enumerate", a, 1, Long.MIN_VALUE, Long.MAX_VALUE);
            return Iteration.numbered(argument(a, 0), start);
        });
        natives.put("iterex", a -> runtime.function(Iteration.exploded(argument(a, 0))));
        natives.put("as_attrgetter", a -> new View(object("as_attrgetter", a, 0), false));
        natives.put("as_itemgetter", a -> new View(object("as_itemgetter", a, 0), true));
        natives.put("as_function", a -> {
            Object callee = object("as_function", a, 0);
            if (callee instanceof LuaFunction) {
                return callee;
            }
            RawFunction call = arguments -> Sneaky.run(() -> objects.calls().call(callee, arguments));
            return runtime.function(call);
        });
        natives.put("args", a -> {
            if (argument(a, 0) instanceof LuaTable table) {
                return new NamedArguments(table);
            }
            throw wrong("args", 0, "a table", argument(a, 0));
        });
        natives.put("address", a -> {
            Object owner = object("buffer", a, 0);
            try {
                NativeAddress address = NativeAddress.of(owner);
                return LuaResults.of(new LuaInt64(address.address()), address.type());
            } catch (IllegalArgumentException e) {
                throw new UsageException(String.valueOf(e.getMessage()));
            }
        });
    }

    // -- Conversions ---------------------------------------------------------------------------------------------

    private void conversionFunctions(Map<String, JavaFunction> natives) {
        natives.put("cast", a -> Casts.cast(argument(a, 0), classOf("cast", a, 1), converter));
        natives.put("totable", a -> {
            boolean deep = argument(a, 1) != null && !Boolean.FALSE.equals(argument(a, 1));
            return tables.toTable(argument(a, 0), deep);
        });
        natives.put("tolist", a -> TableCopies.toList(argument(a, 0)));
        natives.put("tomap", a -> TableCopies.toMap(argument(a, 0)));
        natives.put("tobytes", new Bytes.FromString());
        natives.put("tostring", a -> Bytes.toString(argument(a, 0)));
        natives.put("tolong", a -> Casts.toLong(argument(a, 0)));
    }

    // -- Control -------------------------------------------------------------------------------------------------

    private void controlFunctions(Map<String, JavaFunction> natives) {
        natives.put("throw", a -> {
            if (argument(a, 0) instanceof Throwable thrown) {
                return Sneaky.run(() -> {
                    throw thrown;
                });
            }
            throw wrong("throw", 0, "a Throwable", argument(a, 0));
        });
        natives.put("caught", a -> argument(a, 0) instanceof Throwable thrown ? thrown : null);
        natives.put("synchronized", a -> {
            if (!(argument(a, 1) instanceof LuaFunction function)) {
                throw wrong("synchronized", 1, "a function", argument(a, 1));
            }
            synchronized (object("synchronized", a, 0)) {
                return results(function.call(rest(a, 2)));
            }
        });
        natives.put("set_overflow_handler", a -> {
            Object handler = argument(a, 0);
            if (handler != null && !(handler instanceof LuaFunction)) {
                throw wrong("set_overflow_handler", 0, "a function or nil", handler);
            }
            options.overflowHandler().accept((LuaFunction) handler);
            return null;
        });
        if (options.eval()) {
            Evaluator evaluator = new Evaluator(classes);
            natives.put(
                    "eval",
                    a -> evaluator.eval(text("eval", a, 0), argument(a, 1) == null ? null : text("eval", a, 1)));
        }
    }

    private static @Nullable Object results(@Nullable Object result) {
        return result instanceof io.github.lupa4j.vm.ResultList several ? LuaResults.of(several.values()) : result;
    }

    // -- Arguments -----------------------------------------------------------------------------------------------

    private static @Nullable Object argument(@Nullable Object[] arguments, int index) {
        return index >= 0 && index < arguments.length ? StandIn.resolve(arguments[index]) : null;
    }

    private static @Nullable Object[] rest(@Nullable Object[] arguments, int from) {
        return from < arguments.length ? Arrays.copyOfRange(arguments, from, arguments.length) : new Object[0];
    }

    private static Object object(String function, @Nullable Object[] arguments, int index) {
        Object value = argument(arguments, index);
        if (value == null) {
            throw wrong(function, index, "an object", null);
        }
        return value;
    }

    private static String text(String function, @Nullable Object[] arguments, int index) {
        if (argument(arguments, index) instanceof String text) {
            return text;
        }
        if (argument(arguments, index) instanceof byte[] raw) {
            return new String(raw, StandardCharsets.UTF_8);
        }
        throw wrong(function, index, "a string", argument(arguments, index));
    }

    private static long integer(String function, @Nullable Object[] arguments, int index, long least, long most) {
        Object value = argument(arguments, index);
        if (value instanceof Integer || value instanceof Long) {
            long number = ((Number) value).longValue();
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw wrong(function, index, least == 0 ? "a whole number from 0" : "a whole number", value);
    }

    private static UsageException wrong(String function, int index, String wanted, @Nullable Object value) {
        return new UsageException("bad argument #" + (index + 1) + " to '" + function + "' (" + wanted
                + " expected, got " + Words.describe(value) + ")");
    }
}
