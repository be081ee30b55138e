package org.o1api.reasoning;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.CallRecord.State;
import org.o1api.model.CancelledException;
import org.o1api.model.Delta;
import org.o1api.model.EndedBy;
import org.o1api.model.FinishReason;
import org.o1api.model.Usage;
import org.o1api.upstream.Call;
import org.o1api.upstream.UpstreamException;

/** A call that the turn's thread reads itself. Records the call's usage when it ends. */
final class CountedCall implements Call {
    private final Call call;
    private Purpose purpose;
    private final CallRecorder recorder;
    private final ModelCalls calls;
    private final TurnTime time;
    private final CallTime callTime;
    private boolean truncated;
    /** How the call ended; {@code CANCELLED} if it is closed before its end. */
    private State state = State.CANCELLED;

    private boolean closed;

    /** Wraps a call whose reply has started. */
    CountedCall(Call call, Purpose purpose, CallRecorder recorder, ModelCalls calls, CallTime callTime) {
        this.call = call;
        this.purpose = purpose;
        this.recorder = recorder;
        this.calls = calls;
        this.time = calls.time();
        this.callTime = callTime;
        recorder.onReplyStarted(call.startsThinking());
    }

    @Override
    public Iterator<Delta> iterator() {
        Iterator<Delta> deltas = call.iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                truncated |= isUsedUp();
                calls.flushBeforeWaiting();
                try {
                    boolean more = !truncated && deltas.hasNext();
                    if (!more && !truncated) {
                        state = State.COMPLETED;
                    }
                    return more;
                } catch (UpstreamException | CancelledException e) {
                    truncated = time.truncates(purpose, recorder);
                    if (truncated && purpose.isReasoning()) {
                        calls.budget().exhaustedBy(EndedBy.BUDGET_TIME);
                    }
                    if (!truncated) {
                        state = time.of(purpose).isCancelled() ? State.CANCELLED : State.FAILED;
                        throw e;
                    }
                    return false;
                }
            }

            @Override
            public Delta next() {
                Delta delta = deltas.next();
                recorder.measured().received(delta);
                recorder.onDelta(delta);
                return delta;
            }
        };
    }

    private boolean isUsedUp() {
        return recorder.measured().isLimited() && calls.budget().isUsedUp(recorder::recount);
    }

    @Override
    public boolean startsThinking() {
        return call.startsThinking();
    }

    /** The reply goes on to answer: it has the time of an answer, and the budget no longer ends it. */
    void startAnswer() {
        if (callTime.startAnswer()) {
            purpose = Purpose.ANSWER;
            recorder.measured().removeLimit();
            recorder.markAsAnswer();
        }
    }

    void setUntaggedReasoning(int characters) {
        recorder.setUntaggedReasoning(characters);
    }

    @Override
    public FinishReason finishReason() {
        return truncated ? FinishReason.LENGTH : call.finishReason();
    }

    @Override
    public @Nullable String stopSequence() {
        return truncated ? null : call.stopSequence();
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
                callTime.end();
                recorder.end(state, call.usage());
            }
        }
    }
}
