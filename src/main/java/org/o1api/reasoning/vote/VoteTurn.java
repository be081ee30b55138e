package org.o1api.reasoning.vote;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.FinishReason;
import org.o1api.model.GatewayException;
import org.o1api.model.RawJson;
import org.o1api.model.TurnEvent.StepOutcome;
import org.o1api.reasoning.CallEvent;
import org.o1api.reasoning.ConcurrentCalls;
import org.o1api.reasoning.ModelCall;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.TurnContext;
import org.o1api.reasoning.text.AnswerRequests;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.UpstreamException;

/** One turn of the vote: the samples, and the winner's answer. */
final class VoteTurn {
    private static final String TEMPERATURE = "temperature";
    private static final String SEED = "seed";
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,18}");

    private final VoteStrategy settings;
    private final TurnContext turn;
    private final ModelCalls calls;
    private final boolean json;
    private final CallRequest request;
    private final List<Sample> samples = new ArrayList<>();
    private final Set<Integer> open = new HashSet<>();
    /** The first sample that has an answer and does not vote; -1: none. A complete one replaces a truncated one. */
    private int withoutVote = -1;

    private @Nullable GatewayException firstFailure;

    VoteTurn(VoteStrategy settings, TurnContext turn) {
        this.settings = settings;
        this.turn = turn;
        this.calls = turn.calls();
        this.json = turn.prompt().requiresJson();
        this.request = new AnswerRequests(
                        turn.prompt(),
                        turn.preset().model(),
                        turn.preset().history().reasoning())
                .answer(turn.prompt().maxTokens());
    }

    FinishReason run() {
        int count = Math.min(settings.max(), calls.remainingCalls());
        if (count > 1) {
            try (ConcurrentCalls concurrent = calls.concurrent()) {
                start(concurrent, count);
                int winner = samples.isEmpty() ? -1 : vote(concurrent);
                FinishReason reason = winner < 0 ? null : samples.get(winner).reason();
                if (reason != null) {
                    concurrent.markAsAnswer(winner);
                    samples.get(winner).report();
                    return reason;
                }
            }
        }
        return endWithoutWinner();
    }

    /** The end without a winner: the first failure, or all samples were cut off before their answer, or there are none. */
    private FinishReason endWithoutWinner() {
        if (firstFailure != null) {
            throw firstFailure;
        }
        return samples.isEmpty() ? new DirectAnswer(turn, request).answer(1) : FinishReason.LENGTH;
    }

    private void start(ConcurrentCalls concurrent, int count) {
        while (samples.size() < count
                && concurrent.start(new ModelCall(sampleRequest(samples.size()), Purpose.SAMPLE)) >= 0) {
            int number = samples.size() + 1;
            open.add(samples.size());
            samples.add(new Sample(number, settings.notes().title(number), json, turn.log()));
        }
    }

    /**
     * The request of a sample. Samples must differ, or a vote says nothing: it is sent without the gateway's own temperature, and the
     * caller's seed is increased by one for each sample.
     */
    private CallRequest sampleRequest(int index) {
        Map<String, RawJson> fields = new LinkedHashMap<>(request.fields());
        Set<String> removable = new HashSet<>(request.removable());
        if (removable.remove(TEMPERATURE)) {
            fields.remove(TEMPERATURE);
        }
        fields.computeIfPresent(
                SEED,
                (name, seed) -> INTEGER.matcher(seed.text()).matches()
                        ? new RawJson(Long.toString(Long.parseLong(seed.text()) + index))
                        : seed);
        return new CallRequest(request.model(), request.messages(), fields, removable, request.earlierReasoning());
    }

    /** Reads the samples until the vote is decided. Returns the winner; -1 if no sample has an answer. */
    private int vote(ConcurrentCalls concurrent) {
        Ballot ballot = new Ballot(samples.size());
        while (!ballot.isDecided()) {
            CallEvent event = concurrent.next();
            if (event == null) {
                break;
            }
            receive(event, concurrent, ballot);
        }
        concurrent.keepOnly(ballot.winner()); // which has ended
        for (int index : open) {
            samples.get(index).showEnd(StepOutcome.CANCELLED, settings.notes().decided());
        }
        return ballot.winner() < 0 ? withoutVote : ballot.winner();
    }

    private void receive(CallEvent event, ConcurrentCalls concurrent, Ballot ballot) {
        int index = event.index();
        Sample sample = samples.get(index);
        if (event instanceof CallEvent.Piece piece) {
            sample.feed(piece.delta(), concurrent.startsThinking(index));
            concurrent.setUntaggedReasoning(index, sample.untaggedReasoningLength());
            return;
        }
        open.remove(index);
        if (event instanceof CallEvent.Ended ended) {
            if (sample.end(ended.reason(), concurrent.startsThinking(index))) {
                Result result = sample.result();
                sample.showResult(result.line());
                ballot.end(index, result.value());
                if (result.value() == null) {
                    rememberWithoutVote(index, ended.reason());
                }
                return;
            }
            if (!Sample.isComplete(ended.reason())) {
                fail(index, settings.notes().incomplete(), null, ballot);
                return;
            }
        }
        GatewayException cause =
                event instanceof CallEvent.Failed failed ? failed.cause() : UpstreamException.emptyReply();
        fail(index, String.valueOf(cause.getMessage()), cause, ballot);
    }

    private void rememberWithoutVote(int index, FinishReason reason) {
        FinishReason earlier = withoutVote < 0 ? null : samples.get(withoutVote).reason();
        if (earlier == null || (!Sample.isComplete(earlier) && Sample.isComplete(reason))) {
            withoutVote = index;
        }
    }

    private void fail(int index, String why, @Nullable GatewayException cause, Ballot ballot) {
        samples.get(index).showEnd(StepOutcome.FAILED, why);
        ballot.end(index, null);
        firstFailure = firstFailure == null ? cause : firstFailure;
    }
}
