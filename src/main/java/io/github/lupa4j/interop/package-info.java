/** Internal: Java objects as scripts see them. */
package io.github.lupa4j.interop;
