package org.o1api.reasoning.sampling;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.CancelledException;
import org.o1api.model.EndedBy;
import org.o1api.model.FinishReason;
import org.o1api.model.GatewayException;
import org.o1api.model.TurnEvent.StepTokens;
import org.o1api.reasoning.CallEvent;
import org.o1api.reasoning.ConcurrentCalls;
import org.o1api.reasoning.ModelCall;
import org.o1api.reasoning.TurnContext;
import org.o1api.upstream.UpstreamException;

/** The samples of one turn: starts their calls, shows each one as a step, and collects their votes. */
final class SampleCalls {
    private final TurnContext turn;
    private final ConcurrentCalls calls;
    private final SampleRequests requests;
    private final VoteNotes notes;
    private final StepNumbers steps;
    private final boolean keepsResult;
    private final Ballot ballot = new Ballot();
    private final List<SampleStep> samples = new ArrayList<>();
    /** The open samples, by the index of the call. */
    private final Map<Integer, Integer> open = new LinkedHashMap<>();
    /** The index of the call of each sample. */
    private final List<Integer> callIndexes = new ArrayList<>();
    /** The samples with an answer, in the order in which they ended. */
    private final Set<Integer> answered = new LinkedHashSet<>();

    /** Failures that are not shown yet: as long as the client has seen nothing, the turn can fail with a status of its own. */
    private final List<Runnable> unshownFailures = new ArrayList<>();

    private boolean hasShown;
    private long completedTokens;
    private @Nullable GatewayException firstFailure;
    private @Nullable Integer firstFiltered;
    private @Nullable Integer firstLoop;

    SampleCalls(TurnContext turn, ConcurrentCalls calls, SampleRequests requests, VoteNotes notes, StepNumbers steps) {
        this.turn = turn;
        this.calls = calls;
        this.requests = requests;
        this.notes = notes;
        this.steps = steps;
        keepsResult = SampleReader.isResultAskedFor(turn.prompt());
    }

    /**
     * Starts samples.
     *
     * @param reserved the number of calls that must be left in the budget
     * @return how many were started: fewer if the budget does not allow more
     */
    int start(int count, int reserved) {
        // asks for no call that would be refused: the refusal would count as what ended the reasoning
        int allowed = Math.min(count, turn.calls().remainingCalls() - reserved);
        int started = 0;
        while (started < allowed) {
            int number = samples.size();
            int index = calls.start(new ModelCall(requests.sample(number), Purpose.SAMPLE), reserved);
            if (index < 0) {
                break;
            }
            open.put(index, number);
            callIndexes.add(index);
            samples.add(new SampleStep(steps.next(), notes.title(number + 1), keepsResult, turn.log()));
            started++;
        }
        return started;
    }

