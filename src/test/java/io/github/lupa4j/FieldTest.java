package io.github.lupa4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.testing.Eager;
import io.github.lupa4j.testing.Fibers;
import io.github.lupa4j.testing.Garbage;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Fields that scripts use again and again are read and written without asking Java, in compiled code too. Scripts cannot
 * tell.
 */
@Timeout(60)
class FieldTest {
    private final LuaRuntime lua = LuaRuntime.create();
    private final LuaRuntime asking = LuaRuntime.create();

    @BeforeEach
    void ask() {
        asking.state.calls().setReturning(false);
    }

    @AfterEach
    void close() {
        lua.close();
        asking.close();
    }

    public static class Point {
        public int i = 1;
        public long l = 2;
        public float f = 0.5f;
        public double d = 0.25;
        public boolean b = true;
        public short s = 3;
        public char c = 'c';
        public String text = "text";
        public final int fixed = 4;
        public static int shared = 5;
        public volatile boolean done;
    }

    public static class Other {
        public double before;
        public String i = "another type";
        public double d = 0.75;
    }

    // -- The same as by asking -----------------------------------------------------------------------------------

    private static final List<String> FIELDS = List.of("i", "l", "f", "d", "b", "s", "c", "text", "fixed", "shared");

    private static final List<String> VALUES = List.of(
            "0",
            "-0",
            "1.5",
            "7",
            "-7",
            "2^31",
            "-2^31",
            "2^31 - 1",
            "2^53",
            "2^53 + 2",
            "-2^53",
            "2^63",
            "1e39",
            "3.4028235677973366e38",
            "0/0",
            "1/0",
            "-1/0",
            "true",
            "false",
            "nil",
            "'8'",
            "'x'",
            "{}",
            "print");

    private static Stream<List<String>> writes() {
        return FIELDS.stream().flatMap(field -> VALUES.stream().map(value -> List.of(field, value)));
    }

    /** Reads in a loop; tells all that can be seen of it. */
    private static String outcome(LuaRuntime lua, Point point, String field) {
        lua.globals().put("p", point);
        return lua.execute("local seen, p = {}, p for i = 1, 200 do seen[i] = tostring(p." + field + ")"
                        + " end return table.concat(seen, ' ')")
                .toString();
    }

    @ParameterizedTest
    @MethodSource("writes")
    void isWrittenAsByAsking(List<String> write) {
        String field = write.get(0);
        String script = "local p = p for i = 1, 200 do if i == 200 then p." + field + " = " + write.get(1) + " else p."
                + field + " = p." + field + " end end";
        String[] outcomes = new String[2];
        int n = 0;
        for (LuaRuntime runtime : List.of(lua, asking)) {
            Point p = new Point();
            runtime.globals().put("p", p);
            String thrown = "";
            try {
                runtime.execute(script);
            } catch (LuaException e) {
                thrown = e.toString();
            }
            outcomes[n++] = thrown + " " + p.i + " " + p.l + " " + p.f + " " + Double.doubleToRawLongBits(p.d) + " "
                    + p.b + " " + p.s + " " + p.c + " " + p.text + " " + p.fixed;
        }
        assertEquals(outcomes[1], outcomes[0]);
        Point.shared = 5;
    }

    @Test
    void isReadAsByAsking() {
        for (String field : FIELDS) {
            assertEquals(outcome(asking, new Point(), field), outcome(lua, new Point(), field));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 1L << 53, (1L << 53) + 1, -(1L << 53) - 1, Long.MAX_VALUE, Long.MIN_VALUE})
    void longsAreExact(long value) {
        Point point = new Point();
        lua.globals().put("p", point);
        lua.execute("function last() local x for i = 1, 300 do x = p.l end return x end return last()");
        point.l = value;
        assertEquals(value, ((Number) lua.execute("return last()")).longValue());
    }

    @Test
    void notANumberIsANumber() {
        Point point = new Point();
        lua.globals().put("p", point);
        lua.execute("function last() local x for i = 1, 300 do x = p.d end return x end return last()");
        for (long bits = 0xFFF8L; bits <= 0xFFFFL; bits++) {
            point.d = Double.longBitsToDouble(bits << 48 | 0x123456789AL);
            assertEquals("number", lua.execute("return type(last())"));
        }
    }

    // -- Objects -------------------------------------------------------------------------------------------------

