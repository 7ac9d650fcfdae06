// A picture of the Mandelbrot set by one Lua engine per thread: ./lupa4j --java examples/Mandelbrot.java mandelbrot.png
// More arguments: the size in pixels (1280), the number of threads (that of the processors).

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;
import javax.script.Invocable;
import javax.script.ScriptEngine;
import javax.script.ScriptEngineManager;
import javax.script.ScriptException;

public class Mandelbrot {
    private static final int LIMIT = 92;

    /** What mandelbrot.lua defines. */
    public interface Painter {
        /** The pixels of a line: for each the number of steps until it leaves the circle, from '!' on. */
        String line(int y, int size);
    }

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments.length > 0 ? arguments[0] : "mandelbrot.png");
        int size = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1280;
        int threads = arguments.length > 2
                ? Integer.parseInt(arguments[2])
                : Runtime.getRuntime().availableProcessors();

        String script = Files.readString(Path.of("examples", "mandelbrot.lua"));
        BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
        long start = System.nanoTime();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Future<?>> bands = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int from = size * i / threads;
            int to = size * (i + 1) / threads;
            bands.add(pool.submit(() -> {
                paint(image, newPainter(script), from, to);
                return null;
            }));
        }
        for (Future<?> band : bands) {
            band.get();
        }
        pool.shutdown();
        System.out.printf(
                "%d x %d pixels on %d threads in %d ms%n",
                size, size, threads, (System.nanoTime() - start) / 1_000_000);

        if (!ImageIO.write(image, "png", file.toFile())) {
            throw new IOException("this JDK writes no PNG");
        }
        System.out.println("written to " + file);
    }

    private static Painter newPainter(String script) throws ScriptException {
        ScriptEngine engine = new ScriptEngineManager().getEngineByName("lua");
        engine.put(ScriptEngine.FILENAME, "mandelbrot.lua");
        engine.eval(script);
        return ((Invocable) engine).getInterface(Painter.class);
    }

    private static void paint(BufferedImage image, Painter painter, int from, int to) {
        int size = image.getWidth();
        for (int y = from; y < to; y++) {
            String line = painter.line(y, size);
            for (int x = 0; x < size; x++) {
                image.setRGB(x, y, color(line.charAt(x) - '!'));
            }
        }
    }

    /** Black for the set; around it the darker the longer it takes, from white to blue. */
    private static int color(int steps) {
        if (steps == LIMIT) {
            return 0;
        }
        double light = 1 - Math.sqrt((double) steps / LIMIT);
        return new Color((int) (255 * light * light), (int) (255 * light), (int) (127 + 128 * light)).getRGB();
    }
}
