package org.o1api.reasoning.sampling;

import org.o1api.model.StepKind;
import org.o1api.model.TurnEvent.StepOutcome;
import org.o1api.model.TurnSummary.Agreement;
import org.o1api.reasoning.TurnLog;

/** Shows the votes of a turn, as they are while samples arrive and at the end. */
final class VoteLog {
    private final TurnLog out;
    private final VoteNotes notes;

    VoteLog(TurnLog out, VoteNotes notes) {
        this.out = out;
        this.notes = notes;
    }

    /** The votes so far. */
    void tally(Ballot.Standing standing) {
        if (standing.leader() != null) {
            out.tally(standing.counts(), standing.probability());
        }
    }

    /**
     * The votes at the end, why sampling stopped, and what was cancelled, as a step.
     *
     * @param samples the number of samples that were started
     */
    void end(int step, VoteEnd end, Ballot.Standing standing, int samples, SampleCalls.Cancelled cancelled) {
        String why = end.words(notes, standing.probability(), samples);
        out.stepStarted(step, StepKind.VOTE, notes.vote());
        String counts = notes.counts(standing.counts(), standing.voters());
        StringBuilder text =
                new StringBuilder(counts).append(counts.isEmpty() ? "" : "\n").append(why);
        if (cancelled.samples() > 0) {
            text.append(' ').append(notes.cancelled(cancelled.samples(), cancelled.savedTokens()));
        }
        out.stepText(step, text.toString());
        out.note(why);
        out.stepEnded(step, StepOutcome.COMPLETED, why);
    }

    /** The result of the vote, if there is one. */
    void agreement(Ballot.Standing standing) {
        if (standing.leader() != null) {
            out.agreed(new Agreement(
                    standing.leader().label(), standing.votes(), standing.voters(), standing.probability()));
        }
    }
}
