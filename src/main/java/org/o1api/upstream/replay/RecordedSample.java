package org.o1api.upstream.replay;

import org.o1api.model.FinishReason;

/**
 * One recorded reply.
 *
 * @param promptTokens as the model's server counted them
 * @param completionTokens as the model's server counted them
 */
record RecordedSample(String text, FinishReason finishReason, long promptTokens, long completionTokens) {}
