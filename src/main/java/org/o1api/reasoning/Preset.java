package org.o1api.reasoning;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Budget;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.UsageReport;

/**
 * A model that the gateway offers: a named combination of provider model, strategy and limits. Callers select it by the
 * request's {@code model}.
 *
 * @param aliases other names that requests may use; not listed by {@code /v1/models}
 * @param upstreams names of the upstreams, at least one; each is the fallback of the one before
 * @param model the provider's name of the model
 * @param strategy the reasoning strategy with its settings
 * @param history how much of a stored conversation is sent to the model
 * @param show what clients see of steps that run at the same time
 * @param reasoningFormat where replies show the reasoning; null: the gateway's default
 * @param usage what a reply's usage reports; null: the gateway's default
 */
public record Preset(
        String name,
        Set<String> aliases,
        List<String> upstreams,
        String model,
        Strategy strategy,
        Budget budget,
        History history,
        ShownSteps show,
        @Nullable ReasoningFormat reasoningFormat,
        @Nullable UsageReport usage) {
    public Preset {
        aliases = Set.copyOf(aliases);
        upstreams = List.copyOf(upstreams);
    }

    /** Returns a copy with another upstream model. */
    public Preset withModel(String other) {
        return new Preset(name, aliases, upstreams, other, strategy, budget, history, show, reasoningFormat, usage);
    }

    /** The names of the upstreams, separated by commas, for the log. */
    public String upstreamNames() {
        return String.join(",", upstreams);
    }

    /** What clients that show one step after the other see of a step that started while another one was open. */
    public enum ShownSteps {
        /** The step's conclusion, when it has ended. */
        CONCLUSIONS,
        /** Its text, after the texts of the steps before it. */
        ALL;

        private final String configName = name().toLowerCase(Locale.ROOT);

        /** The value in the config. */
        String configName() {
            return configName;
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
}
