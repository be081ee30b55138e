package org.o1api.model;

/**
 * Tokens of one call or several.
 *
 * @param inputTokens all of the prompt, {@code cachedTokens} and {@code cacheWriteTokens} included
 * @param cachedTokens those of the prompt that the provider read from its cache
 * @param cacheWriteTokens those of the prompt that the provider wrote to its cache; 0 if it does not report them
 * @param outputTokens all that was generated, {@code reasoningTokens} included
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

    /** Tokens of which none were written to a cache. */
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

    /** The tokens of the prompt, with the output of another usage. */
    public Usage withOutputOf(Usage other) {
        return new Usage(inputTokens, cachedTokens, cacheWriteTokens, other.outputTokens, other.reasoningTokens);
    }

    /** The same tokens, all of the output counted as reasoning. */
    public Usage asReasoning() {
        return withReasoning(outputTokens);
    }

    /** The same tokens, this many of the output counted as reasoning, at most all of it. */
    public Usage withReasoning(long tokens) {
        return new Usage(inputTokens, cachedTokens, cacheWriteTokens, outputTokens, Math.min(tokens, outputTokens));
    }

    public long totalTokens() {
        return inputTokens + outputTokens;
    }
}
