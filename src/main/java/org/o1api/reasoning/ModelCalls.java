package org.o1api.reasoning;

import java.time.Duration;
import java.util.Iterator;
import org.o1api.model.CallRecord;
import org.o1api.model.CallRecord.State;
import org.o1api.model.Cancellation;
import org.o1api.model.CancelledException;
import org.o1api.model.Delta;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.ThinkBlock;
import org.o1api.model.TurnInfo;
import org.o1api.model.TurnLedger;
import org.o1api.model.Usage;
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
public final class ModelCalls {
    private final Upstream upstream;
    private final Cancellation cancellation;
    /** Cancelled when the time for reasoning is used up. */
    private final Cancellation reasoningTime;
    /** Cancelled when the turn's time is used up. */
    private final Cancellation turnTime;

    private final Preset.Budget budget;
    private final RetryBudget retries;
    private final TurnCallState callingTurn;
    private final TurnClient client;
    private final TurnTokenCounter tokenCounter;
    private final TurnLedger ledger;
    private int usedCalls;
    private boolean acceptedReported;
    /** The number of characters at the start of the open closing call's text that are reasoning without an opening tag. */
    private int untaggedReasoning;

    /** Makes the calls of one turn, with a new ledger. */
    public ModelCalls(
            Upstream upstream, TurnInfo info, Cancellation cancellation, Preset.Budget budget, TurnClient client) {
        this(upstream, info, cancellation, budget, client, new TurnLedger());
    }

    /**
     * Makes the calls of one turn.
     *
     * @param ledger gets a record of each call when the call ends
     */
    public ModelCalls(
            Upstream upstream,
            TurnInfo info,
            Cancellation cancellation,
            Preset.Budget budget,
            TurnClient client,
            TurnLedger ledger) {
        this.upstream = upstream;
        this.cancellation = cancellation;
        this.reasoningTime = cancellation.child();
        this.turnTime = cancellation.child();
        this.budget = budget;
        this.retries = new RetryBudget(budget.retries());
        this.callingTurn = new TurnCallState(info);
        this.client = client;
        this.ledger = ledger;
        this.tokenCounter = new TurnTokenCounter(turnTime::isCancelled);
    }

    /**
     * Ends the time for reasoning: an open reasoning call ends with what has arrived, and no further one starts. May be called
     * from any thread.
     */
    public void expireReasoning() {
        reasoningTime.cancel(ErrorCode.UPSTREAM_TIMEOUT, "The time for reasoning is used up (budget.time).");
    }

    /**
     * Ends the turn's time: an answer that has started ends with finish reason {@code length}, otherwise the turn fails. May be
     * called from any thread.
     */
    public void expireTurn() {
        turnTime.cancel(
                ErrorCode.UPSTREAM_TIMEOUT,
                "The request exceeded its time limit of " + budget.time().toMillis() / 1000.0 + " s (budget.time).");
    }

    /** Whether the budget allows another reasoning call and the closing call after it. */
    public boolean hasBudgetForStep() {
        return usedCalls + 2 <= budget.calls() && usage().outputTokens() < budget.tokens() && !isUsedUp(reasoningTime);
    }

    /** Whether there is time for another closing call. */
    public boolean hasTimeForAnswer() {
        return !turnTime.isCancelled();
    }

    /** The number of calls left in the budget; negative if the turn made more. */
    public int remainingCalls() {
        return budget.calls() - usedCalls;
    }

    /**
     * Marks the output of the last call, which has ended, as not shown to the client: the call will be repeated with another
     * request.
     */
    public void discardLastCall() {
        ledger.discardLast();
    }

    /**
     * Makes a call whose output is reasoning. When the time for reasoning is used up, the reply ends as if it were complete.
     */
    public Call reasoningCall(CallRequest request) {
        try {
            return open(request, reasoningTime, CallRecord.Purpose.STEP);
        } catch (UpstreamException | CancelledException e) {
            if (isUsedUp(reasoningTime)) {
                return new EmptyCall();
            }
            throw e;
        }
    }

    /**
     * Makes a call whose output is the answer. Once the answer has started, running out of time ends it with {@code length}.
     */
    public Call answerCall(CallRequest request) {
        untaggedReasoning = 0;
        return open(request, turnTime, CallRecord.Purpose.ANSWER);
    }

    /** Counts the first characters of the open closing call's text as reasoning although they have no opening tag. */
    public void setUntaggedReasoning(int characters) {
        untaggedReasoning = characters;
    }

