package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import java.util.ArrayList;
import java.util.List;

/** The Lua frames of a failure as Java's stack trace elements. */
final class StackTrace {
    private StackTrace() {}

    /** Reads the {@code size} bytes that the failure left. */
    static List<StackTraceElement> read(long context, int size, StringCodec codec) {
        byte[] trace = new byte[size];
        bridge_trace(context, trace);
        String[] fields = codec.decodeMessage(trace).split("\0", -1);
        List<StackTraceElement> frames = new ArrayList<>(fields.length / 3);
        for (int i = 0; i + 2 < fields.length; i += 3) {
            frames.add(frame(fields[i], fields[i + 1], Integer.parseInt(fields[i + 2])));
        }
        return frames;
    }

    private static StackTraceElement frame(String source, String function, int line) {
        boolean named = source.startsWith("@") || source.startsWith("=");
        return new StackTraceElement("lua", function, named ? source.substring(1) : "string", line);
    }
}
