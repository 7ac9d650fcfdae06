package io.github.lupa4j.presets;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.CodeSource;
import java.util.Locale;

/**
 * Finds the native library and loads it. The generated classes call this in place of JavaCPP's {@code Loader}, which
 * spends ten times as long looking for it.
 *
 * <p>The library is a resource of the native jar, {@code lupa4j-VERSION-PLATFORM.jar}. Unpacked by a build it is loaded
 * where it is; out of a jar it is copied once into a cache folder under the checksum of its contents, so that the next
 * JVM only compares a size. The cache folder is the first of these that works: system property
 * {@code lupa4j.cacheDir}, {@code $XDG_CACHE_HOME/lupa4j}, {@code ~/.cache/lupa4j}. Without one, and where a file cannot
 * be loaded from there (a second class loader with the same library, a mount without permission to execute), a private
 * copy is made and deleted as soon as it is loaded.
 *
 * <p>JavaCPP's own start-up code is kept out of {@code JNI_OnLoad}, since it initialises {@code Pointer} and with it most
 * of JavaCPP. {@link #load} leaves it out; classes that use {@code Pointer} call {@link #loadWithPointers}.
 */
public final class NativeLibrary {
    private static final String FOLDER = "io/github/lupa4j/";
    private static final String NAME = "jnilupa4j";

    private static boolean loaded;
    private static boolean pointersReady;

    private NativeLibrary() {}

    /** Loads the library, once per class loader. */
    public static synchronized void load() {
        if (!loaded) {
            loadOnce();
            loaded = true;
        }
    }

    /** Loads the library and starts JavaCPP's runtime for the classes derived from {@code Pointer}. */
    public static synchronized void loadWithPointers() {
        load();
        if (!pointersReady) {
            pointersReady = true; // before the call: it initialises classes that come here again
            startJavaCPP();
        }
    }

    private static native void startJavaCPP();

    // -- Where the library is ------------------------------------------------------------------------------------

    private static void loadOnce() {
        String platform = platform();
        String file = System.mapLibraryName(NAME);
        URL library = find(FOLDER + platform + "/" + file);
        if (library == null) {
            throw new UnsatisfiedLinkError("lupa4j has no native library for this platform (" + platform
                    + ") on the class path or module path: add lupa4j-VERSION-" + platform
                    + ".jar (Maven: the same coordinates with <classifier>" + platform + "</classifier>)");
        }
        try {
            if (library.getProtocol().equals("file")) {
                loadFile(new File(library.toURI()).toPath(), library);
                return;
            }
            Path cached = cached(library, file);
            if (cached != null) {
                loadFile(cached, library);
            } else {
                loadPrivateCopy(library);
            }
        } catch (IOException | URISyntaxException e) {
            throw failure("lupa4j: cannot unpack the native library " + library, e);
        }
    }

