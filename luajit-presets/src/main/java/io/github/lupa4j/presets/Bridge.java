package io.github.lupa4j.presets;

import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;

/**
 * Our own native contract, {@code bridge.h}: numbers, addresses as {@code long}, and Java objects as they are, never a
 * {@code Pointer}. So nothing of JavaCPP's runtime is initialised by a program that uses this class alone, and its jar is not
 * opened, which takes 3 ms: the generated class is derived from this one.
 */
@Properties(
        inherit = BridgeTypes.class,
        value = {@Platform(value = "linux-x86_64", include = "bridge.h", library = "jnilupa4j")},
        target = "io.github.lupa4j.luajit",
        global = "io.github.lupa4j.luajit.Bridge")
@NoException
public class Bridge {
    /** Called by JavaCPP. */
    public Bridge() {}
}
