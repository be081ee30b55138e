package org.o1api.reasoning.sampling;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.CancelledException;
import org.o1api.model.Delta;
import org.o1api.model.EndedBy;
import org.o1api.model.FinishReason;
import org.o1api.model.TurnEvent.StepTokens;
import org.o1api.reasoning.CallEvent;
import org.o1api.reasoning.ConcurrentCalls;
import org.o1api.reasoning.ModelCall;
import org.o1api.reasoning.TurnContext;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.UpstreamException;

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
    private final VoteLog log;
    private final StepNumbers steps = new StepNumbers();
    private final VoteAnswer answer;
    private boolean openText;

    /** Prepares a vote without samples. */
    public SampleVote(TurnContext turn, VoteSettings settings) {
        this.turn = turn;
        this.settings = settings;
        this.calls = turn.calls().concurrent();
        SampleRequests requests = new SampleRequests(turn, settings.prompts());
        this.log = new VoteLog(turn.log(), settings.notes());
        if (turn.prompt().constrainsAnswer()) {
            calls.answerFollows();
        }
        this.samples = new SampleCalls(turn, calls, requests, settings.notes(), steps);
        this.answer = new VoteAnswer(turn, samples, requests, steps);
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
        return samples.choice().hasAnswer(sample);
    }

    /** What a sample votes for; null: nothing. */
    public @Nullable AnswerKey keyOf(int sample) {
        return samples.ballot().keyOf(sample);
    }

    /** Whether a sample neither marks its result nor is nothing else ({@link SampleKey#isOpen}). */
    public boolean isOpen(int sample) {
        return samples.ballot().isOpen(sample);
    }

    /** The whole text of a sample, without the model's own reasoning. */
    public String text(int sample) {
        return samples.sample(sample).text();
    }

    /** The text of a sample's answer, without case and differences in white space; empty if it is not only text. */
    public String plainAnswer(int sample) {
        return samples.sample(sample).plainAnswer();
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
        if (standing.votes() < 2 || (isOpen(0) && isOpen(1))) {
            standing = samples.choice().agreement(0, 1);
            log.tally(standing);
        }
        return finish(VoteEnd.AGREED, standing, samples.choice().best(List.of(0, 1)));
    }

    /** Takes samples until the vote is decided, and answers. */
    public FinishReason vote() {
        return vote(false);
    }

    /**
     * Takes samples until the vote is decided, and answers.
     *
     * @param openText whether the results are text of any wording: then the vote ends after the second wave if no two of them are equal
     */
    public FinishReason vote(boolean openText) {
        this.openText = openText;
        while (true) {
            VoteEnd end = end();
            if (end == null && samples.open() == 0) {
                end = startWave();
            }
            if (end != null) {
                return finish(end);
            }
            if (samples.awaitEnd()) {
                log.tally(samples.ballot().standing());
            }
        }
    }

    /** Returns why no sample was started; null: one was. */
    private @Nullable VoteEnd startWave() {
        int wave = Math.min(sizeOfWave(), settings.max() - samples.started());
        if (wave <= 0) {
            return VoteEnd.FAILED;
        }
        return samples.start(wave, reserved()) > 0 ? null : VoteEnd.BUDGET;
    }

    /** Failed samples are replaced as long as the turn has retries. If no sample has an answer, only replacements start. */
    private int sizeOfWave() {
        FailedSamples failed = samples.failed();
        List<UpstreamException> failures = failed.takeRepeatable();
        int replaced = turn.calls().awaitReplacements(failures);
        int cutOff = failed.takeCutOff();
        if (samples.started() > 0 && samples.answered() == 0) {
            return replaced + cutOff;
        }
        int missing = settings.first() - samples.answered();
        return missing > 0 ? missing - (failures.size() - replaced) : settings.then();
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
        if (turn.calls().isTimeUsedUp() && samples.choice().hasAnswer()) {
            return VoteEnd.BUDGET;
        }
        if (samples.open() > 0 || samples.started() == 0) {
            return null;
        }
        if (isCutOff) {
            return VoteEnd.BUDGET;
        }
        if (samples.failed().isFinal()) {
            return VoteEnd.FAILED;
        }
        if (samples.started() >= settings.max()) {
            return VoteEnd.LIMIT;
        }
        if (samples.answered() < settings.first()) {
            return null;
        }
        if (standing.leader() == null) {
            return VoteEnd.NOTHING;
        }
        boolean isScattered = openText && standing.votes() == 1;
        return isScattered && samples.answered() >= settings.first() + settings.then() ? VoteEnd.SCATTERED : null;
    }

    private int notStarted() {
        if (samples.failed().isFinal()) {
            return 0;
        }
        int allowed = Math.min(settings.max() - samples.started(), turn.calls().remainingCalls() - reserved());
        return Math.max(0, allowed);
    }

    /** Which limit of the budget has refused or ended a call, or all of it; null: none. */
    private @Nullable EndedBy limit() {
        EndedBy first = turn.calls().exhausted();
        return first == null && turn.calls().isTimeUsedUp() ? EndedBy.BUDGET_TIME : first;
    }

    private FinishReason finish(VoteEnd end) {
        Ballot.Standing standing = samples.ballot().standing();
        SampleChoice choice = samples.choice();
        if (samples.answered() > 0) {
            List<Integer> leaders = standing.samples();
            return finish(end, standing, choice.best(leaders.isEmpty() ? choice.answered() : leaders));
        }
        Integer cutOff = choice.longestEndedByBudget();
        if (cutOff != null) {
            return finish(VoteEnd.BUDGET, standing, cutOff);
        }
        return answer.withoutSample(limit(), end.endedBy(limit()));
    }

    private FinishReason finish(VoteEnd end, Ballot.Standing standing, int winner) {
        VoteNotes notes = settings.notes();
        boolean closes = answer.needsClosingCall(winner);
        SampleCalls.Cancelled cancelled =
                samples.cancelOpen(end == VoteEnd.BUDGET ? notes.exhausted() : notes.decided(), closes ? null : winner);
        if (samples.started() > 1) {
            log.end(steps.next(), end, standing, samples.started(), cancelled);
        }
        log.agreement(standing);
        turn.log().endedBy(end.endedBy(limit()));
        return closes ? answer.closing(winner) : answer.of(winner);
    }

    /** Cancels open calls. */
    @Override
    public void close() {
        calls.close();
    }
}
