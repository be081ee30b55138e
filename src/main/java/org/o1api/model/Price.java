package org.o1api.model;

import java.math.BigDecimal;

/**
 * What a provider charges for a model, per million tokens, in the configured currency.
 *
 * @param input for prompt tokens that are neither read from nor written to the provider's cache
 * @param cachedInput for prompt tokens that the provider read from its cache
 * @param cacheWrite for prompt tokens that the provider wrote to its cache
 * @param output for generated tokens, including reasoning
 */
public record Price(BigDecimal input, BigDecimal cachedInput, BigDecimal cacheWrite, BigDecimal output) {
    /** The decimal places of a million. */
    private static final int MILLION = 6;

    public Price {
        if (input.signum() < 0 || cachedInput.signum() < 0 || cacheWrite.signum() < 0 || output.signum() < 0) {
            throw new IllegalArgumentException("a price must not be negative");
        }
    }

    /** The exact cost of these tokens. */
    public BigDecimal cost(Usage usage) {
        long uncached = usage.inputTokens() - usage.cachedTokens() - usage.cacheWriteTokens();
        return times(input, uncached)
                .add(times(cachedInput, usage.cachedTokens()))
                .add(times(cacheWrite, usage.cacheWriteTokens()))
                .add(times(output, usage.outputTokens()))
                .movePointLeft(MILLION);
    }

    /** The most that these tokens can cost, whatever part of the input the provider reads from its cache or writes to it. */
    public BigDecimal highestCost(long inputTokens, long outputTokens) {
        return times(input.max(cachedInput).max(cacheWrite), inputTokens)
                .add(times(output, outputTokens))
                .movePointLeft(MILLION);
    }

    /** The higher one of two prices, each component by itself. */
    public Price max(Price other) {
        return new Price(
                input.max(other.input),
                cachedInput.max(other.cachedInput),
                cacheWrite.max(other.cacheWrite),
                output.max(other.output));
    }

    private static BigDecimal times(BigDecimal price, long tokens) {
        return price.multiply(BigDecimal.valueOf(tokens));
    }
}
