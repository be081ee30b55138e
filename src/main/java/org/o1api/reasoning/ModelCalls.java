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
import org.o1api.model.TurnLedger;
import org.o1api.model.Usage;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallContext;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.CallingTurn;
import org.o1api.upstream.RetryBudget;
import org.o1api.upstream.Upstream;
import org.o1api.upstream.UpstreamException;

/** The only way to make a call within a turn: counted, budgeted and cancellable. Belongs to the turn's thread. */
public final class ModelCalls {
    private final Upstream upstream;
    private final Cancellation cancellation;
    /** Ends with the time for thinking. */
    private final Cancellation reasoningTime;
    /** Ends with the time for the answer. */
    private final Cancellation turnTime;

    private final Preset.Budget budget;
    private final RetryBudget retries;
    private final CallingTurn callingTurn;
    private final TurnListener listener;
    private final TurnTokenCounter tokenCounter;
    private final TurnLedger ledger;
    private int usedCalls;
    private boolean acceptedReported;
    /** How much of the text of the open closing call is reasoning without an opening tag. */
    private int untaggedReasoning;

    /** Makes the calls of one turn, into a ledger of its own. */
    public ModelCalls(
            Upstream upstream, String caller, Cancellation cancellation, Preset.Budget budget, TurnListener listener) {
        this(upstream, caller, cancellation, budget, listener, new TurnLedger());
    }

    /**
     * Makes the calls of one turn.
     *
     * @param caller who sent the request, by the name of the key
     * @param ledger gets a record of each call when it ends
     */
    public ModelCalls(
            Upstream upstream,
            String caller,
            Cancellation cancellation,
            Preset.Budget budget,
            TurnListener listener,
            TurnLedger ledger) {
        this.upstream = upstream;
        this.cancellation = cancellation;
        this.reasoningTime = cancellation.child();
        this.turnTime = cancellation.child();
        this.budget = budget;
        this.retries = new RetryBudget(budget.retries());
        this.callingTurn = new CallingTurn(caller);
        this.listener = listener;
        this.ledger = ledger;
        this.tokenCounter = new TurnTokenCounter(turnTime::isCancelled);
    }

    /** Ends the time for thinking: a call that thinks ends with what it has, and there is no other. Any thread may do so. */
    public void expireReasoning() {
        reasoningTime.cancel(ErrorCode.UPSTREAM_TIMEOUT, "The time for reasoning is used up (budget.time).");
    }

    /** Ends the turn's time: an answer that has begun ends with what it has, and one that has not fails. Any thread may do so. */
    public void expireTurn() {
        turnTime.cancel(
                ErrorCode.UPSTREAM_TIMEOUT,
                "The request exceeded its time limit of " + budget.time().toMillis() / 1000.0 + " s (budget.time).");
    }

    /** Whether the budget has room for one more call before the closing one. */
    public boolean hasBudgetForStep() {
        return usedCalls + 2 <= budget.calls() && usage().outputTokens() < budget.tokens() && !isUsedUp(reasoningTime);
    }

    /** Whether there is time left for another closing call. */
    public boolean hasTimeForAnswer() {
        return !turnTime.isCancelled();
    }

    /** How many calls of the budget are left; less than 0: the turn made more. */
    public int remainingCalls() {
        return budget.calls() - usedCalls;
    }

    /** The last call, which has ended, is made again in another form: the client gets none of its output. */
    public void discardLastCall() {
        ledger.discardLast();
    }

    /** Makes a call whose output is reasoning. It ends, as if it were complete, with the time for thinking. */
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

    /** Makes the call whose output is the answer. Once that has begun, it ends with the turn's time, for want of length. */
    public Call answerCall(CallRequest request) {
        untaggedReasoning = 0;
        return open(request, turnTime, CallRecord.Purpose.ANSWER);
    }

    /** The first characters of the text of the open closing call turned out to be reasoning, without an opening tag. */
    public void setUntaggedReasoning(int characters) {
        untaggedReasoning = characters;
    }

    /**
     * Whether the last call, which broke off, may be made again; waits shortly before. It takes one of the turn's retries, and the two
     * count as one call of the budget. What the first one used counts in the ledger's totals only.
     */
    public boolean awaitRetry(UpstreamException failure) {
        if (!failure.retryable() || !retries.tryConsume()) {
            return false;
        }
        listener.flush();
        Duration wait = RetryBudget.backoff(1);
        Duration requestedWait = failure.retryAfter(); // not retryable above max_retry_wait
        turnTime.sleep(requestedWait != null && requestedWait.compareTo(wait) > 0 ? requestedWait : wait);
        usedCalls--;
        ledger.discardLast();
        return true;
    }

    private Call open(CallRequest request, Cancellation time, CallRecord.Purpose purpose) {
        time.throwIfCancelled();
        usedCalls++;
        listener.flush();
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
        } catch (Throwable e) { // out of memory
            call.close();
            throw e;
        }
    }

    /** Whether a part of the turn's time is over, and the turn is not. */
    private boolean isUsedUp(Cancellation time) {
        return time.isCancelled() && !cancellation.isCancelled();
    }

    private void reportAccepted() {
        if (!acceptedReported) {
            acceptedReported = true;
            listener.accepted();
        }
    }

    /** What all calls used that have ended, failed attempts included; counted here if the upstream reports nothing. */
    public Usage usage() {
        return ledger.totalUsage();
    }

    /** The calls that have ended, and what they used. */
    public TurnLedger ledger() {
        return ledger;
    }

    /** How many calls of the budget are used: what was made again counts once. */
    public int usedCalls() {
        return usedCalls;
    }

    /** Adds its usage when it ends, and shows what has arrived before it waits for more. */
    private final class CountedCall implements Call {
        private final Call call;
        private final CallRecorder recorder;
        private final Cancellation time;
        private final StringBuilder text = new StringBuilder();
        private final StringBuilder reasoning = new StringBuilder();
        /** Whether something else than text answers: a refusal, a tool call, an image. */
        private boolean hasOtherOutput;

        private boolean truncated;
        /** How the call has ended; cancelled if it is closed before its end. */
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
                    listener.flush();
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

        /** Whether more has come than reasoning and white space. */
        private boolean hasAnswer() {
            int end = endOfReasoning();
            boolean inReasoning = end == ThinkBlock.UNCLOSED || (end == 0 && startsThinking());
            return hasOtherOutput || (!inReasoning && !text.substring(end).isBlank());
        }

        /** The index behind the reasoning in the text, which is there if the model has no field for it. */
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
