package org.o1api.reasoning.sampling;

import org.jspecify.annotations.Nullable;
import org.o1api.model.EndedBy;

/** Why a vote takes no more samples. */
enum VoteEnd {
    /** The leader probably stays ahead. */
    LIKELY,
    /** Nobody can catch up. */
    UNREACHABLE,
    /** All samples of the preset are used. */
    LIMIT,
    /** The first two samples agree. */
    AGREED,
    /** No sample has a result that can be compared. */
    NOTHING,
    /** The results are texts of any wording, and no two of them are equal. */
    SCATTERED,
    /** The budget is used up. */
    BUDGET,
    /** The provider rejects the calls, or no retry is left for those that failed. */
    FAILED;

    /**
     * The gateway's words for it.
     *
     * @param probability that the leader stays ahead
     * @param samples the number of samples that were started
     */
    String words(VoteNotes notes, double probability, int samples) {
        return switch (this) {
            case LIKELY -> notes.likely(probability);
            case UNREACHABLE -> notes.unreachable();
            case LIMIT -> notes.limit(samples);
            case AGREED -> notes.agreed();
            case NOTHING -> notes.nothing();
            case SCATTERED -> notes.scattered(samples);
            case FAILED -> notes.failed();
            case BUDGET -> notes.budget();
        };
    }

    /**
     * The reason as it is reported.
     *
     * @param exhausted the limit of the budget that is used up; null: none
     */
    EndedBy endedBy(@Nullable EndedBy exhausted) {
        return switch (this) {
            case LIKELY, UNREACHABLE, AGREED -> EndedBy.DECIDED;
            case LIMIT, SCATTERED -> EndedBy.LIMIT;
            case NOTHING, FAILED -> EndedBy.ANSWERED;
            case BUDGET -> exhausted == null ? EndedBy.BUDGET_CALLS : exhausted;
        };
    }
}
