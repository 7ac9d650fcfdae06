/**
 * Benchmarks: one class per row or group of rows of the table in src/docs/performance.md. Each has a method for
 * lupa4j and one, of the same meaning, for each peer that can do it. {@link io.github.lupa4j.bench.Report} runs them
 * all and prints the table.
 */
package io.github.lupa4j.bench;
