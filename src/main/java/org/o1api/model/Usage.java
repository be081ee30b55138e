package org.o1api.model;

/**
 * The token counts of one or more calls.
 *
 * @param inputTokens the whole prompt, including {@code cachedTokens} and {@code cacheWriteTokens}
 * @param cachedTokens prompt tokens that the provider read from its cache
 * @param cacheWriteTokens prompt tokens that the provider wrote to its cache; 0 if not reported
 * @param outputTokens all generated tokens, including {@code reasoningTokens}
 */
public record Usage(
        long inputTokens, long cachedTokens, long cacheWriteTokens, long outputTokens, long reasoningTokens) {
    public static final Usage NONE = new Usage(0, 0, 0, 0);

    public Usage {
        if (cachedTokens < 0 || cacheWriteTokens < 0 || cachedTokens + cacheWriteTokens > inputTokens) {
            throw new IllegalArgumentException("invalid token counts: cached " + cachedTokens + ", cache write "
                    + cacheWriteTokens + ", input " + inputTokens);
        }
        if (reasoningTokens < 0 || reasoningTokens > outputTokens) {
            throw new IllegalArgumentException(
                    "invalid token counts: reasoning " + reasoningTokens + ", output " + outputTokens);
        }
    }

    /** Counts without cache writes. */
    public Usage(long inputTokens, long cachedTokens, long outputTokens, long reasoningTokens) {
        this(inputTokens, cachedTokens, 0, outputTokens, reasoningTokens);
    }

    public Usage plus(Usage other) {
        return new Usage(
                inputTokens + other.inputTokens,
                cachedTokens + other.cachedTokens,
                cacheWriteTokens + other.cacheWriteTokens,
                outputTokens + other.outputTokens,
                reasoningTokens + other.reasoningTokens);
    }

    /** Returns the input counts of this usage with the output counts of another one. */
    public Usage withOutputOf(Usage other) {
        return new Usage(inputTokens, cachedTokens, cacheWriteTokens, other.outputTokens, other.reasoningTokens);
    }

    /** Returns a copy that counts all output as reasoning. */
    public Usage asReasoning() {
        return withReasoning(outputTokens);
    }

    /** Returns a copy with this many reasoning tokens, limited to the output tokens. */
    public Usage withReasoning(long tokens) {
        return new Usage(inputTokens, cachedTokens, cacheWriteTokens, outputTokens, Math.min(tokens, outputTokens));
    }

    public long totalTokens() {
        return inputTokens + outputTokens;
    }
}
