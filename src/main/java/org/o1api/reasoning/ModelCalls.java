package org.o1api.reasoning;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Budget;
import org.o1api.model.BudgetUse;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.CallRecord.State;
import org.o1api.model.Cancellation;
import org.o1api.model.CancelledException;
import org.o1api.model.EndedBy;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnInfo;
import org.o1api.model.TurnLedger;
import org.o1api.model.Usage;
import org.o1api.upstream.AttemptListener;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallContext;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.RetryBudget;
import org.o1api.upstream.TurnCallState;
import org.o1api.upstream.Upstream;
import org.o1api.upstream.UpstreamException;

/**
 * Makes the model calls of one turn: counts them, enforces the budget and cancels them. All calls of a turn go through it. Used
 * by the turn's thread only, except the two {@code expire} methods.
 */
public final class ModelCalls implements AutoCloseable {
    private final Upstream upstream;
    private final TurnTime time;
    private final TurnBudget budget;
    private final RetryBudget retries;
    private final TurnCallState callingTurn;
    private final TurnClient client;
    private final TurnTokenCounter tokenCounter;
    private final TurnLedger ledger;
    private final Executor threads;
    private boolean acceptedReported;
    private boolean closed;
    private @Nullable ConcurrentCalls concurrentCalls;
    /** The call that the turn's thread made last. */
    private @Nullable CountedCall lastCall;

    /** Makes the calls of one turn, with a new ledger and no threads for concurrent calls. */
    public ModelCalls(Upstream upstream, TurnInfo info, Cancellation cancellation, Budget budget, TurnClient client) {
        this(upstream, info, cancellation, budget, client, new TurnLedger(), call -> {
            throw new RejectedExecutionException("no threads for concurrent calls");
        });
    }

    /**
     * Makes the calls of one turn.
     *
     * @param ledger gets a record of each call when the call ends
     * @param threads runs the readers of concurrent calls, never on the calling thread unless no call has a reply
     */
    public ModelCalls(
            Upstream upstream,
            TurnInfo info,
            Cancellation cancellation,
            Budget budget,
            TurnClient client,
            TurnLedger ledger,
            Executor threads) {
        this(upstream, info, cancellation, budget, client, ledger, threads, System::nanoTime);
    }

    ModelCalls(
            Upstream upstream,
            TurnInfo info,
            Cancellation cancellation,
            Budget budget,
            TurnClient client,
            TurnLedger ledger,
            Executor threads,
            LongSupplier nanoTime) {
        this.upstream = upstream;
        this.time = new TurnTime(cancellation, budget, nanoTime);
        this.budget = new TurnBudget(budget, time, new BudgetMeter(budget, ledger.prices(), upstream.names()));
        this.retries = new RetryBudget(budget.retries());
        this.callingTurn = new TurnCallState(info);
        this.client = client;
        this.ledger = ledger;
        this.threads = threads;
        this.tokenCounter = new TurnTokenCounter(time.ofTurn()::isCancelled);
    }

    /**
     * Ends the time for reasoning: open reasoning calls end with what has arrived, and no further one starts. May be called
     * from any thread.
     */
    public void expireReasoning() {
        time.expireReasoning();
    }

    /**
     * Ends the turn's time: an answer that has started ends with finish reason {@code length}, otherwise the turn fails. May be
     * called from any thread.
     */
    public void expireTurn() {
        time.expire();
    }

    /** Whether the budget allows another reasoning call and the closing call after it. */
    public boolean hasBudgetForStep() {
        return budget.allows(Purpose.STEP, 1);
    }

    /**
     * Which limit of the budget has refused a reasoning call, or ended one, first; null: none so far. Then the strategy answers with
     * what it has.
     */
    public @Nullable EndedBy exhausted() {
        return budget.exhausted();
    }

    /** Whether there is time for another closing call. */
    public boolean hasTimeForAnswer() {
        return !time.ofTurn().isCancelled();
    }

    /** Whether another closing call may be made only because its answer may be better: not once tokens or money are used up. */
    public boolean mayImproveAnswer() {
        EndedBy exhausted = budget.exhausted();
        boolean isUsedUp = exhausted == EndedBy.BUDGET_TOKENS
                || exhausted == EndedBy.BUDGET_COST
                || budget.meter().usedUp() != null;
        return !isUsedUp && hasTimeForAnswer();
    }

    /** Whether all of the turn's time is used up. Then the turn has no answer but one that has arrived. */
    public boolean isTimeUsedUp() {
        return time.isUsedUp(Purpose.ANSWER);
    }

