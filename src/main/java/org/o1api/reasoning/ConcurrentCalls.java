package org.o1api.reasoning;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.Cancellation;
import org.o1api.model.FinishReason;
import org.o1api.model.Usage;

/**
 * Model calls of one turn that run at the same time. A thread for each call reads it into one bounded queue; everything else,
 * such as writing to the client and counting tokens, is done by the turn's thread, which is the only one that may use this class.
 * If the turn's thread is slow, for instance because the client is, the queue is full and every call waits.
 *
 * <pre>{@code
 * try (ConcurrentCalls samples = calls.concurrent()) {
 *     while (samples.start(new ModelCall(request, Purpose.SAMPLE)) >= 0 && ...) {}
 *     for (CallEvent event = samples.next(); event != null; event = samples.next()) { ... }
 * }
 * }</pre>
 */
public final class ConcurrentCalls implements AutoCloseable {
    /** How long {@link #close} waits for the usage of cancelled calls. */
    private static final Duration USAGE_TIMEOUT = Duration.ofSeconds(1);

    /** The number of events that are handled before the client is flushed although there are more. */
    private static final int MAX_TAKEN_BEFORE_FLUSH = 64;

    private final ModelCalls owner;
    private final Executor threads;
    private final CallInbox inbox = new CallInbox();
    private final List<ConcurrentCall> calls = new ArrayList<>();
    private final BudgetEnd budgetEnd;
    private final Runnable removeCancelAction;
    private int takenSinceFlush;
    private boolean closed;

    ConcurrentCalls(ModelCalls owner, Executor threads) {
        this.owner = owner;
        this.threads = threads;
        this.budgetEnd = new BudgetEnd(owner.budget(), calls, inbox);
        this.removeCancelAction = owner.time().ofTurn().onCancel(inbox::wake);
    }

    /** Starts a call, and reserves a closing call if its output is only reasoning. A sample can become the answer. */
    public int start(ModelCall call) {
        return start(call, call.purpose() == Purpose.STEP ? 1 : 0);
    }

    /**
     * Starts a call. It runs on a thread of its own, and waits for one if none is free (first in, first out).
     *
     * @param reserved the number of calls that must be left in the budget after it, such as for a judge and a closing call
     * @return its index, from 0; -1 if the budget does not allow it, see {@link ModelCalls#exhausted}
     * @throws org.o1api.model.CancelledException if the turn is cancelled
     */
    public int start(ModelCall call, int reserved) {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        if (!owner.canStart(call, reserved)) {
            return -1;
        }
        int index = calls.size();
        Cancellation cancellation = owner.time().of(call.purpose()).child();
        CallRecorder recorder = owner.newRecorder(call, call.purpose().isReasoning());
        ConcurrentCall started = new ConcurrentCall(index, call.purpose(), recorder, cancellation, owner);
        int number = owner.numberOf(call);
        CallReader reader = new CallReader(
                started,
                cancellation,
                inbox,
                (accepted, listener) ->
                        owner.upstream().open(call.request(), owner.context(cancellation, number, accepted, listener)));
        calls.add(started);
        owner.budget().count();
        var unused = cancellation.onCancel(reader::onCancelled);
        try {
            threads.execute(reader);
        } catch (Throwable e) { // no more threads: the gateway is stopping, or has no memory for one
            reader.endUnstarted(e);
        }
        return index;
    }

    /**
     * Waits for the next event of the calls, in order of arrival. This is where the turn waits, so the client is flushed if there
     * is no event yet, and from time to time if events arrive faster than the turn can handle them.
     *
     * <p>When the budget's tokens or money are used up, reasoning calls end as when its time is: with the pieces that have arrived, and
     * {@link FinishReason#LENGTH}. If no sample of the turn is complete yet, the sample that has received most goes on, since it can
     * become the answer, unless another call follows.
     *
     * @return null if all calls have ended or are cancelled
     * @throws org.o1api.model.CancelledException if the turn is cancelled, or its time was used up before an answer has started and all
     *     that had arrived until then was returned
     */
    public @Nullable CallEvent next() {
        return next(null);
    }

    /**
     * Waits like {@link #next()}, but not for ever for calls that send nothing. If none of the open calls has sent anything, each one is
     * cancelled, with the event {@link CallEvent.Silent}, when some time has passed since its last request was sent.
     *
     * @param silence that time; null: no limit
     */
    public @Nullable CallEvent next(@Nullable Duration silence) {
        while (hasOpenCalls()) {
            owner.time().throwIfTurnCancelled();
            CallInbox.Item item = nextItem(silence);
            boolean over = isOver(); // asked before the item ends an answer, which is then reported
            if (item == null && over) {
                throwReason();
            }
            CallEvent event = item == null ? endSilent(silence) : item.receive();
            owner.time().throwIfTurnCancelled();
            if (over && isEndOfAnswer(event)) { // rather than report the effect of that on the call
                throwReason();
            }
            if (event != null) {
                return event;
            }
        }
        return null;
    }

