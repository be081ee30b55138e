package org.o1api.reasoning.sampling;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.CancelledException;
import org.o1api.model.Delta;
import org.o1api.model.EndedBy;
import org.o1api.model.FinishReason;
import org.o1api.model.GatewayException;
import org.o1api.model.TurnEvent.StepTokens;
import org.o1api.reasoning.CallEvent;
import org.o1api.reasoning.ConcurrentCalls;
import org.o1api.reasoning.ModelCall;
import org.o1api.reasoning.TurnContext;
import org.o1api.reasoning.closing.ClosingCall;
import org.o1api.reasoning.closing.OneStep;
import org.o1api.reasoning.text.AnswerRequests;
import org.o1api.upstream.CallRequest;

/**
 * An adaptive vote of samples (self-consistency, arXiv 2203.11171; adaptive stopping, arXiv 2305.11860). A first wave of samples starts
 * at once. While the vote is undecided and no sample is open, the next wave starts; samples that failed are replaced in it. The vote is
 * decided, and open samples are cancelled, when the leader stays ahead with the wanted probability or nobody can catch up. Undecided at
 * the maximum, the leader wins. The answer is that of the earliest sample with the winning key, one that is not cut off if there is one.
 */
public final class SampleVote implements AutoCloseable {
    private final VoteSettings settings;
    private final TurnContext turn;
    private final ConcurrentCalls calls;
    private final SampleCalls samples;
    private final SampleRequests requests;
    private final VoteLog log;
    private final StepNumbers steps = new StepNumbers();
    private boolean openText;

    /** Prepares a vote without samples. */
    public SampleVote(TurnContext turn, VoteSettings settings) {
        this.turn = turn;
        this.settings = settings;
        this.calls = turn.calls().concurrent();
        this.requests = new SampleRequests(turn, settings.prompts());
        this.log = new VoteLog(turn.log(), settings.notes());
        if (turn.prompt().constrainsAnswer()) {
            calls.answerFollows();
        }
        this.samples = new SampleCalls(turn, calls, requests, settings.notes(), steps);
    }

    /** Whether the budget has calls for this many samples, and for the closing call if one is needed. */
    public static boolean isPossible(TurnContext turn, int samples) {
        return turn.calls().remainingCalls() >= samples + (turn.prompt().constrainsAnswer() ? 1 : 0);
    }

    /**
     * The number of calls that must be left in the budget: one for the answer if it is constrained, or as long as no sample has one. The
     * budget can then end all samples, and the turn still has an answer.
     */
    private int reserved() {
        return turn.prompt().constrainsAnswer() || samples.answered() == 0 ? 1 : 0;
    }

    /** Starts samples and waits until all of them have ended. With few calls in the budget one of them starts after the others. */
    public void sample(int count) {
        int missing = count;
        int started = samples.start(missing, reserved());
        while (started > 0) {
            missing -= started;
            while (samples.awaitEnd()) {
                log.tally(samples.ballot().standing());
            }
            started = samples.open() > 0 ? 0 : samples.start(missing, reserved());
        }
    }

    /** Whether a sample has ended with an answer. Samples are numbered from 0 in the order in which they started. */
    public boolean hasAnswer(int sample) {
        return samples.hasAnswer(sample);
    }

    /** What a sample votes for; null: nothing. */
    public @Nullable AnswerKey keyOf(int sample) {
        return samples.ballot().keyOf(sample);
    }

    /** The whole text of a sample, without the model's own reasoning. */
    public String text(int sample) {
        return samples.sample(sample).text();
    }

    /** The number of the next step of the turn. */
    public int nextStep() {
        return steps.next();
    }

    /**
     * What another call has said.
     *
     * @param text empty if the call failed or the budget did not allow it
     * @param reason why it ended; null: the call failed or the budget did not allow it
     */
    public record Reply(String text, @Nullable FinishReason reason, StepTokens tokens) {}

    /** Makes another call while no sample is open, after one that has an answer, and reads its text. */
    public Reply ask(CallRequest request) {
        boolean isAllowed = turn.calls().remainingCalls() > reserved();
        int index = isAllowed ? calls.start(new ModelCall(request, Purpose.JUDGE), reserved()) : -1;
        StringBuilder text = new StringBuilder();
        try {
            for (CallEvent event = index < 0 ? null : calls.next(); event != null; event = calls.next()) {
                if (event instanceof CallEvent.Piece piece && piece.delta() instanceof Delta.Text more) {
                    text.append(more.text());
                } else if (event instanceof CallEvent.Ended ended) {
                    return new Reply(text.toString(), ended.reason(), tokens(index));
                }
            }
        } catch (CancelledException e) {
            if (!turn.calls().isTimeUsedUp()) {
                throw e;
            }
        }
        return new Reply("", null, tokens(index));
    }

    private StepTokens tokens(int index) {
        return new StepTokens(index < 0 ? 0 : calls.receivedTokens(index), 0);
    }

    /**
     * Ends the vote because the first two samples agree, with equal keys or in other words. The answer is the first one's, unless that
     * one is cut off.
     */
    public FinishReason agree() {
        Ballot.Standing standing = samples.ballot().standing();
        return finish(
                VoteEnd.AGREED, standing.votes() > 1 ? standing : samples.agreement(0, 1), samples.best(List.of(0, 1)));
    }

    /** Takes samples until the vote is decided, and answers. */
    public FinishReason vote() {
        return vote(false);
    }