    /** Whether the turn is cancelled for another reason than its time, for instance because the client has disconnected. */
    public boolean isCancelled() {
        return time.isTurnCancelled();
    }

    /** The number of calls left in the budget; negative if the turn made more. */
    public int remainingCalls() {
        return budget.remainingCalls();
    }

    /**
     * Marks the output of the last call, which has ended, as not shown to the client: the call will be repeated with another
     * request.
     */
    public void discardLastCall() {
        ledger.discardLast();
    }

    /**
     * Makes a call whose output is reasoning. When the time for reasoning, the tokens or the money of the budget are used up, the reply
     * ends as if it were complete.
     */
    public Call reasoningCall(CallRequest request) {
        ModelCall call = new ModelCall(request, Purpose.STEP);
        if (!time.isTurnCancelled() && !budget.allows(call, 0, inputTokens(call))) {
            return new EmptyCall();
        }
        return openReasoning(call, true);
    }

    /**
     * Makes a call that first reasons, then answers ({@link #startAnswer}). It has the time for reasoning until then. Tokens and money
     * neither refuse nor end it, because without it there is no answer.
     */
    public Call onlyCall(CallRequest request) {
        if (!time.isTurnCancelled() && !budget.allowsOnlyCall()) {
            return new EmptyCall();
        }
        return openReasoning(new ModelCall(request, Purpose.STEP), false);
    }

    private Call openReasoning(ModelCall call, boolean limited) {
        try {
            return open(call, limited);
        } catch (UpstreamException | CancelledException e) {
            if (time.isUsedUp(Purpose.STEP)) {
                budget.exhaustedBy(EndedBy.BUDGET_TIME);
                return new EmptyCall();
            }
            throw e;
        }
    }

    /**
     * Makes a call whose output is the answer. Once the answer has started, running out of time ends it with {@code length}.
     */
    public Call answerCall(CallRequest request) {
        return open(new ModelCall(request, Purpose.ANSWER), false);
    }

    /**
     * The open reasoning call goes on to answer: from now on it has the time of an answer, and its output counts as the answer except
     * its reasoning ({@link #setUntaggedReasoning}).
     */
    public void startAnswer() {
        if (lastCall != null) {
            lastCall.startAnswer();
        }
    }

    /** Counts the first characters of the open closing call's text as reasoning although they have no opening tag. */
    public void setUntaggedReasoning(int characters) {
        if (lastCall != null) {
            lastCall.setUntaggedReasoning(characters);
        }
    }

    /**
     * Prepares calls that run at the same time. As long as any of them has not ended, all calls of the turn must be made there:
     * otherwise one of the turn's calls could wait for a thread or a slot that another one holds. Closes the last ones.
     */
    public ConcurrentCalls concurrent() {
        requireNoOpenCalls();
        if (concurrentCalls != null) {
            concurrentCalls.close();
        }
        ConcurrentCalls calls = new ConcurrentCalls(this, threads);
        concurrentCalls = calls;
        return calls;
    }

    /**
     * Waits before the last call, whose reply broke off, is repeated. The repetition uses one of the turn's retries and does
     * not count as another call of the budget. The usage of the first one stays in the ledger's totals.
     *
     * @return false if the call must not be repeated
     * @throws CancelledException if the turn is cancelled or its time is used up
     */
    public boolean awaitRetry(UpstreamException failure) {
        if (!takesRetry(failure)) {
            return false;
        }
        flushBeforeWaiting();
        time.ofTurn().sleep(waitAfter(failure));
        budget.uncount();
        ledger.discardLast();
        return true;
    }

    /**
     * Waits before concurrent calls that have failed are replaced by other calls of the budget: as long as it takes for all of them, or
     * until the time for reasoning is used up. Each replacement uses one of the turn's retries.
     *
     * @return how many of the calls may be replaced
     * @throws CancelledException if the turn is cancelled
     */
    public int awaitReplacements(List<UpstreamException> failures) {
        List<Duration> waits = failures.stream()
                .filter(this::takesRetry)
                .map(ModelCalls::waitAfter)
                .toList();
        if (!waits.isEmpty()) {
            flushBeforeWaiting();
            try {
                time.of(Purpose.SAMPLE).sleep(Collections.max(waits));
            } catch (CancelledException e) {
                if (!time.isUsedUp(Purpose.SAMPLE)) { // otherwise the budget refuses the next call
                    throw e;
                }
            }
        }
        return waits.size();
    }

