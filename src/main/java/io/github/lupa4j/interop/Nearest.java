package io.github.lupa4j.interop;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a misspelt name may have meant, for messages. */
final class Nearest {
    private static final int MANY = 3;
    /** Packages whose classes are often named without theirs. */
    private static final List<String> COMMON =
            List.of("java.lang", "java.util", "java.io", "java.nio.file", "java.math");

    private Nearest() {}

    /** The names most like this one, at most three; none that has hardly anything in common with it. */
    static List<String> names(String name, Collection<String> known) {
        return names(name, known, any -> true);
    }

    private static List<String> names(String name, Collection<String> known, Predicate<String> usable) {
        int worst = Math.max(2, name.length() / 2);
        return known.stream()
                .filter(n -> distance(n, name) <= worst)
                .sorted(Comparator.<String>comparingInt(n -> distance(n, name)).thenComparing(n -> n))
                .filter(usable)
                .limit(MANY)
                .toList();
    }

    /** The end of a message: "; the nearest are ...", or nothing. */
    static String phrase(List<String> names) {
        return names.isEmpty()
                ? ""
                : (names.size() == 1 ? "; the nearest is " : "; the nearest are ") + String.join(", ", names);
    }

    /**
     * The end of a message about an unknown class: those of its package, or of the common ones, that are like it.
     *
     * @param usable asked about the few names that would be told
     */
    static String classes(String name, List<ClassLoader> loaders, Predicate<String> usable) {
        int dot = name.lastIndexOf('.');
        String wanted = name.substring(dot + 1);
        List<String> packages = dot < 0 ? COMMON : List.of(name.substring(0, dot));
        return phrase(packages.stream()
                .flatMap(p -> names(wanted, classNames(p, loaders), n -> usable.test(p + "." + n)).stream()
                        .map(n -> p + "." + n))
                .sorted(Comparator.comparingInt(n -> distance(n.substring(n.lastIndexOf('.') + 1), wanted)))
                .limit(MANY)
                .toList());
    }

    // -- The classes of a package --------------------------------------------------------------------------------

    private static Set<String> classNames(String packageName, List<ClassLoader> loaders) {
        Set<String> names = new TreeSet<>(platformClasses(packageName));
        String folder = packageName.replace('.', '/');
        for (ClassLoader loader : loaders) {
            try {
                for (URL url : Collections.list(loader.getResources(folder))) {
                    names.addAll(classesAt(url));
                }
            } catch (IOException | RuntimeException e) {
                // A message without suggestions will do.
            }
        }
        return names;
    }

    private static List<String> platformClasses(String packageName) {
        String module = ModuleLayer.boot().modules().stream()
                .filter(m -> m.isExported(packageName))
                .map(Module::getName)
                .findFirst()
                .orElse(null);
        if (module == null) {
            return List.of();
        }
        try {
            FileSystem platform = FileSystems.getFileSystem(URI.create("jrt:/"));
            return classesIn(platform.getPath("modules", module, packageName.replace('.', '/')));
        } catch (IOException | RuntimeException e) {
            return List.of(); // A module that is not one of the platform's.
        }
    }

    private static List<String> classesAt(URL url) throws IOException {
        try {
            URI uri = url.toURI();
            try {
                return classesIn(Path.of(uri));
            } catch (FileSystemNotFoundException e) {
                try (FileSystem jar = FileSystems.newFileSystem(uri, java.util.Map.of())) {
                    return classesIn(jar.provider().getPath(uri));
                }
            }
        } catch (URISyntaxException e) {
            return List.of();
        }
    }

    private static List<String> classesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(file -> file.endsWith(".class") && file.indexOf('$') < 0 && file.indexOf('-') < 0)
                    .map(file -> file.substring(0, file.length() - ".class".length()))
                    .collect(Collectors.toList());
        }
    }

    // -- Likeness ------------------------------------------------------------------------------------------------

    /** How many letters to change, add or drop; upper and lower case count as one letter. */
    private static int distance(String from, String to) {
        String a = from.toLowerCase(Locale.ROOT);
        String b = to.toLowerCase(Locale.ROOT);
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
