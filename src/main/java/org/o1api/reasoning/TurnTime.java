package org.o1api.reasoning;

import java.util.function.LongSupplier;
import org.o1api.model.Budget;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.Cancellation;
import org.o1api.model.ErrorCode;

/** The time limits of a turn's calls. Safe for concurrent use. */
final class TurnTime {
    private static final String REASONING_OVER = "The time for reasoning is used up (budget.time).";

    private final Cancellation turn;
    /** Cancelled when the time for reasoning is used up. */
    private final Cancellation reasoning;
    /** Cancelled when all of the turn's time is used up. */
    private final Cancellation whole;

    private final Budget budget;
    private final LongSupplier nanoTime;

    /**
     * Creates the limits of a turn, which can also be cancelled as a whole.
     *
     * @param nanoTime the clock, as {@link System#nanoTime}
     */
    TurnTime(Cancellation turn, Budget budget, LongSupplier nanoTime) {
        this.turn = turn;
        this.reasoning = turn.child();
        this.whole = turn.child();
        this.budget = budget;
        this.nanoTime = nanoTime;
    }

    /** The turn's clock, in nanoseconds. Only differences have a meaning. */
    long now() {
        return nanoTime.getAsLong();
    }

    void expireReasoning() {
        reasoning.cancel(ErrorCode.UPSTREAM_TIMEOUT, REASONING_OVER);
    }

    void expire() {
        whole.cancel(
                ErrorCode.UPSTREAM_TIMEOUT,
                "The request exceeded its time limit of " + budget.time().toMillis() / 1000.0 + " s (budget.time).");
    }

    /** The time that calls with this purpose may use. */
    Cancellation of(Purpose purpose) {
        return purpose.isReasoning() ? reasoning : whole;
    }

    /** The time of one call of the turn's thread. */
    CallTime ofCall(Purpose purpose) {
        Cancellation call = whole.child();
        Runnable release = () -> {};
        if (purpose.isReasoning()) {
            release = reasoning.onCancel(() -> {
                if (!turn.isCancelled()) { // otherwise it is cancelled with the turn's reason
                    call.cancel(ErrorCode.UPSTREAM_TIMEOUT, REASONING_OVER);
                }
            });
        }
        return new CallTime(call, release);
    }

    Cancellation ofTurn() {
        return whole;
    }

    /** Whether the turn itself is cancelled, for another reason than its time. */
    boolean isTurnCancelled() {
        return turn.isCancelled();
    }

    /**
     * Throws if the turn itself is cancelled.
     *
     * @throws org.o1api.model.CancelledException with the reason
     */
    void throwIfTurnCancelled() {
        turn.throwIfCancelled();
    }

    /** Whether the time for this purpose is used up while the turn itself is not cancelled. */
    boolean isUsedUp(Purpose purpose) {
        return of(purpose).isCancelled() && !turn.isCancelled();
    }

    /**
     * Whether a reply that was cut off ends as if it were complete, because only its time is used up: reasoning always, an
     * answer if it has started.
     */
    boolean truncates(Purpose purpose, CallRecorder reply) {
        return isUsedUp(purpose) && (purpose.isReasoning() || reply.hasAnswer());
    }

    /** Removes the limits from the turn's cancellation. */
    void detach() {
        reasoning.detach();
        whole.detach();
    }
}
