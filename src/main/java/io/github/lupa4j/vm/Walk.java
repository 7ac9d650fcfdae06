package io.github.lupa4j.vm;

import static io.github.lupa4j.luajit.Bridge.*;

import org.jspecify.annotations.Nullable;

/**
 * A walk over a Java object by a loop of a script. Several steps are made ready at a time, as long as no other Java code
 * runs that could change the object; what the script has not taken of them by then is given back.
 */
public abstract class Walk {
    /** What the loop gets of a step. */
    public enum Kind {
        /** The position after the control variable, and the value. */
        SEQUENCE(BRIDGE_WALK_SEQUENCE),
        /** The key and the value. */
        ENTRIES(BRIDGE_WALK_ENTRIES),
        /** The key. */
        ITEMS(BRIDGE_WALK_ITEMS);

        final int number;

        Kind(int number) {
            this.number = number;
        }
    }

    /** In place of a member: one step. */
    static final Object STEP = new Object();

    /** What a step gives at the end. */
    private static final Object END = new Object();

    private final Kind kind;

    protected Walk(Kind kind) {
        this.kind = kind;
    }

    /** What a script gets that begins the walk. */
    public final Results start() {
        return new Results(this, kind.number, END);
    }

    /** Goes one step further: gives the value of a sequence, or the key. */
    final @Nullable Object step(int taken, @Nullable Object position) {
        begin(taken, 1, position);
        if (!advance()) {
            return END;
        }
        return kind == Kind.SEQUENCE ? value() : key();
    }

    /**
     * Begins new steps.
     *
     * @param taken how many of the last ones the script has taken
     * @param wanted how many steps it wants at most
     * @param position the control variable of the loop, for a sequence
     * @return how many steps may be made ready: one always, more if nobody notices
     */
    public abstract int begin(int taken, int wanted, @Nullable Object position);

    /** Goes one step further; false at the end. */
    public abstract boolean advance();

    /** The key of this step; not null. */
    public abstract @Nullable Object key();

    /** The value of this step. */
    public abstract @Nullable Object value();

    @Override
    public String toString() {
        return "java iterator";
    }
}