    /**
     * Waits before the last call, whose reply broke off, is repeated. The repetition uses one of the turn's retries and does
     * not count as another call of the budget. The usage of the first one stays in the ledger's totals.
     *
     * @return false if the call must not be repeated
     * @throws CancelledException if the turn is cancelled or its time is used up
     */
    public boolean awaitRetry(UpstreamException failure) {
        if (!failure.retryable() || !retries.tryConsume()) {
            return false;
        }
        client.flush();
        Duration wait = RetryBudget.backoff(1);
        Duration requestedWait = failure.retryAfter(); // at most max_retry_wait, otherwise the failure is not retryable
        turnTime.sleep(requestedWait != null && requestedWait.compareTo(wait) > 0 ? requestedWait : wait);
        usedCalls--;
        ledger.discardLast();
        return true;
    }

    private Call open(CallRequest request, Cancellation time, CallRecord.Purpose purpose) {
        time.throwIfCancelled();
        usedCalls++;
        client.flush();
        CallRecorder recorder = new CallRecorder(purpose, request, upstream.name(), tokenCounter, ledger);
        boolean opened = false;
        try {
            Call call =
                    upstream.open(request, new CallContext(time, retries, callingTurn, this::reportAccepted, recorder));
            opened = true;
            return recorded(call, recorder, time);
        } finally {
            if (!opened) { // also after an Error
                recorder.endWithoutReply(time.isCancelled() ? State.CANCELLED : State.FAILED);
            }
        }
    }

    private Call recorded(Call call, CallRecorder recorder, Cancellation time) {
        try {
            return new CountedCall(call, recorder, time);
        } catch (Throwable e) { // e.g. OutOfMemoryError
            call.close();
            throw e;
        }
    }

    /** Whether this time is used up while the turn itself is not cancelled. */
    private boolean isUsedUp(Cancellation time) {
        return time.isCancelled() && !cancellation.isCancelled();
    }

    private void reportAccepted() {
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
        return usedCalls;
    }

    /** Records the call's usage when it ends, and flushes the client before waiting for more deltas. */
    private final class CountedCall implements Call {
        private final Call call;
        private final CallRecorder recorder;
        private final Cancellation time;
        private final StringBuilder text = new StringBuilder();
        private final StringBuilder reasoning = new StringBuilder();
        /** Whether the answer contains something other than text: a refusal, a tool call or an image. */
        private boolean hasOtherOutput;

        private boolean truncated;
        /** How the call ended; {@code CANCELLED} if it is closed before its end. */
        private State state = State.CANCELLED;

        private boolean closed;

        CountedCall(Call call, CallRecorder recorder, Cancellation time) {
            this.call = call;
            this.recorder = recorder;
            this.time = time;
        }

        @Override
        public Iterator<Delta> iterator() {
            Iterator<Delta> deltas = call.iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    client.flush();
                    try {
                        boolean more = !truncated && deltas.hasNext();
                        if (!more && !truncated) {
                            state = State.COMPLETED;
                        }
                        return more;
                    } catch (UpstreamException | CancelledException e) {
                        truncated = isUsedUp(time) && (recorder.isStep() || hasAnswer());
                        if (!truncated) {
                            state = time.isCancelled() ? State.CANCELLED : State.FAILED;
                            throw e;
                        }
                        return false;
                    }
                }

                @Override
                public Delta next() {
                    Delta delta = deltas.next();
                    record(delta);
                    return delta;
                }
            };
        }

        private void record(Delta delta) {
            if (delta instanceof Delta.Text piece) {
                text.append(piece.text());
            } else if (delta instanceof Delta.Reasoning piece) {
                reasoning.append(piece.text());
            } else if (delta instanceof Delta.Refusal piece) {
                hasOtherOutput |= !piece.text().isBlank();
                text.append(piece.text());
            } else if (delta instanceof Delta.ToolCall piece) {
                hasOtherOutput = true;
                text.append(piece.arguments());
            } else if (delta instanceof Delta.Image) {
                hasOtherOutput = true;
            }
        }

        /** Whether an answer has started: anything except reasoning and white space. */
        private boolean hasAnswer() {
            int end = endOfReasoning();
            boolean inReasoning = end == ThinkBlock.UNCLOSED || (end == 0 && startsThinking());
            return hasOtherOutput || (!inReasoning && !text.substring(end).isBlank());
        }

        /**
         * The index after the reasoning at the start of the text, which some models write there instead of in a separate field.
         */
        private int endOfReasoning() {
            int end = ThinkBlock.endIndex(text);
            return end == 0 && !recorder.isStep() ? untaggedReasoning : end;
        }

        @Override
        public boolean startsThinking() {
            return call.startsThinking();
        }

        @Override
        public FinishReason finishReason() {
            return truncated ? FinishReason.LENGTH : call.finishReason();
        }

        @Override
        public Usage usage() {
            return call.usage();
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                try {
                    call.close();
                } finally {
                    int end = endOfReasoning();
                    int answer = end == ThinkBlock.UNCLOSED ? text.length() : end;
                    recorder.end(state, call.usage(), text.substring(answer), reasoning + text.substring(0, answer));
                }
            }
        }
    }
}
