package io.github.lupa4j.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What was measured: for a key and somebody, a figure from each round. */
final class Samples {
    private record Place(String key, Who who) {}

    private final Map<Place, List<Double>> figures = new HashMap<>();

    void add(String key, Who who, double figure) {
        figures.computeIfAbsent(new Place(key, who), place -> new ArrayList<>()).add(figure);
    }

    boolean has(String key, Who who) {
        return figures.containsKey(new Place(key, who));
    }

    double median(String key, Who who) {
        List<Double> all = figures.get(new Place(key, who));
        if (all == null) {
            throw new IllegalArgumentException("nothing measured of " + key + " for " + who);
        }
        return median(all.stream().mapToDouble(Double::doubleValue).toArray());
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
