package org.o1api.reasoning.steps;

import org.o1api.model.Effort;
import org.o1api.settings.Section;
import org.o1api.settings.ValueType;

/**
 * The number and size of the steps.
 *
 * @param min a model that wants to stop earlier is asked to check its result first; 0 to {@code max}
 * @param max at most 100; 0: answer without steps
 * @param afterTools the minimum for a turn that continues after a tool result; limited to {@code max}
 * @param tokens the maximum output tokens of a step's call
 * @param loopDetection whether to end the reasoning when the model repeats itself
 */
record Steps(int min, int max, int afterTools, int tokens, boolean loopDetection) {
    static final Steps DEFAULT = new Steps(3, 25);

    Steps {
        if (min < 0 || min > max || max > 100) {
            throw new IllegalArgumentException(
                    "steps must satisfy 0 <= min <= max <= 100, but are " + min + ".." + max);
        }
    }

    /** Steps with this minimum and maximum, and defaults for the rest. */
    Steps(int min, int max) {
        this(min, max, 0, 4096, true);
    }

    /** The steps for a reasoning effort. Effort never raises {@code max}, and high effort never lowers {@code min}. */
    Steps withEffort(Effort effort) {
        return switch (effort) {
            case NONE -> withRange(0, 0);
            case MINIMAL -> withRange(Math.min(1, max), Math.min(1, max));
            case LOW -> withRange(Math.min(1, max), Math.min(3, max));
            case MEDIUM -> this;
            case HIGH -> withMinAtLeast(5);
            case XHIGH, MAX -> withMinAtLeast(8);
        };
    }

    private Steps withMinAtLeast(int newMin) {
        return withRange(Math.max(min, Math.min(newMin, max)), max);
    }

    /** Returns a copy with another minimum and maximum. */
    Steps withRange(int newMin, int newMax) {
        return new Steps(newMin, newMax, afterTools, tokens, loopDetection);
    }

    /** Reads a section {@code presets.*.steps}. */
    static Steps read(Section section) {
        ValueType<Long> count = ValueType.integer(0, 100);
        Long configuredMin = section.find("min", count, DEFAULT.min + ", or max if that is less");
        long max = section.get("max", count, (long) DEFAULT.max);
        long min = configuredMin == null ? Math.min(DEFAULT.min, max) : configuredMin;
        if (min > max) {
            section.addProblem("min", "found " + min + ", allowed: at most max, which is " + max);
            return DEFAULT;
        }
        return new Steps(
                (int) min,
                (int) max,
                section.get("after_tools", count, (long) DEFAULT.afterTools).intValue(),
                section.get("tokens", ValueType.integer(1, 1_000_000), (long) DEFAULT.tokens)
                        .intValue(),
                section.get("loop_detection", ValueType.BOOLEAN, DEFAULT.loopDetection));
    }
}
