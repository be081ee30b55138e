package org.o1api.conversation;

/**
 * Limits of the history that is added to a prompt.
 *
 * @param tokens limit of the whole prompt; beyond it the oldest turns are left out, except their instructions
 * @param characters limit of the turns that are read from the database; older turns are left out
 * @param includeReasoning whether earlier answers are sent with their reasoning
 * @param mayTruncate whether turns may be left out; otherwise a history beyond the limits is an error
 * @param requiresNewMessage whether a request without a new message is an error, unless the conversation waits for an answer
 */
public record HistoryLimits(
        long tokens, long characters, boolean includeReasoning, boolean mayTruncate, boolean requiresNewMessage) {
    /** Limits for a request that is answered. */
    public HistoryLimits(long tokens, long characters, boolean includeReasoning, boolean mayTruncate) {
        this(tokens, characters, includeReasoning, mayTruncate, true);
    }

    /** Limits beyond which the oldest turns are left out. */
    public HistoryLimits(long tokens, long characters, boolean includeReasoning) {
        this(tokens, characters, includeReasoning, true);
    }
}
