package org.o1api.conversation;

/**
 * How much of a history the model is told.
 *
 * @param tokens of the whole prompt; of more the oldest turns are left out, but for their instructions
 * @param characters of the turns that are read; of more the older ones are left out, too
 * @param includeReasoning whether earlier answers come with their reasoning
 */
public record HistoryLimits(long tokens, long characters, boolean includeReasoning) {}
