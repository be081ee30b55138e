package org.o1api.reasoning;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Effort;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.UsageReport;

/**
 * A named model of ours: what a caller asks for as {@code model}.
 *
 * @param aliases other names that callers may ask for it by; they are not listed
 * @param upstreams the names of the upstreams that it calls, at least one: each stands in for the one before
 * @param model the upstream's name of the model
 * @param strategy the name of the strategy that thinks
 * @param history what it is told of a conversation
 * @param reasoningFormat where the reasoning goes; null: as the config says
 * @param usage what the usage of a reply reports; null: as the config says
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

    /** The same preset with another name of the upstream's model. */
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

    /** The names of its upstreams, as a log shows them. */
    public String upstreamNames() {
        return String.join(",", upstreams);
    }

    /**
     * How many steps a turn takes, and how long they are.
     *
     * @param min a model that stops earlier is asked to check itself; 0..max
     * @param max 0 answers without steps; at most 100
     * @param afterTools the min of a turn that continues after the result of a tool; more than max counts as max
     * @param tokens the output limit of a step's call
     * @param loopDetection whether a model that repeats itself ends the reasoning
     */
    public record Steps(int min, int max, int afterTools, int tokens, boolean loopDetection) {
        public static final Steps DEFAULT = new Steps(3, 25);

        public Steps {
            if (min < 0 || min > max || max > 100) {
                throw new IllegalArgumentException(
                        "steps must satisfy 0 <= min <= max <= 100, but are " + min + ".." + max);
            }
        }

        /** So many steps, everything else at its default. */
        public Steps(int min, int max) {
            this(min, max, 0, 4096, true);
        }

        /** The steps of a turn with this effort: never more than the preset's, and at high effort never fewer. */
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

        /** The same settings with other numbers of steps. */
        public Steps withRange(int newMin, int newMax) {
            return new Steps(newMin, newMax, afterTools, tokens, loopDetection);
        }
    }

    /**
     * How much of its conversation a turn is told.
     *
     * @param tokens of the conversation and what is new in the request; of more the oldest turns are left out, but for their
     *     instructions
     * @param reasoning whether earlier answers come with their reasoning
     */
    public record History(long tokens, boolean reasoning) {
        public static final History DEFAULT = new History(64_000, false);
    }

    /**
     * What a turn may use. Used up calls or tokens end the thinking, never the answer.
     *
     * @param calls upstream calls, the closing one included; at least 1
     * @param tokens of output, over all calls
     * @param time of the whole turn, see {@link #reasoningTime}
     * @param retries over all calls: attempts after a call's first one, and calls made again that broke off
     */
    public record Budget(int calls, long tokens, Duration time, int retries) {
        public static final Budget DEFAULT = new Budget(30, 50_000, Duration.ofMinutes(5), 6);

        private static final Duration MIN_ANSWER_TIME = Duration.ofSeconds(10);

        /** How much of the time thinking may take: the last quarter is the answer's, at least 10 s, and at most half. */
        public Duration reasoningTime() {
            Duration quarter = time.dividedBy(4);
            Duration half = time.dividedBy(2);
            Duration forAnswer = quarter.compareTo(MIN_ANSWER_TIME) > 0 ? quarter : MIN_ANSWER_TIME;
            return time.minus(forAnswer.compareTo(half) < 0 ? forAnswer : half);
        }
    }
}
