package io.github.lupa4j.interop;

import java.lang.invoke.MethodType;
import java.util.List;

/**
 * The class file of a {@link GeneratedProxy}. Each method passes the proxy, what method it is, and its arguments to the
 * handler: by their words if they are plain, else as an array. The methods come to the class as its class data.
 */
final class ProxyClassFile {
    private static final int VERSION = 61; // Java 17
    private static final int PACKAGE = 0;
    private static final int PUBLIC = 0x1;
    private static final int PROTECTED = 0x4;
    private static final int STATIC = 0x8;
    private static final int PRIVATE_STATIC_FINAL = 0x1A;
    private static final int PUBLIC_FINAL_SUPER_SYNTHETIC = 0x1031;

    private static final int ALOAD_0 = 0x2A;
    private static final int ALOAD_1 = 0x2B;
    private static final int ASTORE_0 = 0x4B;
    private static final int AASTORE = 0x53;
    private static final int ANEWARRAY = 0xBD;
    private static final int ARETURN = 0xB0;
    private static final int CHECKCAST = 0xC0;
    private static final int D2F = 0x90;
    private static final int DUP = 0x59;
    private static final int F2D = 0x8D;
    private static final int GETFIELD = 0xB4;
    private static final int GETSTATIC = 0xB2;
    private static final int I2B = 0x91;
    private static final int I2C = 0x92;
    private static final int I2S = 0x93;
    private static final int ILOAD = 0x15;
    private static final int INVOKEINTERFACE = 0xB9;
    private static final int INVOKESPECIAL = 0xB7;
    private static final int INVOKESTATIC = 0xB8;
    private static final int INVOKEVIRTUAL = 0xB6;
    private static final int IRETURN = 0xAC;
    private static final int L2I = 0x88;
    private static final int LDC_W = 0x13;
    private static final int NEW = 0xBB;
    private static final int POP = 0x57;
    private static final int POP2 = 0x58;
    private static final int PUTSTATIC = 0xB3;
    private static final int RETURN = 0xB1;
    private static final int SIPUSH = 0x11;
    private static final int WIDE = 0xC4;

    private static final String SUPER = name(GeneratedProxy.class);
    private static final String HANDLER = name(ProxyHandler.class);
    private static final String METHOD = name(InterfaceMethod.class);
    private static final String OBJECT = "java/lang/Object";
    private static final String LIST = "java/util/List";
    private static final String HANDLES = "java/lang/invoke/MethodHandles";

    private static final String TAKES_HANDLER = "(L" + HANDLER + ";)V";
    private static final String MAKE = "(L" + HANDLER + ";)L" + SUPER + ";";
    private static final String CALL = "(L" + OBJECT + ";L" + METHOD + ";[L" + OBJECT + ";)L" + OBJECT + ";";
    private static final String CALL_PLAIN = "(L" + OBJECT + ";L" + METHOD + ";JJJ)J";
    private static final String CLASS_DATA =
            "(L" + HANDLES + "$Lookup;Ljava/lang/String;Ljava/lang/Class;)L" + OBJECT + ";";

    private final ClassBytes.Pool pool = new ClassBytes.Pool();
    private final String name;
    private final List<InterfaceMethod> methods;

    private ProxyClassFile(String name, List<InterfaceMethod> methods) {
        this.name = name;
        this.methods = methods;
    }

    /** The class file of a class in some package. */
    static byte[] bytes(String packageName, List<Class<?>> interfaces, List<InterfaceMethod> methods) {
        String name = packageName.isEmpty() ? "LuaProxy" : packageName.replace('.', '/') + "/LuaProxy";
        return new ProxyClassFile(name, methods).write(interfaces);
    }