    private boolean takesRetry(UpstreamException failure) {
        return failure.retryable() && retries.tryConsume();
    }

    private static Duration waitAfter(UpstreamException failure) {
        Duration wait = RetryBudget.backoff(1);
        Duration requested = failure.retryAfter(); // at most max_retry_wait, otherwise the failure is not retryable
        return requested != null && requested.compareTo(wait) > 0 ? requested : wait;
    }

    private Call open(ModelCall call, boolean limited) {
        requireNoOpenCalls();
        time.of(call.purpose()).throwIfCancelled();
        CallTime callTime = time.ofCall(call.purpose());
        Cancellation cancellation = callTime.cancellation();
        budget.count();
        flushBeforeWaiting();
        CallRecorder recorder = newRecorder(call, limited);
        int number = numberOf(call);
        boolean opened = false;
        try {
            Call reply = upstream.open(
                    call.request(), context(cancellation, number, () -> reportAccepted(recorder), recorder));
            lastCall = counted(reply, call.purpose(), recorder, callTime);
            opened = true;
            return lastCall;
        } finally {
            if (!opened) { // also after an Error
                callTime.end();
                recorder.endWithoutReply(cancellation.isCancelled() ? State.CANCELLED : State.FAILED);
            }
        }
    }

    private CountedCall counted(Call reply, Purpose purpose, CallRecorder recorder, CallTime callTime) {
        try {
            return new CountedCall(reply, purpose, recorder, this, callTime);
        } catch (Throwable e) { // e.g. OutOfMemoryError
            reply.close();
            throw e;
        }
    }

    private void requireNoOpenCalls() {
        if (closed || (concurrentCalls != null && concurrentCalls.hasOpenCalls())) {
            throw new IllegalStateException(closed ? "the turn has ended" : "concurrent calls are open");
        }
    }

    /**
     * Sends to the client what is buffered. The only place that flushes during a turn: immediately before the turn's thread waits
     * for a provider, so that what arrives together is sent together.
     */
    void flushBeforeWaiting() {
        BudgetUse use = client.isTraced() ? budget.report() : null;
        if (use != null) {
            client.trace(new TurnEvent.BudgetUsed(use));
        }
        client.flush();
    }

    /** Whether the budget allows a call. */
    boolean canStart(ModelCall call, int reserved) {
        time.throwIfTurnCancelled();
        return budget.allows(call, reserved, inputTokens(call));
    }

    TurnBudget budget() {
        return budget;
    }

    TurnTime time() {
        return time;
    }

    Upstream upstream() {
        return upstream;
    }

    /**
     * Starts to record a call.
     *
     * @param limited whether it ends when tokens or money are used up
     */
    CallRecorder newRecorder(ModelCall call, boolean limited) {
        BudgetMeter.OpenCall measured = budget.meter().open(call.request().model(), inputTokens(call), limited);
        return new CallRecorder(call, upstream.name(), tokenCounter, ledger, measured);
    }

    private long inputTokens(ModelCall call) {
        return budget.meter().limitsCost() ? tokenCounter.estimateInput(call.request()) : 0;
    }

    /** Numbers a call of the turn, from 0. Called on the turn's thread, so that the numbers do not depend on other threads. */
    int numberOf(ModelCall call) {
        return callingTurn.number(call.request());
    }

    CallContext context(Cancellation cancellation, int number, Runnable onAccepted, AttemptListener listener) {
        return new CallContext(cancellation, retries, callingTurn, number, onAccepted, listener);
    }

    private void reportAccepted(CallRecorder recorder) {
        recorder.onAccepted();
        reportAccepted();
    }

    void reportAccepted() {
        if (!acceptedReported) {
            acceptedReported = true;
            client.accepted();
        }
    }

    /** What all ended calls used, including failed attempts; counted by the gateway if the upstream reports nothing. */
    public Usage usage() {
        return ledger.totalUsage();
    }

    /** The calls that have ended and what they used. */
    public TurnLedger ledger() {
        return ledger;
    }

    /** How many calls of the budget are used. A repeated call counts once. */
    public int usedCalls() {
        return budget.usedCalls();
    }

    /** Cancels the open calls and waits until their usage is counted. No further calls can be made. Idempotent. */
    @Override
    public void close() {
        closed = true;
        try {
            if (lastCall != null) {
                lastCall.close();
            }
        } finally {
            try {
                if (concurrentCalls != null) {
                    concurrentCalls.close();
                }
            } finally {
                time.detach();
            }
        }
    }
}
