package io.github.lupa4j.vm;

/**
 * A Lua string that is no text in the runtime's charset, on its way to a callee that may want its bytes. Wherever text is
 * wanted it is decoded as any other string: that may fail, by the policy for such strings.
 */
public final class ByteString extends StandIn {
    private final byte[] bytes;
    private final StringCodec codec;

    ByteString(byte[] bytes, StringCodec codec) {
        this.bytes = bytes;
        this.codec = codec;
    }

    public byte[] bytes() {
        return bytes;
    }

    /** Its text. */
    @Override
    public Object target() {
        return codec.decode(bytes);
    }

    /** Itself, for the callee to choose. */
    @Override
    public Object argument() {
        return this;
    }

    /** Its text whatever the policy. */
    @Override
    public String toString() {
        return codec.decodeMessage(bytes);
    }
}
