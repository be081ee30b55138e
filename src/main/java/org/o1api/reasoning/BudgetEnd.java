package org.o1api.reasoning;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ends concurrent calls when the tokens or the money of the turn's budget are used up. Used by the turn's thread only. */
final class BudgetEnd {
    private final TurnBudget budget;
    private final List<ConcurrentCall> calls;
    private final CallInbox inbox;

    /**
     * Starts without calls.
     *
     * @param calls all calls, to which others are added
     * @param inbox where they arrive
     */
    BudgetEnd(TurnBudget budget, List<ConcurrentCall> calls, CallInbox inbox) {
        this.budget = budget;
        this.calls = calls;
        this.inbox = inbox;
    }

    /**
     * Ends calls if tokens or money are used up and all that arrived before has been taken, so that a complete sample is known. From
     * then on each reader waits with its next piece.
     */
    void check() {
        int pauses = inbox.pauses();
        if (budget.meter().usedUp() == null) {
            inbox.resume(pauses);
        } else if (inbox.isEmpty()) { // asked after the meter: otherwise more could have arrived in between
            endLimited();
            inbox.resume(pauses);
        }
    }

    private void endLimited() {
        List<ConcurrentCall> limited =
                calls.stream().filter(ConcurrentCall::isLimited).toList();
        if (!limited.isEmpty() && budget.isUsedUp(this::recount)) {
            ConcurrentCall answer = budget.needsSample() ? longest(limited) : null;
            for (ConcurrentCall call : limited) {
                if (call == answer) {
                    call.recorder().measured().removeLimit();
                } else {
                    call.cutOff();
                }
            }
        }
    }

    private void recount() {
        calls.stream()
                .filter(call -> !call.isRecorded())
                .forEach(call -> call.recorder().recount());
    }

    /** The sample that has received most, the earliest of several; null if there is none. */
    private static @Nullable ConcurrentCall longest(List<ConcurrentCall> calls) {
        return calls.stream()
                .filter(ConcurrentCall::isSample)
                .reduce((one, other) ->
                        other.recorder().receivedLength() > one.recorder().receivedLength() ? other : one)
                .orElse(null);
    }

    /** Whether a sample has used more than the budget. */
    boolean isExceeded() {
        return calls.stream()
                .anyMatch(call -> call.isSample() && call.recorder().measured().hasExceededLimit());
    }
}
