package io.github.lupa4j.vm;

import io.github.lupa4j.presets.NativeLibrary;

/** Loads the native library while another thread loads the classes that are needed before it. */
public final class NativeLoading extends Thread {
    static {
        NativeLoading loading = new NativeLoading();
        loading.setDaemon(true);
        loading.start();
    }

    private NativeLoading() {
        super("lupa4j-loading");
    }

    /** Begins, if nobody has. */
    public static void begin() {
        // The class does so when it is initialised.
    }

    @Override
    public void run() {
        try {
            NativeLibrary.load();
        } catch (Throwable e) {
            // It is tried again, and told, where the library is needed.
        }
    }
}
