package io.github.lupa4j.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lupa4j.LuaRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StateLockTest {
    /** More than it takes to get a bias, whatever happened before in a test. */
    private static final int OFTEN = 100_000;

    private final StateLock lock = new StateLock();

    @BeforeAll
    static void prepare() {
        LuaRuntime.create().close(); // loads the library
        ProcessBarrier.prepare();
    }

    private void takeOften() {
        for (int i = 0; i < OFTEN; i++) {
            lock.release(lock.acquire());
        }
    }

    private static <T> T elsewhere(java.util.concurrent.Callable<T> action) throws Exception {
        FutureTask<T> task = new FutureTask<>(action);
        new Thread(task).start();
        return task.get(30, TimeUnit.SECONDS);
    }

    @Test
    void linuxHasTheBarrier() {
        assertTrue(ProcessBarrier.isReady());
    }

    @Test
    void countsHolds() {
        for (int round = 0; round < OFTEN; round++) {
            assertEquals(0, lock.holds());
            assertEquals(1, lock.acquire());
            assertEquals(2, lock.acquire());
            assertEquals(2, lock.holds());
            lock.release(2);
            assertEquals(1, lock.holds());
            lock.release(1);
        }
    }

    @Test
    void namesItsHolder() throws Exception {
        for (int round = 0; round < 3; round++) {
            assertNull(lock.owner());
            assertFalse(lock.isHeld());
            int hold = lock.acquire();
            assertSame(Thread.currentThread(), lock.owner());
            assertTrue(lock.isHeld());
            assertTrue(elsewhere(lock::isHeld));
            assertEquals(0, elsewhere(lock::holds));
            lock.release(hold);
            takeOften();
        }
    }

    @Test
    void anotherThreadWaitsForTheEndOfTheOperation() throws Exception {
        takeOften();
        int hold = lock.acquire();
        CountDownLatch taken = new CountDownLatch(1);
        Thread other = new Thread(() -> {
            int its = lock.acquire();
            taken.countDown();
            lock.release(its);
        });
        other.start();
        assertFalse(taken.await(100, TimeUnit.MILLISECONDS));
        int inner = lock.acquire(); // The bias is over, but not the operation.
        assertEquals(2, inner);
        lock.release(inner);
        assertFalse(taken.await(50, TimeUnit.MILLISECONDS));
        lock.release(hold);
        assertTrue(taken.await(10, TimeUnit.SECONDS));
        other.join();
        takeOften();
        assertEquals(1, lock.acquire());
    }

    @Test
    void waitingKeepsTheInterrupt() throws Exception {
        takeOften();
        int hold = lock.acquire();
        FutureTask<Boolean> interrupted = new FutureTask<>(() -> {
            lock.release(lock.acquire());
            return Thread.interrupted();
        });
        Thread other = new Thread(interrupted);
        other.start();
        other.interrupt();
        Thread.sleep(50);
        lock.release(hold);
        assertTrue(interrupted.get(10, TimeUnit.SECONDS));
    }

    @Test
    void aThreadThatDiedWithTheLockDoesNotKeepIt() throws Exception {
        elsewhere(() -> {
            takeOften();
            return lock.acquire();
        });
        assertEquals(1, lock.acquire());
    }

    /** What a lock is for, while biases come and go. */
    @RepeatedTest(5)
    void excludesOthers() throws Exception {
        long[] counts = new long[2];
        int threads = 3;
        int rounds = 300;
        List<FutureTask<Void>> tasks = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int alone = 50 * (t + 1);
            tasks.add(new FutureTask<>(() -> {
                for (int round = 0; round < rounds; round++) {
                    for (int i = 0; i < alone * (round % 7 + 1); i++) {
                        int hold = lock.acquire();
                        counts[0]++;
                        lock.release(lock.acquire());
                        counts[1]++;
                        assertEquals(counts[0], counts[1]);
                        lock.release(hold);
                    }
                    if (round % 3 == 0) {
                        Thread.sleep(1);
                    }
                }
                return null;
            }));
        }
        tasks.forEach(task -> new Thread(task).start());
        long expected = 0;
        for (int t = 0; t < threads; t++) {
            tasks.get(t).get(50, TimeUnit.SECONDS);
            for (int round = 0; round < rounds; round++) {
                expected += 50L * (t + 1) * (round % 7 + 1);
            }
        }
        assertEquals(expected, counts[0]);
    }

    /** A bias is taken and revoked at once, over and over: the moment at which both could believe to have the lock. */
    @Test
    void excludesOthersWhenABiasEnds() throws Exception {
        int rounds = 20_000;
        StateLock[] locks = new StateLock[rounds];
        long[] counts = new long[rounds];
        for (int i = 0; i < rounds; i++) {
            locks[i] = new StateLock();
        }
        FutureTask<Void> other = new FutureTask<>(() -> {
            for (int round = 0; round < rounds; round++) {
                while (!locks[round].isBiased()) {
                    Thread.onSpinWait();
                }
                count(locks[round], counts, round, 3);
            }
            return null;
        });
        new Thread(other).start();
        for (int round = 0; round < rounds; round++) {
            count(locks[round], counts, round, 500);
        }
        other.get(50, TimeUnit.SECONDS);
        for (int round = 0; round < rounds; round++) {
            assertEquals(503, counts[round], "round " + round);
        }
    }

    private static void count(StateLock lock, long[] counts, int index, int times) {
        for (int i = 0; i < times; i++) {
            int hold = lock.acquire();
            counts[index]++;
            lock.release(hold);
        }
    }
}
