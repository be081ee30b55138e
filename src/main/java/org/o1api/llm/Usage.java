package org.o1api.llm;

/**
 * Tokens that the upstream counted.
 *
 * @param inputTokens all of the prompt, {@code cachedTokens} included
 * @param outputTokens all that was generated, {@code reasoningTokens} included
 */
public record Usage(long inputTokens, long cachedTokens, long outputTokens, long reasoningTokens) {
    public static final Usage NONE = new Usage(0, 0, 0, 0);

    public Usage {
        if (cachedTokens < 0 || cachedTokens > inputTokens) {
            throw new IllegalArgumentException("cached " + cachedTokens + " of input " + inputTokens);
        }
        if (reasoningTokens < 0 || reasoningTokens > outputTokens) {
            throw new IllegalArgumentException("reasoning " + reasoningTokens + " of output " + outputTokens);
        }
    }

    public Usage plus(Usage other) {
        return new Usage(
                inputTokens + other.inputTokens,
                cachedTokens + other.cachedTokens,
                outputTokens + other.outputTokens,
                reasoningTokens + other.reasoningTokens);
    }

    /** The same tokens, all of the output counted as reasoning. */
    public Usage asReasoning() {
        return new Usage(inputTokens, cachedTokens, outputTokens, outputTokens);
    }

    /** The same tokens, so many of the output counted as reasoning, or all of it where it is less. */
    public Usage withReasoning(long tokens) {
        return new Usage(inputTokens, cachedTokens, outputTokens, Math.min(tokens, outputTokens));
    }

    public long totalTokens() {
        return inputTokens + outputTokens;
    }
}