    /**
     * Waits until a sample has ended.
     *
     * @return false if there is no open one, or if the turn's time is used up and one of the others has an answer
     * @throws CancelledException if the turn is cancelled, or its time is used up and no sample has an answer
     */
    boolean awaitEnd() {
        while (!open.isEmpty()) {
            CallEvent event;
            try {
                event = calls.next();
            } catch (CancelledException e) {
                if (answered.isEmpty() || !turn.calls().isTimeUsedUp()) {
                    throw e;
                }
                return false;
            }
            if (event == null) {
                open.clear();
                return false;
            }
            Integer number = open.get(event.index());
            if (number != null && receive(event, number, samples.get(number))) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether the sample has ended. */
    private boolean receive(CallEvent event, int number, SampleStep sample) {
        int index = event.index();
        if (event instanceof CallEvent.Piece piece) {
            sample.feed(piece.delta(), calls.startsThinking(index));
            calls.setUntaggedReasoning(index, sample.untaggedReasoningLength());
            if (sample.hasText()) {
                showFailures();
            }
            if (sample.isRepeating()) {
                endLoop(number, sample, index);
                return true;
            }
            return false;
        }
        open.remove(index);
        if (event instanceof CallEvent.Ended ended) {
            end(number, sample, index, ended.reason());
        } else if (event instanceof CallEvent.Failed failed) {
            fail(
                    sample,
                    calls.usage(index).outputTokens(),
                    String.valueOf(failed.cause().getMessage()),
                    failed.cause());
        }
        return true;
    }

    private void endLoop(int number, SampleStep sample, int index) {
        open.remove(index);
        calls.cancel(index);
        firstLoop = firstLoop == null ? number : firstLoop;
        fail(sample, calls.receivedTokens(index), notes.loop(), null);
    }

    private void end(int number, SampleStep sample, int index, FinishReason reason) {
        boolean hasAnswer = sample.end(reason, calls.startsThinking(index));
        calls.setUntaggedReasoning(index, sample.untaggedReasoningLength());
        long tokens = calls.usage(index).outputTokens();
        if (reason == FinishReason.CONTENT_FILTER) {
            firstFiltered = firstFiltered == null ? number : firstFiltered;
            fail(sample, tokens, notes.incomplete(), null);
        } else if (hasAnswer) {
            showFailures();
            SampleKey key = sample.key();
            if (!isCutOffByBudget(reason)) {
                ballot.add(number, key);
            }
            answered.add(number);
            completedTokens += tokens;
            sample.showResult(key.label(), notes.result(key.label()), tokens);
        } else if (reason == FinishReason.LENGTH) {
            fail(sample, tokens, notes.incomplete(), null);
        } else {
            UpstreamException empty = UpstreamException.emptyReply();
            fail(sample, tokens, String.valueOf(empty.getMessage()), empty);
        }
    }

    /** Such a reply ends anywhere: its last number may be anything. */
    private boolean isCutOffByBudget(FinishReason reason) {
        EndedBy limit = turn.calls().exhausted();
        return reason == FinishReason.LENGTH && limit != null && limit != EndedBy.BUDGET_CALLS;
    }

    private void fail(SampleStep sample, long tokens, String why, @Nullable GatewayException cause) {
        firstFailure = firstFailure == null ? cause : firstFailure;
        unshownFailures.add(() -> sample.showFailure(why, tokens));
        if (hasShown) {
            showFailures();
        }
    }

    /** Shows the samples that have failed so far, and from now on each one immediately. */
    void showFailures() {
        hasShown = true;
        unshownFailures.forEach(Runnable::run);
        unshownFailures.clear();
    }

    /**
     * Cancels the open samples. Shows them only after that, so that none of them goes on meanwhile.
     *
     * @param why the gateway's words for it
     */
    Cancelled cancelOpen(String why) {
        open.keySet().forEach(calls::cancel);
        showFailures();
        long mean = answered.isEmpty() ? 0 : completedTokens / answered.size();
        long saved = 0;
        for (Map.Entry<Integer, Integer> entry : open.entrySet()) {
            long received = calls.receivedTokens(entry.getKey());
            long more = Math.max(0, mean - received);
            samples.get(entry.getValue()).showCancellation(why, new StepTokens(received, more));
            saved += more;
        }
        Cancelled cancelled = new Cancelled(open.size(), saved);
        open.clear();
        return cancelled;
    }

    /** How many samples were cancelled, and an estimate of the tokens that this saved. */
    record Cancelled(int samples, long savedTokens) {}

    /** The number of samples that were started. */
    int started() {
        return samples.size();
    }

    /** The number of samples that have not ended. */
    int open() {
        return open.size();
    }

    /** The number of samples with an answer. */
    int answered() {
        return answered.size();
    }

    Ballot ballot() {
        return ballot;
    }

    /** Whether a sample has an answer. */
    boolean hasAnswer(int number) {
        return answered.contains(number);
    }

    SampleStep sample(int number) {
        return samples.get(number);
    }

    /** Of these samples, the first one that is complete; if all are cut off, the first one. */
    int best(List<Integer> candidates) {
        return candidates.stream()
                .filter(number -> samples.get(number).isComplete())
                .findFirst()
                .orElse(candidates.get(0));
    }

    /** The votes if these two samples say the same in different words. */
    Ballot.Standing agreement(int first, int second) {
        AnswerKey key = AnswerKey.labelled(
                AnswerKey.Kind.TEXT, "", samples.get(first).key().label());
        return new Ballot.Standing(key, List.of(first, second), 0, 2, Map.of(key.label(), 2));
    }

    /** All samples with an answer, in the order in which they ended. */
    List<Integer> all() {
        return List.copyOf(answered);
    }

    /** Why the first sample failed; null: none has, or only because it was cut off. */
    @Nullable
    GatewayException firstFailure() {
        return firstFailure;
    }

    /** The first sample that the provider's filter has ended; null: none. */
    @Nullable
    Integer firstFiltered() {
        return firstFiltered;
    }

    /** The first sample that has repeated itself; null: none. */
    @Nullable
    Integer firstLoop() {
        return firstLoop;
    }

    /** Counts the output of a sample as the turn's answer. */
    void markAsAnswer(int number) {
        calls.markAsAnswer(callIndexes.get(number));
    }
}
