package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import org.jspecify.annotations.Nullable;

/**
 * Calls that compiled code makes, which has stopped in the middle. When what is called uses the state, the interpreter
 * takes over there first, and the call is one like any other: see tracecalls.cpp.
 */
final class TraceCalls {
    private static final int IDS = (1 << BRIDGE_CALL_MEMBER) - 1;
    private static final int MEMBERS = (1 << (BRIDGE_CALL_COUNT - BRIDGE_CALL_MEMBER)) - 1;

    private final LuaState state;
    private final Host host;
    private final ObjectTable objects;
    private final Arguments arguments;
    private final Requests requests;
    /** With what the script has ended when compiled code was to be left; what it had called may still run. */
    private @Nullable RuntimeException ended;

    TraceCalls(LuaState state, Host host, ObjectTable objects, Arguments arguments, Requests requests) {
        this.state = state;
        this.host = host;
        this.objects = objects;
        this.arguments = arguments;
        this.requests = requests;
    }

    /** Makes the call that a word tells, and goes on with the code. */
    long serve(long call) {
        int number = (int) (call >>> BRIDGE_CALL_MEMBER) & MEMBERS;
        long word;
        try {
            int gives = (int) (call >>> BRIDGE_CALL_GIVES) & BRIDGE_CALL_GIVEN;
            if (gives == BRIDGE_GIVES_OBJECTS) {
                requests.makeRoom();
                requests.heap().check();
            }
            state.setInTrace(gives);
            int id = (int) call & IDS;
            int count = (int) (call >>> BRIDGE_CALL_COUNT) & BRIDGE_CALL_MOST;
            Object receiver = objects.get(id);
            word = number == BRIDGE_MEMBER_STEP
                    ? requests.step((Walk) receiver, count)
                    : host.invokeDirectly(requests.target(number, id), receiver, arguments, count);
        } catch (StackOverflowError e) {
            state.leaveTrace();
            word = PlainWords.inSlots(BRIDGE_FAILED_CSTACK);
        } catch (Throwable e) {
            state.leaveTrace();
            word = PlainWords.inSlots(requests.raise(e));
        }
        if (!state.isInTrace() && isToBeAskedAgain(number, word)) {
            word = PlainWords.inSlots(BRIDGE_ANSWER_METHOD | BRIDGE_ANSWER_AGAIN);
        }
        state.limits().backInLua();
        if (state.isInTrace()) {
            state.setOpen();
            return bridge_answer_in_trace(state, state.context(), word);
        }
        if (ended != null) {
            throw ended;
        }
        return requests.answer(word);
    }

    /** Whether what is known of a name for a map does not tell the interpreter what it means. */
    private static boolean isToBeAskedAgain(int number, long word) {
        return number == BRIDGE_MEMBER_NO_KEY
                ? word == PlainWords.NIL || word == Arguments.MISFIT
                : number == BRIDGE_MEMBER_KEY && word == Arguments.MISFIT;
    }

    /**
     * Leaves the code.
     *
     * @throws RuntimeException when the script has ended instead
     */
    void leave() {
        ended = null;
        int failure = bridge_leave_trace(state, state.context());
        state.setOpen(); // Not before: the stack can overflow at each step, and this is then tried again.
        if (failure != 0) {
            ended = state.failure(failure);
            throw ended;
        }
        requests.makeRoom();
    }
}
