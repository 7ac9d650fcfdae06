/** Internal: the native border. Only this package knows the generated JNI classes, and no pointer leaves it. */
package io.github.lupa4j.vm;
