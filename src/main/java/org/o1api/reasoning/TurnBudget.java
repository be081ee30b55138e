package org.o1api.reasoning;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Budget;
import org.o1api.model.BudgetUse;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.EndedBy;

/**
 * Decides which calls the budget of a turn allows, and remembers which limit ended the reasoning. An answer's call is never refused or
 * ended because of calls, tokens or money. Used by the turn's thread only.
 */
final class TurnBudget {
    private static final Duration REPORT_INTERVAL = Duration.ofSeconds(1);

    private final Budget budget;
    private final TurnTime time;
    private final BudgetMeter meter;
    private final long start;
    private int usedCalls;
    /** When {@link #report} returned something for the last time. */
    private @Nullable Long lastReport;

    private @Nullable EndedBy exhausted;
    private boolean hasCompleteSample;
    private boolean answerFollows;

    TurnBudget(Budget budget, TurnTime time, BudgetMeter meter) {
        this.budget = budget;
        this.time = time;
        this.meter = meter;
        this.start = time.now();
    }

    BudgetMeter meter() {
        return meter;
    }

    /** A call is made. */
    void count() {
        usedCalls++;
    }

    /** Takes back {@link #count}. */
    void uncount() {
        usedCalls--;
    }

    int usedCalls() {
        return usedCalls;
    }

    int remainingCalls() {
        return budget.calls() - usedCalls;
    }

    /**
     * Whether a reasoning call may be made whose input is not known yet. Remembers what is used up.
     *
     * @param reserved the number of calls that must be left after it
     */
    boolean allows(Purpose purpose, int reserved) {
        return allows(purpose, reserved, meter.usedUp());
    }

    /**
     * Whether a call may be made. Remembers what is used up. The first call of a turn may cost more if it is a sample that can become
     * the answer.
     *
     * @param reserved the number of calls that must be left after it
     * @param inputTokens what it costs at least
     */
    boolean allows(ModelCall call, int reserved, long inputTokens) {
        boolean isAnswer = call.purpose() == Purpose.SAMPLE && usedCalls == 0 && !answerFollows;
        EndedBy usedUp = isAnswer ? null : meter.usedUpWith(call.request().model(), inputTokens);
        return allows(call.purpose(), reserved, usedUp);
    }

    /** Whether a call may be made that first reasons, then answers. */
    boolean allowsOnlyCall() {
        return allows(Purpose.STEP, 0, null);
    }

    private boolean allows(Purpose purpose, int reserved, @Nullable EndedBy usedUp) {
        if (time.isUsedUp(purpose)) {
            exhaustedBy(EndedBy.BUDGET_TIME);
            return false;
        }
        if (usedCalls + 1 + reserved > budget.calls()) {
            exhaustedBy(EndedBy.BUDGET_CALLS);
            return false;
        }
        if (purpose.isReasoning() && usedUp != null) {
            exhaustedBy(usedUp);
        }
        return !purpose.isReasoning() || exhausted == null || exhausted == EndedBy.BUDGET_CALLS;
    }

    /**
     * Whether tokens or money are used up, counted exactly. Remembers it.
     *
     * @param recount replaces the estimate of what open calls have received
     */
    boolean isUsedUp(Runnable recount) {
        if (meter.usedUp() == null) {
            return false;
        }
        recount.run();
        EndedBy usedUp = meter.usedUp();
        if (usedUp != null) {
            exhaustedBy(usedUp);
        }
        return usedUp != null;
    }

    /** A limit has refused or ended a reasoning call. The first one is remembered. */
    void exhaustedBy(EndedBy limit) {
        exhausted = exhausted == null ? limit : exhausted;
    }

    /** Which limit has refused or ended a reasoning call first; null: none. */
    @Nullable
    EndedBy exhausted() {
        return exhausted;
    }

    /** A sample is complete: it can become the answer. */
    void sampleCompleted() {
        hasCompleteSample = true;
    }

    /** No sample can become the answer: another call follows. */
    void answerFollows() {
        answerFollows = true;
    }

    /** Whether a sample must go on when tokens or money are used up, because there is no other answer. */
    boolean needsSample() {
        return !hasCompleteSample && !answerFollows;
    }

    /** What is used, at most once a second; null: it is too early. */
    @Nullable
    BudgetUse report() {
        long now = time.now();
        if (usedCalls == 0 || (lastReport != null && now - lastReport < REPORT_INTERVAL.toNanos())) {
            return null;
        }
        lastReport = now;
        return new BudgetUse(usedCalls, meter.tokens(), Duration.ofNanos(now - start), meter.cost(), budget);
    }
}
