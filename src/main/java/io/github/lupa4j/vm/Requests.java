package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/**
 * What Lua code asks of Java. It reaches Java in one of two ways: the outermost call of a state returns to {@link #serve},
 * which answers and goes on with it; in a call that Java has made meanwhile, the bridge calls.
 */
final class Requests {
    private static final @Nullable Object[] NOTHING = {};

    private final LuaState state;
    private final Host host;
    private final MemberTable members;
    private final ObjectTable objects;
    private final Arguments direct;
    private final TraceCalls traceCalls;
    private final JavaHeap heap;
    private int invocations;

    Requests(LuaState state, Host host, MemberTable members, ObjectTable objects) {
        this.state = state;
        this.host = host;
        this.members = members;
        this.objects = objects;
        heap = new JavaHeap(state, objects);
        direct = new Arguments(state, host, objects);
        traceCalls = new TraceCalls(state, host, objects, direct, this);
    }

    JavaHeap heap() {
        return heap;
    }

    /** Answers Lua code that has returned to Java with this word, until the call has ended; gives its result as a word. */
    long serve(long asking) {
        boolean ended = false;
        try {
            long word = asking;
            do {
                word = PlainWords.isCall(word) ? traceCalls.serve(word) : serveOne();
            } while (PlainWords.isAsking(word));
            ended = true;
            return word;
        } finally {
            if (!ended) {
                state.setOpen();
                bridge_abandon(state.context());
            }
        }
    }

    private long serveOne() {
        int request = state.slots.request();
        int count = state.slots.requestCount();
        long word;
        try {
            word = request == 0
                    ? invokeForWord(state.slots.requestMember(), state.slots.requestObject(), count)
                    : PlainWords.inSlots(answer(request, count));
        } catch (StackOverflowError e) {
            word = PlainWords.inSlots(BRIDGE_FAILED_CSTACK);
        }
        return answer(word);
    }

    /** Goes on with Lua code that waits for this answer. */
    long answer(long word) {
        return PlainWords.isInSlots(word)
                ? bridge_answer(state, state.context(), (int) word)
                : bridge_answer_word(state, state.context(), word);
    }

    void leaveTrace() {
        traceCalls.leave();
    }

    /** Answers a request by the slots; the result is that of {@code LuaState.upcall} in bridge.h. */
    int answer(int request, int count) {
        try {
            if (request == BRIDGE_REQUEST_WRITE) {
                state.noteOutput();
                host.write(state.slots.readInt(0), state.slots.readBytes(1));
                return 0;
            }
            if (request == BRIDGE_REQUEST_LEAF) {
                return state.slots.writeResult(leaf());
            }
            Request asked = Request.of(request);
            @Nullable Object[] arguments = state.slots.readRaw(0, count, asked == Request.NEWINDEX);
            if (state.codec().isRaw()) {
                asked.textInPlaceOfBytes(arguments, state.codec());
            }
            state.giveBack();
            Object answer = host.answer(asked, arguments);
            heap.check();
            return answer instanceof Member member ? write(member) : state.slots.writeResult(answer);
        } catch (StackOverflowError e) {
            throw e; // It becomes a Lua error when the stack is unwound.
        } catch (Throwable e) {
            return raise(e);
        } finally {
            state.limits().backInLua();
        }
    }

    private @Nullable Object leaf() throws Throwable {
        int member = state.slots.readInt(1);
        Object receiver = objects.get(state.slots.readObjectId(0));
        state.giveBack();
        return host.leaf(member == 0 ? null : members.get(member), receiver);
    }

    /** Calls a member, or an object itself, or reads or writes a member: {@code LuaState.invoke} in bridge.h. */
    int invoke(int number, int id, int shape) {
        long word = invokeForWord(number, id, shape);
        if (PlainWords.isInSlots(word)) {
            return (int) word;
        }
        state.slots.putWord(word);
        return 1;
    }