    private CallInbox.@Nullable Item nextItem(@Nullable Duration silence) {
        if (isOver()) { // the turn's thread was busy: what arrived in time still counts
            return inbox.poll();
        }
        budgetEnd.check();
        CallInbox.Item item = takenSinceFlush < MAX_TAKEN_BEFORE_FLUSH ? inbox.poll() : null;
        if (item == null) {
            owner.flushBeforeWaiting();
            takenSinceFlush = 0;
            item = inbox.take(this::isOver, () -> timeLeft(silence));
        }
        takenSinceFlush++;
        return item;
    }

    private boolean isEndOfAnswer(@Nullable CallEvent event) {
        return event instanceof CallEvent.Failed failed
                && !calls.get(failed.index()).isReasoning();
    }

    /**
     * How long the turn goes on to wait, in nanoseconds, if the open calls send nothing.
     *
     * @param silence see {@link #next(Duration)}
     */
    private long timeLeft(@Nullable Duration silence) {
        ConcurrentCall silent = oldestSilent();
        return silence == null || silent == null
                ? Long.MAX_VALUE
                : silence.minus(silent.age()).toNanos();
    }

    private @Nullable CallEvent endSilent(@Nullable Duration silence) {
        ConcurrentCall silent = oldestSilent();
        return silent == null || timeLeft(silence) > 0 ? null : silent.endSilent();
    }

    /** If none of the open calls has sent anything, the one whose request was sent first. */
    private @Nullable ConcurrentCall oldestSilent() {
        List<ConcurrentCall> open =
                calls.stream().filter(ConcurrentCall::isOpen).toList();
        return open.stream().allMatch(ConcurrentCall::isSilent)
                ? open.stream().max(Comparator.comparing(ConcurrentCall::age)).orElse(null)
                : null;
    }

    /** No sample of the turn can become the answer: another call gives it. */
    public void answerFollows() {
        owner.budget().answerFollows();
    }

    /** Whether a sample has used more than the budget. Then it was the answer's call, and no other one follows if it has failed. */
    public boolean hasExceededBudget() {
        return budgetEnd.isExceeded();
    }

    /** Cancels a call at its provider. There are no more events of it. No effect if it has ended. */
    public void cancel(int index) {
        calls.get(index).drop();
    }

    /** Cancels all other calls. */
    public void keepOnly(int index) {
        for (int i = 0; i < calls.size(); i++) {
            if (i != index) {
                cancel(i);
            }
        }
    }

    /** Whether the text of a call's reply starts inside the model's reasoning. Valid after its first event. */
    public boolean startsThinking(int index) {
        return calls.get(index).recorder().startsThinking();
    }

    /** Counts the first characters of a sample's text as reasoning although they have no opening tag. Before its last event. */
    public void setUntaggedReasoning(int index, int characters) {
        calls.get(index).recorder().setUntaggedReasoning(characters);
    }

    /** Marks the output of a sample as the turn's answer, for the usage that the client gets. */
    public void markAsAnswer(int index) {
        calls.get(index).recorder().markAsAnswer();
    }

    /** How long ago the last request of a call was sent; zero if none was. */
    public Duration age(int index) {
        return calls.get(index).age();
    }

    /** The tokens that a call has received so far, also of one that was cancelled. */
    public long receivedTokens(int index) {
        return calls.get(index).recorder().receivedTokens();
    }

    /** What a call has used. Valid after its last event. */
    public Usage usage(int index) {
        return calls.get(index).recorder().usage();
    }

    /** Whether any call has events to come. */
    boolean hasOpenCalls() {
        return calls.stream().anyMatch(ConcurrentCall::isOpen);
    }

    /** For tests: whether the calls wait for the turn's thread. */
    boolean isFull() {
        return inbox.isFull();
    }

    private boolean isOver() {
        TurnTime time = owner.time();
        return time.isTurnCancelled() || (time.ofTurn().isCancelled() && !hasStartedAnswer());
    }

    private boolean hasStartedAnswer() {
        return calls.stream().anyMatch(ConcurrentCall::isStartedAnswer);
    }

    private void throwReason() {
        owner.time().throwIfTurnCancelled();
        owner.time().ofTurn().throwIfCancelled();
    }

    /**
     * Cancels the calls that have not ended and waits until their usage is known, at most 1 s. After that, what has arrived is
     * counted, and the threads of the calls no longer affect the turn. Idempotent.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        removeCancelAction.run();
        try {
            calls.forEach(ConcurrentCall::drop);
            flush();
            awaitUsage();
        } finally { // also after an Error
            inbox.close();
            calls.forEach(ConcurrentCall::abandon);
        }
    }

    /** Sends what is buffered before the wait. A client that has disconnected is noticed by the next write. */
    private void flush() {
        try {
            owner.flushBeforeWaiting();
        } catch (RuntimeException e) {
            // the turn must still be charged for its calls
        }
    }

    private void awaitUsage() {
        long deadline = System.nanoTime() + USAGE_TIMEOUT.toNanos();
        while (!calls.stream().allMatch(ConcurrentCall::isRecorded)) {
            CallInbox.Item item = inbox.takeUntil(deadline);
            if (item == null) {
                return;
            }
            item.receive();
        }
    }
}
