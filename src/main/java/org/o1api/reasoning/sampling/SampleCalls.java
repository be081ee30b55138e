package org.o1api.reasoning.sampling;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.CancelledException;
import org.o1api.model.EndedBy;
import org.o1api.model.ErrorCode;
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
    private final Ballot ballot;
    private final List<SampleStep> samples = new ArrayList<>();
    /** The open samples, by the index of the call. */
    private final Map<Integer, Integer> open = new LinkedHashMap<>();
    /** The index of the call of each sample. */
    private final List<Integer> callIndexes = new ArrayList<>();

    private final SampleChoice choice = new SampleChoice(samples);
    private final FailedSamples failed = new FailedSamples();
    private final SilenceLimit silence = new SilenceLimit();
    private long completedTokens;

    SampleCalls(TurnContext turn, ConcurrentCalls calls, SampleRequests requests, VoteNotes notes, StepNumbers steps) {
        this.turn = turn;
        this.calls = calls;
        this.requests = requests;
        this.notes = notes;
        this.steps = steps;
        keepsResult = SampleReader.isResultAskedFor(turn.prompt());
        ballot = new Ballot(Choices.areListedIn(turn.prompt()));
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
                event = calls.next(silence.limit());
            } catch (CancelledException e) {
                if (!choice.hasAnswer() || !turn.calls().isTimeUsedUp()) {
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
                failed.show();
            }
            if (sample.isRepeating()) {
                endLoop(sample, index);
                return true;
            }
            return false;
        }
        open.remove(index);
        if (event instanceof CallEvent.Ended ended) {
            end(number, sample, index, ended.reason());
        } else if (event instanceof CallEvent.Failed failure) {
            fail(sample, calls.usage(index).outputTokens(), failure.cause());
        } else if (event instanceof CallEvent.Silent) {
            failed.add(new UpstreamException(ErrorCode.UPSTREAM_TIMEOUT, notes.silent(), true, null));
            showFailure(sample, 0, notes.silent());
        }
        return true;
    }

    private void endLoop(SampleStep sample, int index) {
        open.remove(index);
        calls.cancel(index);
        failed.addLoop();
        showFailure(sample, calls.receivedTokens(index), notes.loop());
    }

    private void end(int number, SampleStep sample, int index, FinishReason reason) {
        sample.end(reason, calls.startsThinking(index));
        calls.setUntaggedReasoning(index, sample.untaggedReasoningLength());
        long tokens = calls.usage(index).outputTokens();
        if (reason == FinishReason.CONTENT_FILTER) {
            failed.addFiltered(number);
            showFailure(sample, tokens, notes.incomplete());
        } else if (isEndedByBudget(reason)) {
            choice.addEndedByBudget(number); // not shown before it is clear whether it is the answer
        } else if (sample.hasAnswer()) {
            failed.show();
            ballot.add(number, sample.key());
            choice.addAnswer(number);
            completedTokens += tokens;
            silence.add(calls.age(index));
            showResult(sample, tokens);
        } else if (reason == FinishReason.LENGTH) {
            if (turn.prompt().maxTokens() == null) { // otherwise others end there, too
                failed.addCutOff();
            }
            showFailure(sample, tokens, notes.incomplete());
        } else {
            fail(sample, tokens, UpstreamException.emptyReply());
        }
    }

    /** Such a reply ends anywhere: its last number may be anything, so it does not vote. */
    private boolean isEndedByBudget(FinishReason reason) {
        EndedBy limit = turn.calls().exhausted();
        return reason == FinishReason.LENGTH && limit != null && limit != EndedBy.BUDGET_CALLS;
    }

    private void fail(SampleStep sample, long tokens, GatewayException cause) {
        failed.add(cause);
        showFailure(sample, tokens, String.valueOf(cause.getMessage()));
    }

    private void showFailure(SampleStep sample, long tokens, String why) {
        failed.show(() -> sample.showFailure(why, tokens));
    }

    private void showResult(SampleStep sample, long tokens) {
        String label = sample.key().label();
        sample.showResult(label, notes.result(label), tokens);
    }

    /**
     * Cancels the open samples, and shows all that are not shown yet. That takes time, so all calls are cancelled before.
     *
     * @param why the gateway's words for it
     * @param answer the sample whose answer is the turn's; null: none
     */
    Cancelled cancelOpen(String why, @Nullable Integer answer) {
        open.keySet().forEach(calls::cancel);
        failed.show();
        Map<Integer, String> cancelled = new TreeMap<>();
        choice.endedByBudget().forEach(number -> cancelled.put(number, notes.exhausted()));
        open.values().forEach(number -> cancelled.put(number, why));
        open.clear();
        if (answer != null && cancelled.remove(answer) != null) {
            showResult(samples.get(answer), receivedTokens(answer));
        }
        long mean = answered() == 0 ? 0 : completedTokens / answered();
        long saved = 0;
        for (Map.Entry<Integer, String> entry : cancelled.entrySet()) {
            long received = receivedTokens(entry.getKey());
            long more = Math.max(0, mean - received);
            samples.get(entry.getKey()).showCancellation(entry.getValue(), new StepTokens(received, more));
            saved += more;
        }
        return new Cancelled(cancelled.size(), saved);
    }

    /** Shows all samples that are not shown yet. The budget has ended those that did not fail. */
    void showAll() {
        cancelOpen(notes.exhausted(), null);
    }

    private long receivedTokens(int number) {
        return calls.receivedTokens(callIndexes.get(number));
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
        return choice.answered().size();
    }

    SampleChoice choice() {
        return choice;
    }

    /** Whether another call may give the answer: the one that may exceed the budget has not. */
    boolean allowClosingCall() {
        return turn.calls().remainingCalls() > 0 && !calls.hasExceededBudget();
    }

    Ballot ballot() {
        return ballot;
    }

    SampleStep sample(int number) {
        return samples.get(number);
    }

    FailedSamples failed() {
        return failed;
    }

    /** Counts the output of a sample as the turn's answer. */
    void markAsAnswer(int number) {
        calls.markAsAnswer(callIndexes.get(number));
    }
}