    private byte[] write(List<Class<?>> interfaces) {
        ClassBytes body = new ClassBytes().u2(PUBLIC_FINAL_SUPER_SYNTHETIC);
        body.u2(pool.type(name)).u2(pool.type(SUPER)).u2(interfaces.size());
        for (Class<?> type : interfaces) {
            body.u2(pool.type(name(type)));
        }
        body.u2(methods.size());
        for (int i = 0; i < methods.size(); i++) {
            body.u2(PRIVATE_STATIC_FINAL).u2(pool.utf8("M" + i)).u2(pool.utf8("L" + METHOD + ";"));
            body.u2(0);
        }
        body.u2(3 + methods.size());
        writeMethod(body, STATIC, "<clinit>", "()V", 3, 1, initializer());
        writeMethod(body, PACKAGE, "<init>", TAKES_HANDLER, 2, 2, constructor());
        writeMethod(body, PROTECTED, "make", MAKE, 3, 2, make());
        for (int i = 0; i < methods.size(); i++) {
            InterfaceMethod method = methods.get(i);
            // The stack has handler, proxy, method, and then three words, or an array and an item to go there.
            int locals = 1 + slots(method.type());
            writeMethod(body, PUBLIC, method.name(), method.type().toMethodDescriptorString(), 9, locals, code(i));
        }
        body.u2(0);
        return new ClassBytes()
                .u4(0xCAFEBABE)
                .u4(VERSION)
                .append(pool.bytes())
                .append(body)
                .toByteArray();
    }

    private void writeMethod(
            ClassBytes to, int access, String method, String type, int stack, int locals, ClassBytes code) {
        to.u2(access).u2(pool.utf8(method)).u2(pool.utf8(type)).u2(1);
        to.u2(pool.utf8("Code")).u4(12 + code.size()).u2(stack).u2(locals);
        to.u4(code.size()).append(code).u2(0).u2(0);
    }

    // -- Code ------------------------------------------------------------------------------------------------------

    /** Takes the methods from the class data. */
    private ClassBytes initializer() {
        ClassBytes code = new ClassBytes();
        code.u1(INVOKESTATIC).u2(pool.method(HANDLES, "lookup", "()L" + HANDLES + "$Lookup;"));
        code.u1(LDC_W).u2(pool.string("_"));
        code.u1(LDC_W).u2(pool.type(LIST));
        code.u1(INVOKESTATIC).u2(pool.method(HANDLES, "classData", CLASS_DATA));
        code.u1(CHECKCAST).u2(pool.type(LIST)).u1(ASTORE_0);
        for (int i = 0; i < methods.size(); i++) {
            code.u1(ALOAD_0).u1(SIPUSH).u2(i);
            code.u1(INVOKEINTERFACE).u2(pool.interfaceMethod(LIST, "get", "(I)L" + OBJECT + ";"));
            code.u1(2).u1(0);
            code.u1(CHECKCAST).u2(pool.type(METHOD));
            code.u1(PUTSTATIC).u2(field(i));
        }
        return code.u1(RETURN);
    }

    private ClassBytes constructor() {
        ClassBytes code = new ClassBytes().u1(ALOAD_0).u1(ALOAD_1);
        return code.u1(INVOKESPECIAL)
                .u2(pool.method(SUPER, "<init>", TAKES_HANDLER))
                .u1(RETURN);
    }

    private ClassBytes make() {
        ClassBytes code = new ClassBytes().u1(NEW).u2(pool.type(name)).u1(DUP).u1(ALOAD_1);
        return code.u1(INVOKESPECIAL)
                .u2(pool.method(name, "<init>", TAKES_HANDLER))
                .u1(ARETURN);
    }

    private ClassBytes code(int index) {
        ClassBytes code = new ClassBytes().u1(ALOAD_0);
        code.u1(GETFIELD).u2(pool.field(SUPER, "handler", "L" + HANDLER + ";"));
        code.u1(ALOAD_0).u1(GETSTATIC).u2(field(index));
        InterfaceMethod method = methods.get(index);
        if (method.isPlain()) {
            writePlainCall(code, method.type());
        } else {
            writeCall(code, method.type());
        }
        return code;
    }

    private int field(int index) {
        return pool.field(name, "M" + index, "L" + METHOD + ";");
    }

