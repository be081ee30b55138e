package org.o1api.conversation;

/**
 * Limits of the history that is added to a prompt.
 *
 * @param tokens limit of the whole prompt; beyond it the oldest turns are left out, except their instructions
 * @param characters limit of the turns that are read from the database; older turns are left out
 * @param includeReasoning whether earlier answers are sent with their reasoning
 */
public record HistoryLimits(long tokens, long characters, boolean includeReasoning) {}
