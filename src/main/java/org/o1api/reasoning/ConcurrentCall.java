package org.o1api.reasoning;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.CallRecord.State;
import org.o1api.model.Cancellation;
import org.o1api.model.CancelledException;
import org.o1api.model.Delta;
import org.o1api.model.EndedBy;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.GatewayException;
import org.o1api.model.UnexpectedException;
import org.o1api.model.Usage;
import org.o1api.upstream.UpstreamException;

/** What the turn's thread knows of one of several concurrent calls. Used by that thread only. */
final class ConcurrentCall {
    private final int index;
    private final Purpose purpose;
    private final CallRecorder recorder;
    private final ModelCalls calls;
    private final Cancellation cancellation;
    /** Whether the strategy has cancelled it, and gets no further events of it. */
    private boolean dropped;
    /** Whether it ends early because the budget is used up. */
    private boolean cutOff;

    /** When its last request was sent ({@link TurnTime#now}); null: none was, for instance because it waits for its turn. */
    private @Nullable Long sentAt;

    private boolean hasReceived;
    private boolean replyStarted;
    private boolean recorded;

    ConcurrentCall(int index, Purpose purpose, CallRecorder recorder, Cancellation cancellation, ModelCalls calls) {
        this.index = index;
        this.purpose = purpose;
        this.recorder = recorder;
        this.cancellation = cancellation;
        this.calls = calls;
    }

    CallRecorder recorder() {
        return recorder;
    }

    /** Whether the strategy waits for more events of it. */
    boolean isOpen() {
        return !dropped && !recorded;
    }

    /** Whether nothing of its reply has arrived, and it has not been told to end. */
    boolean isSilent() {
        return !hasReceived && !cancellation.isCancelled();
    }

    /** How long ago its last request was sent; zero if none was. */
    Duration age() {
        return sentAt == null ? Duration.ZERO : Duration.ofNanos(calls.time().now() - sentAt);
    }

    /** Whether its usage has been recorded. */
    boolean isRecorded() {
        return recorded;
    }

    /** Whether it is an open answer that has started. */
    boolean isStartedAnswer() {
        return isOpen() && !purpose.isReasoning() && recorder.hasAnswer();
    }

    /** Ends the call at the provider, and its events. */
    void drop() {
        if (isOpen()) {
            dropped = true;
            cancelReader();
        }
    }

    /** Ends the call at the provider, and its events, because it has sent nothing for too long. */
    CallEvent endSilent() {
        drop();
        return new CallEvent.Silent(index);
    }

    /** Ends the call at the provider because the budget is used up. Its last event is {@link CallEvent.Ended}. */
    void cutOff() {
        cutOff = true;
        cancelReader();
    }

    /** Whether it is open and ends when the budget is used up. */
    boolean isLimited() {
        return isOpen() && !cutOff && recorder.measured().isLimited();
    }

    /** Whether its output is reasoning. */
    boolean isReasoning() {
        return purpose.isReasoning();
    }

    /** Whether it can become the answer. */
    boolean isSample() {
        return purpose == Purpose.SAMPLE;
    }

    private void cancelReader() {
        cancellation.cancel(ErrorCode.INTERNAL_ERROR, "The call is no longer needed.");
    }

    @Nullable
    CallEvent onAccepted() {
        recorder.onAccepted();
        if (!dropped) {
            calls.reportAccepted();
        }
        return null;
    }

    @Nullable
    CallEvent onRequestSent(String upstream, String model) {
        recorder.onRequestSent(upstream, model);
        sentAt = calls.time().now();
        return null;
    }

    @Nullable
    CallEvent onFailedAttempt(Usage usage) {
        recorder.onFailedAttemptUsage(usage);
        return null;
    }

    @Nullable
    CallEvent onReplyStarted(boolean startsThinking) {
        replyStarted = true;
        recorder.onReplyStarted(startsThinking);
        return null;
    }

    @Nullable
    CallEvent onDelta(Delta delta) {
        recorder.onDelta(delta);
        hasReceived = true;
        return dropped ? null : new CallEvent.Piece(index, delta);
    }

    /** The call has ended: its reader has released everything, or it never had one. */
    @Nullable
    CallEvent onEnd(CallReader.End end) {
        cancellation.detach();
        boolean wasOpen = isOpen();
        boolean truncated = wasCancelled(end.failure()) && isTruncated();
        if (end.wasStarted()) {
            State state = end.failure() == null
                    ? State.COMPLETED
                    : truncated || cancellation.isCancelled() ? State.CANCELLED : State.FAILED;
            record(state, end.hasReply(), end.usage());
        } else {
            if (end.failure() instanceof CancelledException) { // otherwise a strategy could try again forever
                calls.budget().uncount();
            }
            record(State.NOT_STARTED, false, Usage.NONE);
        }
        if (!wasOpen) {
            return null;
        }
        if (end.failure() == null) {
            if (isSample() && end.reason().isComplete() && recorder.hasAnswer()) {
                calls.budget().sampleCompleted();
            }
            return new CallEvent.Ended(index, end.reason());
        }
        return truncated
                ? new CallEvent.Ended(index, FinishReason.LENGTH)
                : new CallEvent.Failed(index, failure(end.failure()));
    }

    /** What a call fails with. An unexpected failure, such as an {@link Error}, fails only its call. */
    private static GatewayException failure(Throwable thrown) {
        return thrown instanceof InterruptedException || thrown instanceof RejectedExecutionException
                ? new TurnException(
                        ErrorCode.SHUTTING_DOWN, "The gateway stopped before the answer was complete.", null)
                : UnexpectedException.of(thrown);
    }

    /** Whether the reply ends early as if it were complete, because tokens, money or time are used up. */
    private boolean isTruncated() {
        if (cutOff) {
            return !calls.time().isTurnCancelled();
        }
        boolean truncated = calls.time().truncates(purpose, recorder);
        if (truncated && purpose.isReasoning()) {
            calls.budget().exhaustedBy(EndedBy.BUDGET_TIME);
        }
        return truncated;
    }

    /** Whether the failure can be the effect of a cancellation. */
    private static boolean wasCancelled(@Nullable Throwable failure) {
        return failure instanceof UpstreamException || failure instanceof CancelledException;
    }

    /** Records what has arrived of a call, if its end has not. */
    void abandon() {
        if (recorded) {
            return;
        }
        cancelReader(); // again: an Error may have prevented it
        cancellation.detach();
        record(State.CANCELLED, replyStarted, Usage.NONE);
    }

    private void record(State state, boolean hasReply, Usage usage) {
        recorded = true;
        if (hasReply) {
            recorder.end(state, usage);
        } else {
            recorder.endWithoutReply(state);
        }
    }
}