    /** The platform, as JavaCPP names it. */
    private static String platform() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        if (os.startsWith("mac")) {
            os = "macosx";
        } else if (os.startsWith("windows")) {
            os = "windows";
        }
        if (arch.equals("amd64") || arch.equals("x86-64")) {
            arch = "x86_64";
        } else if (arch.equals("aarch64")) {
            arch = "arm64";
        }
        return os + "-" + arch;
    }

    private static URL find(String resource) {
        URL near = findNear(resource);
        if (near != null) {
            return near;
        }
        ClassLoader loader = NativeLibrary.class.getClassLoader();
        return loader != null ? loader.getResource(resource) : ClassLoader.getSystemResource(resource);
    }

    /**
     * Looks where this class comes from: in that folder, in the native jar next to that jar, in that jar. A class loader
     * would first ask each module of the JDK, which takes 3 ms. Nor would it find the native jar on the module path, as a
     * module that nothing requires is not resolved.
     */
    private static URL findNear(String resource) {
        try {
            CodeSource source = NativeLibrary.class.getProtectionDomain().getCodeSource();
            URL home = source == null ? null : source.getLocation();
            if (home == null || !home.getProtocol().equals("file")) {
                return null;
            }
            if (new File(home.toURI()).isDirectory()) {
                URL file = new URL(home, resource);
                return new File(file.toURI()).isFile() ? file : null;
            }
            String main = home.toString();
            if (main.endsWith(".jar")) {
                String nativeJar = main.substring(0, main.length() - ".jar".length()) + "-" + platform() + ".jar";
                if (new File(new URL(nativeJar).toURI()).isFile()) {
                    return new URL("jar:" + nativeJar + "!/" + resource);
                }
            }
            URL inMain = new URL("jar:" + main + "!/" + resource);
            return isThere(inMain) ? inMain : null;
        } catch (IOException | URISyntaxException | IllegalArgumentException e) {
            return null; // not a place like that
        }
    }

    private static boolean isThere(URL resource) {
        try {
            open(resource).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    // -- The cache -----------------------------------------------------------------------------------------------

    /** The library's file in the cache, written if it is not there whole; null if there is no usable cache. */
    private static Path cached(URL library, String file) throws IOException {
        String folder = cacheFolder();
        if (folder == null) {
            return null;
        }
        String[] checksumAndSize; // Written by the build next to the library, so that nothing need be computed here.
        try (InputStream in = open(new URL(library + ".sha256"))) {
            checksumAndSize = new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .trim()
                    .split(" ");
        }
        long size = Long.parseLong(checksumAndSize[1]);
        Path target = Path.of(folder, checksumAndSize[0], file);
        try {
            if (!Files.isRegularFile(target) || Files.size(target) != size) {
                Files.createDirectories(target.getParent());
                // Several JVMs may be here at once: each writes a file of its own and moves it into place.
                Path part = Files.createTempFile(target.getParent(), NAME, ".part");
                try {
                    copy(library, part);
                    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                } finally {
                    Files.deleteIfExists(part);
                }
            }
            return target;
        } catch (IOException | SecurityException e) {
            return null; // read-only, full, not ours: do without
        }
    }

    private static String cacheFolder() {
        String folder = System.getProperty("lupa4j.cacheDir");
        if (folder != null && !folder.isEmpty()) {
            return folder;
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        if (xdg != null && xdg.startsWith("/")) {
            return xdg + "/lupa4j";
        }
        String home = System.getProperty("user.home");
        return home == null || !new File(home).isDirectory() ? null : home + "/.cache/lupa4j";
    }

    private static InputStream open(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false); // leave no jar open behind the program's back
        return connection.getInputStream();
    }

    private static void copy(URL library, Path target) throws IOException {
        try (InputStream in = open(library)) {
            Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    // -- Loading -------------------------------------------------------------------------------------------------

    private static void loadFile(Path file, URL library) throws IOException {
        try {
            System.load(file.toAbsolutePath().toString());
        } catch (UnsatisfiedLinkError first) {
            try {
                loadPrivateCopy(library);
            } catch (UnsatisfiedLinkError | IOException second) {
                first.addSuppressed(second);
                throw first;
            }
        }
    }

    /** Loads a copy that nobody else has: not another class loader of this JVM, not another user of this machine. */
    private static void loadPrivateCopy(URL library) throws IOException {
        Path folder = Files.createTempDirectory("lupa4j"); // readable by its owner only
        Path copy = folder.resolve(System.mapLibraryName(NAME));
        try {
            copy(library, copy);
            System.load(copy.toAbsolutePath().toString());
        } finally {
            // What is mapped stays mapped on Unix; elsewhere the file stays behind until the JVM ends.
            if (!copy.toFile().delete() && Files.exists(copy)) {
                folder.toFile().deleteOnExit();
                copy.toFile().deleteOnExit();
            } else {
                Files.deleteIfExists(folder);
            }
        }
    }

    private static UnsatisfiedLinkError failure(String message, Exception cause) {
        UnsatisfiedLinkError error = new UnsatisfiedLinkError(message + ": " + cause);
        error.initCause(cause);
        return error;
    }
}
