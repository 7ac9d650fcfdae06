/* Starts JavaCPP's runtime, which the presets keep out of JNI_OnLoad: see NativeLibrary.java. */
#pragma once
#include <jni.h>

extern "C" JNIEXPORT void JNICALL Java_io_github_lupa4j_presets_NativeLibrary_startJavaCPP(JNIEnv *env, jclass) {
    JavaVM *vm;
    if (env->GetJavaVM(&vm) == JNI_OK) {
        JNI_OnLoad(vm, nullptr); /* by now a macro for JavaCPP_OnLoad, JavaCPP's own */
    }
}
