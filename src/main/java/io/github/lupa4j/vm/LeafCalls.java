package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import org.jspecify.annotations.Nullable;

/** Calls of leaf functions: Lua code has stopped in the middle, and nothing else can be done with the state meanwhile. */
final class LeafCalls {
    /** How many outcomes wait at most. They are asked for at once, but a hook may come in between. A power of two. */
    private static final int WAITING = 64;

    private static final byte[] NONE = {};

    private final LuaState state;
    private final Host host;
    private final MemberTable members;
    private final ObjectTable objects;
    private final Arguments arguments;
    private final @Nullable Outcome[] outcomes = new Outcome[WAITING];
    private int number;

    /** What a word cannot say: a long string, or what was thrown. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Outcome(
            int number, byte[] string, @Nullable Throwable thrown) {}

    LeafCalls(LuaState state, Host host, MemberTable members, ObjectTable objects, Arguments arguments) {
        this.state = state;
        this.host = host;
        this.members = members;
        this.objects = objects;
        this.arguments = arguments;
    }

    /** Makes what a leaf function calls: BRIDGE_REQUEST_LEAF. */
    int make() throws Throwable {
        int member = state.slots.readInt(1);
        Object receiver = objects.get(state.slots.readObjectId(0));
        state.giveBack();
        Leaf leaf = host.leaf(member == 0 ? null : members.get(member), receiver);
        state.slots.writeTwo(leaf, leaf.parameters());
        return 2;
    }

    /** Calls the one that Lua code asks for, and goes on with that code. */
    long serve() {
        long word;
        state.setInLeaf();
        try {
            Leaf leaf = (Leaf) objects.get(state.slots.requestObject());
            // What replaces a number would run a script.
            word = host.replacesOverflow() ? Arguments.MISFIT : leaf.call(arguments);
            if (PlainWords.isInSlots(word) && word != Arguments.MISFIT && state.slots.isLongString(0)) {
                word = later(state.slots.readBytes(0), null);
            }
        } catch (Throwable e) {
            word = later(NONE, e);
        }
        state.setOpen();
        state.limits().backInLua();
        return bridge_answer_leaf(state, state.context(), word);
    }

    private long later(byte[] string, @Nullable Throwable thrown) {
        outcomes[++number & WAITING - 1] = new Outcome(number, string, thrown);
        state.slots.putWord(Arguments.resultOf(number));
        return PlainWords.inSlots(BRIDGE_FAILED_RUNTIME);
    }

    /** Gives an outcome, or throws it: BRIDGE_REQUEST_LEAF_OUTCOME. */
    int outcome() throws Throwable {
        int wanted = state.slots.readInt(0);
        state.giveBack();
        Outcome outcome = outcomes[wanted & WAITING - 1];
        if (outcome == null || outcome.number != wanted) {
            throw new IllegalStateException("there is no such outcome of a leaf function");
        }
        outcomes[wanted & WAITING - 1] = null;
        if (outcome.thrown != null) {
            throw outcome.thrown;
        }
        state.slots.begin(1);
        state.slots.writeBytes(0, outcome.string);
        return 1;
    }
}