    /** The same; the result is a word if one tells it all. */
    private long invokeForWord(int number, int id, int shape) {
        try {
            makeRoom();
            Object receiver = objects.get(id);
            if (receiver instanceof Walk walk) {
                return number == BRIDGE_MEMBER_STEP ? step(walk, shape) : PlainWords.inSlots(go(walk, shape));
            }
            Object target = target(number, id);
            if ((shape & BRIDGE_INVOKE_OFTEN) != 0) {
                know(id, number, target, receiver);
            }
            int count = shape & ~(BRIDGE_INVOKE_SELF | BRIDGE_INVOKE_WRITE | BRIDGE_INVOKE_OFTEN);
            boolean write = (shape & BRIDGE_INVOKE_WRITE) != 0;
            long word = write
                    ? host.setDirectly(target, receiver, direct)
                    : host.invokeDirectly(target, receiver, direct, count);
            if (word == Arguments.MISFIT) {
                word = PlainWords.inSlots(invoke(target, receiver, count, shape));
            }
            if (PlainWords.isInSlots(word)) {
                heap.check(); // It may be an object.
            }
            return word;
        } catch (StackOverflowError e) {
            throw e;
        } catch (Throwable e) {
            return PlainWords.inSlots(raise(e));
        } finally {
            state.limits().backInLua();
        }
    }

    /** What has a number, or is called if that is 0. */
    Object target(int number, int id) {
        return number == 0 ? objects.calleeOf(id) : members.get(number);
    }

    private void know(int id, int number, Object target, Object receiver) {
        Field field = host.fieldOf(target);
        if (field != null) {
            KnownFields.add(state.context(), id, receiver, number, field);
        } else {
            bridge_know_call(state.context(), id, number, host.resultKind(target, receiver).code);
        }
    }

    /** Gives back now and then what is not used any more: what is made next may need the room. */
    void makeRoom() {
        if ((++invocations & LuaState.GIVE_BACK_EVERY - 1) == 0 || heap.isAttentive()) {
            state.giveBack();
        }
    }

    private int invoke(Object target, Object receiver, int count, int shape) throws Throwable {
        @Nullable Object[] arguments = arguments(target, receiver, count);
        if ((shape & BRIDGE_INVOKE_WRITE) != 0) {
            host.set(target, receiver, arguments[0]);
            return 0;
        }
        return state.slots.writeResult(host.invoke(target, receiver, arguments, (shape & BRIDGE_INVOKE_SELF) != 0));
    }

    /** Goes one step of a walk. */
    long step(Walk walk, int count) {
        if (count < 1) {
            return PlainWords.NIL; // A script called it by itself.
        }
        int taken = state.slots.readInt(0);
        return direct.resultOf(walk.step(taken, count > 1 ? state.slots.read(1) : null));
    }

    /** Makes steps of a walk ready, as many as there is room for. */
    private int go(Walk walk, int count) {
        if (count < 2) {
            return 0; // A script called it by itself.
        }
        int wanted = Math.max(1, Math.min(state.slots.readInt(1), BRIDGE_WALK_MOST));
        Object position = count > 2 ? state.slots.read(2) : null;
        return state.slots.writeSteps(walk, walk.begin(state.slots.readInt(0), wanted, position));
    }

    private @Nullable Object[] arguments(Object target, Object receiver, int count) {
        if (count == 0) {
            return NOTHING;
        }
        if (receiver instanceof TakesBytes) {
            return state.slots.readWithBytes(0, count);
        }
        boolean orBytes = state.slots.hasString(count) && host.takesBytes(target);
        return state.slots.readArguments(0, count, orBytes);
    }

    private int write(Member member) {
        int number = members.numberOf(member.target());
        state.slots.writeOne(member.method() ? number : -number);
        return BRIDGE_ANSWER_METHOD
                | (member.shared() ? BRIDGE_ANSWER_SHARED : 0)
                | (member.field() ? BRIDGE_ANSWER_FIELD : 0);
    }

    /** Puts what a script gets for what was thrown into the slots. */
    int raise(Throwable thrown) {
        if (thrown instanceof OutOfMemoryError) {
            heap.hurry();
        } else {
            heap.check();
        }
        String misuse = host.toMisuse(thrown);
        try {
            state.slots.writeError(misuse != null ? misuse : host.toErrorValue(thrown));
        } catch (RuntimeException e) {
            state.slots.writeError(thrown); // Its value is none of this state.
        }
        return misuse != null ? BRIDGE_FAILED_MISUSE : BRIDGE_FAILED_RUNTIME;
    }
}
