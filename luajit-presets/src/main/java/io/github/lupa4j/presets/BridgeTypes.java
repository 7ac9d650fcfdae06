package io.github.lupa4j.presets;

import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/** What the types of {@code bridge.h} are in Java. */
@Properties
public class BridgeTypes implements InfoMapper {
    /** Called by JavaCPP. */
    public BridgeTypes() {}

    @Override
    public void map(InfoMap infos) {
        infos
                // Every parameter or result that is a Java object asks JavaCPP for `JNIEnv* env, jclass` in front of
                // the
                // others. Written in the header, they are nothing to Java.
                .put(new Info("JNIEnv").pointerTypes("void"))
                .put(new Info("jclass").valueTypes("void"));
        object(infos, "jobject", "Object");
        object(infos, "jbytebuffer", "java.nio.ByteBuffer");
        object(infos, "jstring", "String");
        object(infos, "jthrowable", "Throwable");
        object(infos, "jobjectArray", "Object[]");
        object(infos, "jbooleanArray", "boolean[]");
        object(infos, "jbyteArray", "byte[]");
        object(infos, "jintArray", "int[]");
        object(infos, "jlongArray", "long[]");
        object(infos, "jdoubleArray", "double[]");
    }

    private static void object(InfoMap infos, String nativeType, String javaType) {
        infos.put(new Info(nativeType).valueTypes("@Raw(withEnv = true) " + javaType));
    }
}
