/** The {@code lupa4j} command. */
package io.github.lupa4j.cli;