    /**
     * Takes samples until the vote is decided, and answers.
     *
     * @param openText whether the results are text of any wording: then the vote ends after the first wave if no two of them are equal
     */
    public FinishReason vote(boolean openText) {
        this.openText = openText;
        while (true) {
            VoteEnd end = end();
            if (end != null) {
                return finish(end);
            }
            boolean isOver = turn.calls().isTimeUsedUp() && samples.answered() > 0;
            if (isOver || (samples.open() == 0 && !startWave())) {
                return finish(VoteEnd.BUDGET);
            }
            if (samples.awaitEnd()) {
                log.tally(samples.ballot().standing());
            }
        }
    }

    private boolean startWave() {
        int missing = settings.first() - samples.answered();
        int wave = Math.min(missing > 0 ? missing : settings.then(), settings.max() - samples.started());
        return samples.start(wave, reserved()) > 0;
    }

    /** Why the vote ends now; null: it goes on. */
    private @Nullable VoteEnd end() {
        Ballot.Standing standing = samples.ballot().standing();
        if (standing.leader() != null && standing.probability() >= settings.confidence()) {
            return VoteEnd.LIKELY;
        }
        EndedBy limit = limit();
        boolean isCutOff = limit != null && limit != EndedBy.BUDGET_CALLS;
        int more = samples.open() + notStarted();
        if (!isCutOff && standing.leader() != null && more > 0 && standing.isOutOfReach(more)) {
            return VoteEnd.UNREACHABLE;
        }
        if (samples.open() > 0 || samples.started() == 0) {
            return null;
        }
        if (samples.answered() == 0) {
            return VoteEnd.FAILED;
        }
        if (isCutOff) {
            return VoteEnd.BUDGET;
        }
        if (samples.started() >= settings.max()) {
            return VoteEnd.LIMIT;
        }
        boolean comparable = openText ? standing.votes() > 1 : standing.leader() != null;
        return !comparable && samples.answered() >= settings.first() ? VoteEnd.NOTHING : null;
    }

    private int notStarted() {
        int allowed = Math.min(settings.max() - samples.started(), turn.calls().remainingCalls() - reserved());
        return Math.max(0, allowed);
    }

    /** Which limit of the budget has refused or ended a call, or all of it; null: none. */
    private @Nullable EndedBy limit() {
        EndedBy first = turn.calls().exhausted();
        return first == null && turn.calls().isTimeUsedUp() ? EndedBy.BUDGET_TIME : first;
    }

    private FinishReason finish(VoteEnd end) {
        if (samples.answered() == 0) {
            return endWithoutAnswer();
        }
        Ballot.Standing standing = samples.ballot().standing();
        return finish(end, standing, samples.best(standing.samples().isEmpty() ? samples.all() : standing.samples()));
    }

    private FinishReason finish(VoteEnd end, Ballot.Standing standing, int winner) {
        VoteNotes notes = settings.notes();
        SampleCalls.Cancelled cancelled =
                samples.cancelOpen(end == VoteEnd.BUDGET ? notes.incomplete() : notes.decided());
        if (samples.started() > 1) {
            log.end(steps.next(), end, standing, samples.started(), cancelled);
        }
        log.agreement(standing);
        turn.log().endedBy(end.endedBy(limit()));
        if (needsClosingCall(winner)) {
            SampleStep answer = samples.sample(winner);
            FinishReason reason = closingCall(answer.text()).answerUnlessFails(answer.answer());
            if (reason != null) {
                return reason;
            }
        }
        return answerWith(winner);
    }

    private FinishReason answerWith(int sample) {
        samples.markAsAnswer(sample);
        samples.sample(sample).report();
        return samples.sample(sample).reason();
    }

    /** Samples are unconstrained text. A tool call or a refusal is an answer whatever the format. */
    private boolean needsClosingCall(int winner) {
        if (!samples.sample(winner).isComplete() && turn.calls().exhausted() == EndedBy.BUDGET_TIME && canClose()) {
            return true; // the time of the answer is left
        }
        AnswerKey key = samples.ballot().keyOf(winner);
        boolean isText =
                key == null || (key.kind() != AnswerKey.Kind.TOOL_CALLS && key.kind() != AnswerKey.Kind.REFUSAL);
        return turn.prompt().constrainsAnswer() && (isText || turn.prompt().requiresToolCall());
    }

    private boolean canClose() {
        return turn.calls().remainingCalls() > 0 && turn.calls().hasTimeForAnswer();
    }

    private ClosingCall closingCall(String text) {
        return new ClosingCall(turn, AnswerRequests.of(turn), requests.basis(text), new OneStep(steps.next()));
    }

    /**
     * All samples have failed, or were cut off before their answer. If that was because of the budget or because they repeated themselves, a
     * closing call answers.
     */
    private FinishReason endWithoutAnswer() {
        EndedBy limit = limit();
        Integer loop = samples.firstLoop();
        if ((limit != null || loop != null) && turn.calls().remainingCalls() > 0) {
            samples.showFailures();
            turn.log().endedBy(limit == null ? EndedBy.LOOP : limit);
            int reply = loop == null ? 0 : loop;
            String text = samples.started() == 0 ? "" : samples.sample(reply).textWithoutRepetition();
            return closingCall(text).answer();
        }
        Integer filtered = samples.firstFiltered();
        GatewayException failure = samples.firstFailure();
        if (filtered == null && failure != null) {
            throw failure;
        }
        samples.showFailures();
        if (filtered != null) {
            turn.log().endedBy(EndedBy.ANSWERED);
            return answerWith(filtered);
        }
        turn.log().endedBy(limit == null ? EndedBy.MAX_TOKENS : limit);
        return FinishReason.LENGTH;
    }

    /** Cancels open calls. */
    @Override
    public void close() {
        calls.close();
    }
}
