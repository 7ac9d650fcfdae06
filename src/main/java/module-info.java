/** LuaJIT for the JVM: a {@code javax.script} engine and a Java API. */
@org.jspecify.annotations.NullMarked
module io.github.lupa4j {
    requires transitive java.scripting;
    requires org.bytedeco.javacpp;
    requires static transitive org.jspecify;
    requires static info.picocli;
    requires static jdk.jshell;

    exports io.github.lupa4j;
    exports io.github.lupa4j.script;

    uses io.github.lupa4j.LuaModuleLoader;

    opens io.github.lupa4j.cli to
            info.picocli;

    provides javax.script.ScriptEngineFactory with
            io.github.lupa4j.script.LuaScriptEngineFactory,
            io.github.lupa4j.script.LuaSandboxEngineFactory;
}
