package org.o1api.turn;

import org.o1api.llm.FinishReason;
import org.o1api.llm.Usage;

/**
 * What a turn came to, and what it took.
 *
 * @param calls of its upstreams; what was made again counts once
 */
public record Outcome(FinishReason reason, Usage usage, int calls) {}