    private void writePlainCall(ClassBytes code, MethodType type) {
        int local = 1;
        for (Class<?> parameter : type.parameterList()) {
            load(code, parameter, local);
            local += size(parameter);
            String wide = "I";
            if (parameter == float.class) {
                code.u1(F2D);
                wide = "D";
            } else if (parameter == double.class || parameter == boolean.class) {
                wide = parameter.descriptorString();
            }
            code.u1(INVOKESTATIC).u2(pool.method(SUPER, "word", "(" + wide + ")J"));
        }
        for (int i = type.parameterCount(); i < InterfaceMethod.FEW; i++) {
            code.u1(INVOKESTATIC).u2(pool.method(SUPER, "noWord", "()J"));
        }
        code.u1(INVOKEVIRTUAL).u2(pool.method(HANDLER, "callPlain", CALL_PLAIN));
        writeReturnOfBits(code, type.returnType());
    }

    private void writeReturnOfBits(ClassBytes code, Class<?> result) {
        if (result == void.class) {
            code.u1(POP2);
        } else if (result == double.class || result == float.class) {
            code.u1(INVOKESTATIC).u2(pool.method("java/lang/Double", "longBitsToDouble", "(J)D"));
            if (result == float.class) {
                code.u1(D2F);
            }
        } else if (result != long.class) {
            code.u1(L2I);
            if (result == byte.class) {
                code.u1(I2B);
            } else if (result == short.class) {
                code.u1(I2S);
            } else if (result == char.class) {
                code.u1(I2C);
            }
        }
        writeReturn(code, result);
    }

    private void writeCall(ClassBytes code, MethodType type) {
        code.u1(SIPUSH).u2(type.parameterCount());
        code.u1(ANEWARRAY).u2(pool.type(OBJECT));
        int local = 1;
        for (int i = 0; i < type.parameterCount(); i++) {
            Class<?> parameter = type.parameterType(i);
            code.u1(DUP).u1(SIPUSH).u2(i);
            load(code, parameter, local);
            local += size(parameter);
            if (parameter.isPrimitive()) {
                String box = name(box(parameter));
                String boxing = "(" + parameter.descriptorString() + ")L" + box + ";";
                code.u1(INVOKESTATIC).u2(pool.method(box, "valueOf", boxing));
            }
            code.u1(AASTORE);
        }
        code.u1(INVOKEVIRTUAL).u2(pool.method(HANDLER, "call", CALL));
        Class<?> result = type.returnType();
        if (result == void.class) {
            code.u1(POP);
        } else if (result.isPrimitive()) {
            String box = name(box(result));
            code.u1(CHECKCAST).u2(pool.type(box));
            String unboxing = "()" + result.descriptorString();
            code.u1(INVOKEVIRTUAL).u2(pool.method(box, result.getName() + "Value", unboxing));
        } else {
            code.u1(CHECKCAST).u2(pool.type(name(result)));
        }
        writeReturn(code, result);
    }

    /** Puts a parameter on the stack; it may be beyond the 255th local variable. */
    private static void load(ClassBytes code, Class<?> type, int local) {
        code.u1(WIDE).u1(ILOAD + kind(type)).u2(local);
    }

    private static void writeReturn(ClassBytes code, Class<?> type) {
        code.u1(type == void.class ? RETURN : IRETURN + kind(type));
    }

    // -- Types -----------------------------------------------------------------------------------------------------

    private static String name(Class<?> type) {
        return type.getName().replace('.', '/');
    }

    private static Class<?> box(Class<?> type) {
        return MethodType.methodType(type).wrap().returnType();
    }

    /** Which one of the instructions for int, long, float, double and references is for a type. */
    private static int kind(Class<?> type) {
        if (!type.isPrimitive()) {
            return 4;
        }
        return type == long.class ? 1 : type == float.class ? 2 : type == double.class ? 3 : 0;
    }

    private static int size(Class<?> type) {
        return type == long.class || type == double.class ? 2 : 1;
    }

    private static int slots(MethodType type) {
        int slots = 0;
        for (Class<?> parameter : type.parameterList()) {
            slots += size(parameter);
        }
        return slots;
    }
}
