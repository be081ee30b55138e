package org.o1api.reasoning;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Budget;
import org.o1api.model.Effort;
import org.o1api.model.Mode;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.UsageReport;

/**
 * A model that the gateway offers: a named combination of provider model, strategy and limits. Callers select it by the
 * request's {@code model}.
 *
 * @param aliases other names that requests may use; not listed by {@code /v1/models}
 * @param upstreams names of the upstreams, at least one; each is the fallback of the one before
 * @param model the provider's name of the model
 * @param strategy the reasoning strategy with its settings, if a request names none
 * @param strategies the strategies that a request can choose, by name, the default one included
 * @param history how much of a stored conversation is sent to the model
 * @param show what clients see of steps that run at the same time
 * @param stepHeading the heading of each step that clients see
 * @param reasoningFormat where replies show the reasoning; null: the gateway's default
 * @param usage what a reply's usage reports; null: the gateway's default
 * @param modelEffort how much the model itself should reason, for models that take an effort; null: the provider's default
 * @param pro the same preset in pro mode; null: this is a preset in pro mode
 */
public record Preset(
        String name,
        Set<String> aliases,
        List<String> upstreams,
        String model,
        Strategy strategy,
        Map<String, Strategy> strategies,
        Budget budget,
        History history,
        ShownSteps show,
        StepHeading stepHeading,
        @Nullable ReasoningFormat reasoningFormat,
        @Nullable UsageReport usage,
        @Nullable Effort modelEffort,
        @Nullable Pro pro) {
    public Preset {
        aliases = Set.copyOf(aliases);
        upstreams = List.copyOf(upstreams);
        strategies = Collections.unmodifiableMap(new LinkedHashMap<>(strategies));
    }

    /** Returns a copy with another upstream model. */
    Preset withModel(String other) {
        return withModelAndPro(other, pro);
    }

    /** Returns a copy with other settings for pro mode. */
    Preset withPro(Pro other) {
        return withModelAndPro(model, other);
    }

    private Preset withModelAndPro(String otherModel, @Nullable Pro otherPro) {
        return new Preset(
                name,
                aliases,
                upstreams,
                otherModel,
                strategy,
                strategies,
                budget,
                history,
                show,
                stepHeading,
                reasoningFormat,
                usage,
                modelEffort,
                otherPro);
    }

    /** The preset in a mode. */
    public Preset inMode(Mode mode) {
        return mode == Mode.PRO && pro != null ? pro.preset() : this;
    }

    /**
     * The strategy for a request.
     *
     * @param choice the name of the strategy that the request chooses; null: the preset's
     * @param effort null: according to the preset
     * @return empty if the preset does not offer the choice
     */
    public Optional<Strategy> strategy(@Nullable String choice, @Nullable Effort effort) {
        Strategy chosen = choice == null ? strategy : strategies.get(choice);
        return Optional.ofNullable(chosen).map(found -> effort == null ? found : found.withEffort(effort));
    }

    /**
     * A preset in pro mode.
     *
     * @param listed whether {@code /v1/models} lists it, because the preset has a section {@code pro}
     */
    public record Pro(Preset preset, boolean listed) {}

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
