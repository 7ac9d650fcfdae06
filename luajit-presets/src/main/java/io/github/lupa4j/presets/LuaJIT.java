package io.github.lupa4j.presets;

import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/**
 * The public C API of LuaJIT, the JavaCPP way: {@code lua_*} and {@code luaL_*} on {@code Pointer} objects, generated
 * from LuaJIT's headers. lupa4j itself runs on {@link Bridge}; this is for those who embed C of their own.
 *
 * <p>Errors raised by these functions jump over Java frames unless something protected called them: see the rules in
 * LuaJIT's manual, not ours.
 */
@Properties(
        value = {
            @Platform(
                    value = "linux-x86_64",
                    cinclude = {"luajit.h", "lua.h", "lauxlib.h", "lualib.h"},
                    include = "javacpp_onload.h",
                    define = "JNI_OnLoad JavaCPP_OnLoad",
                    library = "jnilupa4j")
        },
        target = "io.github.lupa4j.luajit",
        global = "io.github.lupa4j.luajit.LuaJIT")
@NoException
public class LuaJIT implements InfoMapper {
    /** Called by JavaCPP. */
    public LuaJIT() {}

    @Override
    public void map(InfoMap infos) {
        infos
                // Storage classes and attributes, empty or "extern".
                .put(new Info("LUA_API", "LUALIB_API", "LUA_EXTERN", "LUA_NORETURN")
                        .cppTypes()
                        .annotations())
                // The configuration header is not parsed: what the API needs of it.
                .put(new Info("LUA_NUMBER").cppTypes("double"))
                .put(new Info("LUA_INTEGER").cppTypes("ptrdiff_t"))
                .put(new Info("LUA_IDSIZE").cppTypes("int").translate(false))
                .put(new Info("LUAL_BUFFERSIZE", "LUA_NOREF", "LUA_REFNIL").cppTypes("int"))
                // Variable arguments.
                .put(new Info("lua_pushfstring", "lua_pushvfstring", "luaL_error").skip())
                // Declared, never defined.
                .put(new Info("lua_setlevel").skip())
                // Other names for types and functions.
                .put(new Info("LUAJIT_VERSION_SYM", "lua_Chunkreader", "lua_Chunkwriter").skip())
                // Ours, for the compiler only.
                .put(new Info("javacpp_onload.h").linePatterns(".*").skip());
    }
}