    @Test
    void everyObjectHasItsOwn() {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            Point point = new Point();
            point.i = i;
            points.add(point);
        }
        lua.globals().put("points", points);
        lua.execute("for round = 1, 30 do for _, p in ipairs(points) do p.d = p.d + p.i end end");
        for (Point point : points) {
            assertEquals(0.25 + 30.0 * point.i, point.d);
        }
    }

    @Test
    void objectsOfOtherClassesHaveOthersOfThatName() {
        lua.globals().put("p", new Point());
        lua.globals().put("o", new Other());
        assertEquals(
                "100another type",
                lua.execute("local sum, last = 0 for i = 1, 200 do local x = i % 2 == 0 and p or o sum = sum + x.d"
                        + " last = o.i end return sum .. last"));
    }

    @Test
    void objectsThatComeAndGoAreNotMixedUp() {
        lua.globals().put("make", (IntFunction<Object>) n -> {
            if (n % 3 == 0) {
                Other other = new Other();
                other.d = n;
                return other;
            }
            Point point = new Point();
            point.d = n;
            return point;
        });
        assertEquals(
                20_000L * 20_001 / 2 * 20,
                lua.execute("local sum = 0 for n = 1, 20000 do local x = make(n) for i = 1, 20 do sum = sum + x.d end"
                        + " if n % 500 == 0 then collectgarbage() end end return sum"));
    }

    public static final class Holder {
        public int uses;
        public final LuaRuntime runtime;

        Holder(LuaRuntime runtime) {
            this.runtime = runtime;
        }
    }

    private static WeakReference<LuaRuntime> dropped() {
        LuaRuntime runtime = LuaRuntime.create();
        runtime.globals().put("holder", new Holder(runtime));
        runtime.execute("for i = 1, 1000 do holder.uses = holder.uses + 1 end");
        return new WeakReference<>(runtime);
    }

    @Test
    void anEngineThatItsOwnObjectHoldsCanGo() throws InterruptedException {
        WeakReference<LuaRuntime> runtime = dropped();
        assertTrue(Garbage.collectUntil(() -> runtime.get() == null));
    }

    // -- Others use them, too --------------------------------------------------------------------------------------

    @Test
    void aLoopSeesWhatAnotherThreadWrites() throws InterruptedException {
        Point point = new Point();
        lua.globals().put("p", point);
        CountDownLatch runs = new CountDownLatch(1);
        lua.globals().put("runs", (Runnable) runs::countDown);
        Thread other = new Thread(() -> {
            try {
                runs.await();
                Thread.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            point.done = true;
        });
        other.start();
        lua.execute("for i = 1, 1000 do local x = p.done end runs() while not p.done do end");
        other.join();
        assertSame(true, point.done);
    }

    /** A list whose items depend on a field. */
    public static final class Same extends AbstractList<Integer> {
        public int item;

        @Override
        public int size() {
            return 2000;
        }

        @Override
        public Integer get(int index) {
            return item;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 30, 57, 58, 60, 63, 64, 100, 113, 200})
    void whatIsWrittenChangesWhatIsWalked(int from) {
        lua.globals().put("list", new Same());
        lua.globals().put("from", from);
        assertEquals(
                0,
                lua.execute(
                        "local wrong, item = 0, 0 for i, x in ipairs(list) do if x ~= item then wrong = wrong + 1 end"
                                + " if i > from then list.item = list.item + 1 item = item + 1 end end return wrong"));
    }

    // -- Compiled code ---------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"return 1", Fibers.OPEN, Eager.COMPILE})
    void loopsThatUseFieldsAreLoopsOfCompiledCode(String before) {
        lua.execute(before);
        lua.globals().put("p", new Point());
        assertEquals(
                "loop",
                lua.execute("local util, kind = require('jit.util')"
                        + " local function note(what, trace) if what == 'stop' and not kind then"
                        + " kind = util.traceinfo(trace).linktype end end"
                        + " for i = 1, 40 do p.i = p.i p.b = p.b end jit.flush() jit.attach(note, 'trace')"
                        + " local p = p for i = 1, 300 do p.i = p.i + 1 p.d = p.d / 2 p.b = not p.b p.l = p.l + 2 p.f = p.f * 2 % 7 end"
                        + " jit.attach(note) return kind"));
    }

    @Test
    void theyCanBeStopped() {
        try (LuaRuntime limited =
                LuaRuntime.builder().timeLimit(Duration.ofMillis(200)).build()) {
            limited.globals().put("p", new Point());
            assertThrows(LuaTimeoutException.class, () -> limited.execute("while true do p.i = 1 end"));
            assertEquals(1, limited.execute("return p.i"));
        }
    }
}
