package org.o1api.reasoning.sampling;

import java.math.BigDecimal;
import org.o1api.model.Effort;
import org.o1api.settings.Section;
import org.o1api.settings.ValueType;

/**
 * How many samples a vote takes.
 *
 * @param first the number of samples that start at once
 * @param then the number that start together while the vote is undecided
 * @param max the most samples, 1 to {@link #LIMIT}
 * @param confidence the vote is decided if the probability that the leader stays ahead is at least this
 * @param prompts of the samples and the closing call
 * @param notes the gateway's own words
 */
public record VoteSettings(int first, int then, int max, double confidence, SamplePrompts prompts, VoteNotes notes) {
    public static final int LIMIT = 32;
    private static final ValueType<BigDecimal> CONFIDENCE = ValueType.decimal(new BigDecimal("0.5"), BigDecimal.ONE);
    private static final int MAX_AT_HIGH = 16;
    private static final int MAX_AT_XHIGH = 24;
    public static final VoteSettings DEFAULT =
            new VoteSettings(4, 2, 8, 0.95, SamplePrompts.DEFAULT, VoteNotes.DEFAULT);

    public VoteSettings {
        if (first < 1 || then < 1 || max < 1 || max > LIMIT || confidence < 0.5 || confidence > 1) {
            throw new IllegalArgumentException("a vote of " + first + ", then " + then + ", at most " + max
                    + " samples with a confidence of " + confidence);
        }
    }

    /** Reads a section {@code vote}. */
    public static VoteSettings read(Section section, SamplePrompts defaultPrompts) {
        ValueType<Long> count = ValueType.integer(1, LIMIT);
        return new VoteSettings(
                section.get("first", count, (long) DEFAULT.first).intValue(),
                section.get("then", count, (long) DEFAULT.then).intValue(),
                section.get("max", count, (long) DEFAULT.max).intValue(),
                section.get("confidence", CONFIDENCE, BigDecimal.valueOf(DEFAULT.confidence))
                        .doubleValue(),
                section.section("prompts", prompts -> SamplePrompts.read(prompts, defaultPrompts)),
                section.section("notes", VoteNotes::read));
    }

    /** Returns the settings for an effort of {@code medium} and above: the preset's, or another maximum. */
    public VoteSettings withEffort(Effort effort) {
        return switch (effort) {
            case NONE, MINIMAL, LOW, MEDIUM -> this;
            case HIGH -> withMax(MAX_AT_HIGH);
            case XHIGH -> withMax(MAX_AT_XHIGH);
            case MAX -> withMax(LIMIT);
        };
    }

    private VoteSettings withMax(int samples) {
        return new VoteSettings(first, then, samples, confidence, prompts, notes);
    }
}
