package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import org.jspecify.annotations.Nullable;

/**
 * What Lua code asks of Java. It reaches Java in one of two ways: the outermost call of a state returns to {@link #serve},
 * which answers and goes on with it; where other native code is in between, the bridge calls.
 */
final class Requests {
    private static final @Nullable Object[] NOTHING = {};

    private final LuaState state;
    private final Host host;
    private final MemberTable members;
    private final ObjectTable objects;
    private int invocations;

    Requests(LuaState state, Host host, MemberTable members, ObjectTable objects) {
        this.state = state;
        this.host = host;
        this.members = members;
        this.objects = objects;
    }

    /** Answers Lua code that has returned to Java, until the call has ended; gives its result as a word. */
    long serve() {
        boolean ended = false;
        try {
            long word;
            do {
                word = serveOne();
            } while (PlainWords.isAsking(word));
            ended = true;
            return word;
        } finally {
            if (!ended) {
                bridge_abandon(state.context());
            }
        }
    }

    private long serveOne() {
        int request = state.slots.request();
        int count = state.slots.requestCount();
        int answer;
        try {
            answer = request == 0
                    ? invoke(state.slots.requestMember(), state.slots.requestObject(), count)
                    : answer(request, count);
        } catch (StackOverflowError e) {
            answer = BRIDGE_FAILED_CSTACK;
        }
        return bridge_answer(state, state.context(), answer);
    }

    /** Answers a request by the slots; the result is that of {@code LuaState.upcall} in bridge.h. */
    int answer(int request, int count) {
        try {
            if (request == BRIDGE_REQUEST_WRITE) {
                state.noteOutput();
                host.write(state.slots.readInt(0), state.slots.readBytes(1));
                return 0;
            }
            Request asked = Request.of(request);
            @Nullable Object[] arguments = state.slots.readRaw(0, count);
            if (state.codec().isRaw()) {
                asked.textInPlaceOfBytes(arguments, state.codec());
            }
            state.giveBack();
            Object answer = host.answer(asked, arguments);
            return answer instanceof Member member ? write(member) : write(answer);
        } catch (StackOverflowError e) {
            throw e; // It becomes a Lua error when the stack is unwound.
        } catch (Throwable e) {
            return raise(e);
        } finally {
            state.limits().backInLua();
        }
    }

    /** Calls a member, or an object itself, or reads or writes a member: {@code LuaState.invoke} in bridge.h. */
    int invoke(int number, int id, int shape) {
        try {
            int count = shape & ~(BRIDGE_INVOKE_SELF | BRIDGE_INVOKE_WRITE);
            Object receiver = objects.get(id);
            @Nullable Object[] arguments = arguments(receiver, count);
            if ((++invocations & LuaState.GIVE_BACK_EVERY - 1) == 0) {
                state.giveBack();
            }
            if (number == 0) {
                return write(host.call(receiver, arguments));
            }
            Object target = members.get(number);
            if ((shape & BRIDGE_INVOKE_WRITE) != 0) {
                host.set(target, receiver, arguments[0]);
                return 0;
            }
            return write(host.invoke(target, receiver, arguments, shape != count));
        } catch (StackOverflowError e) {
            throw e;
        } catch (Throwable e) {
            return raise(e);
        } finally {
            state.limits().backInLua();
        }
    }

    private @Nullable Object[] arguments(Object callee, int count) {
        if (count == 0) {
            return NOTHING;
        }
        return callee instanceof TakesBytes ? state.slots.readWithBytes(0, count) : state.slots.readArguments(0, count);
    }

    private int write(Member member) {
        int number = members.numberOf(member.target());
        state.slots.writeOne(member.method() ? number : -number);
        return member.shared() ? BRIDGE_ANSWER_METHOD | BRIDGE_ANSWER_SHARED : BRIDGE_ANSWER_METHOD;
    }

    private int write(@Nullable Object result) {
        if (result instanceof Results results) {
            state.slots.writeAll(results.values());
            return results.values().length;
        }
        state.slots.writeOne(result);
        return 1;
    }

    private int raise(Throwable thrown) {
        String misuse = host.toMisuse(thrown);
        try {
            state.slots.writeError(misuse != null ? misuse : host.toErrorValue(thrown));
        } catch (RuntimeException e) {
            state.slots.writeError(thrown); // Its value is none of this state.
        }
        return misuse != null ? BRIDGE_FAILED_MISUSE : BRIDGE_FAILED_RUNTIME;
    }
}
