package org.o1api.reasoning;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Effort;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.UsageReport;

/**
 * A model that the gateway offers: a named combination of provider model, strategy and limits. Callers select it by the
 * request's {@code model}.
 *
 * @param aliases other names that requests may use; not listed by {@code /v1/models}
 * @param upstreams names of the upstreams, at least one; each is the fallback of the one before
 * @param model the provider's name of the model
 * @param strategy the name of the reasoning strategy
 * @param history how much of a stored conversation is sent to the model
 * @param reasoningFormat where replies show the reasoning; null: the gateway's default
 * @param usage what a reply's usage reports; null: the gateway's default
 */
public record Preset(
        String name,
        Set<String> aliases,
        List<String> upstreams,
        String model,
        String strategy,
        Steps steps,
        Budget budget,
        StepPrompts prompts,
        Notes notes,
        History history,
        @Nullable ReasoningFormat reasoningFormat,
        @Nullable UsageReport usage) {
    public Preset {
        aliases = Set.copyOf(aliases);
        upstreams = List.copyOf(upstreams);
    }

    /** Returns a copy with another upstream model. */
    public Preset withModel(String other) {
        return new Preset(
                name,
                aliases,
                upstreams,
                other,
                strategy,
                steps,
                budget,
                prompts,
                notes,
                history,
                reasoningFormat,
                usage);
    }

    /** The names of the upstreams, separated by commas, for the log. */
    public String upstreamNames() {
        return String.join(",", upstreams);
    }

    /**
     * The number and size of the steps.
     *
     * @param min a model that wants to stop earlier is asked to check its result first; 0 to {@code max}
     * @param max at most 100; 0: answer without steps
     * @param afterTools the minimum for a turn that continues after a tool result; limited to {@code max}
     * @param tokens the maximum output tokens of a step's call
     * @param loopDetection whether to end the reasoning when the model repeats itself
     */
    public record Steps(int min, int max, int afterTools, int tokens, boolean loopDetection) {
        public static final Steps DEFAULT = new Steps(3, 25);

        public Steps {
            if (min < 0 || min > max || max > 100) {
                throw new IllegalArgumentException(
                        "steps must satisfy 0 <= min <= max <= 100, but are " + min + ".." + max);
            }
        }

        /** Steps with this minimum and maximum, and defaults for the rest. */
        public Steps(int min, int max) {
            this(min, max, 0, 4096, true);
        }

        /** The steps for a reasoning effort. Effort never raises {@code max}, and high effort never lowers {@code min}. */
        public Steps withEffort(Effort effort) {
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
        public Steps withRange(int newMin, int newMax) {
            return new Steps(newMin, newMax, afterTools, tokens, loopDetection);
        }
    }

    /**
     * How much of a stored conversation is sent to the model.
     *
     * @param tokens the maximum for history and new messages together; above it the oldest turns are left out, except their
     *     instructions
     * @param reasoning whether earlier answers are sent with their reasoning
     */
    public record History(long tokens, boolean reasoning) {
        public static final History DEFAULT = new History(64_000, false);
    }

    /**
     * What a turn may use. When calls or tokens are used up, the reasoning ends and the answer is generated from it.
     *
     * @param calls upstream calls, including the closing call; at least 1
     * @param tokens output tokens of all calls
     * @param time the maximum duration of the turn, see {@link #reasoningTime}
     * @param retries the maximum for all calls together: attempts after a call's first one, and calls repeated after their reply
     *     broke off
     */
    public record Budget(int calls, long tokens, Duration time, int retries) {
        public static final Budget DEFAULT = new Budget(30, 50_000, Duration.ofMinutes(5), 6);

        private static final Duration MIN_ANSWER_TIME = Duration.ofSeconds(10);

        /**
         * The part of the time that reasoning may use. The rest is reserved for the answer: a quarter, but at least 10 s and at
         * most half.
         */
        public Duration reasoningTime() {
            Duration quarter = time.dividedBy(4);
            Duration half = time.dividedBy(2);
            Duration forAnswer = quarter.compareTo(MIN_ANSWER_TIME) > 0 ? quarter : MIN_ANSWER_TIME;
            return time.minus(forAnswer.compareTo(half) < 0 ? forAnswer : half);
        }
    }
}
