package org.o1api.reasoning;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Budget;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.UsageReport;
import org.o1api.reasoning.Preset.History;
import org.o1api.reasoning.Preset.ShownSteps;
import org.o1api.settings.Section;
import org.o1api.settings.ValueType;

/** Reads the presets: those under {@code presets}, otherwise one of {@code default_model}. */
public final class PresetReader {
    private static final String DEMO_MODEL = "o1-demo";
    private static final String STRATEGY = "strategy";

    /** A value of {@code reasoning_format}. */
    public static final ValueType<ReasoningFormat> REASONING_FORMAT =
            ValueType.oneOf(List.of(ReasoningFormat.values()), ReasoningFormat::wireName);

    /** A value of {@code usage}. */
    public static final ValueType<UsageReport> USAGE_REPORT =
            ValueType.oneOf(List.of(UsageReport.values()), UsageReport::wireName);

    private static final ValueType<ShownSteps> SHOWN_STEPS =
            ValueType.oneOf(List.of(ShownSteps.values()), ShownSteps::configName);

    private final List<StrategyType> types;
    private final Map<String, Function<Section, Strategy>> strategies = new LinkedHashMap<>();
    private final Collection<String> upstreams;
    private final PresetNames names = new PresetNames();
    private final Set<String> presetsWithoutModel = new HashSet<>();

    private PresetReader(Collection<String> upstreams, List<StrategyType> types, Section root) {
        this.upstreams = upstreams;
        this.types = types;
        types.forEach(type -> strategies.put(type.name(), type.reader(root)));
    }

    /**
     * Reads the presets. If the file has none, there is one that serves any model name.
     *
     * @param root the whole file
     * @param upstreams the names that presets may use, the default first; at least one
     * @param types the known strategies, the default first
     * @param model the value of {@code default_model}
     * @param modelRequired whether the file must have presets or {@code default_model}
     */
    public static Presets read(
            Section root,
            Collection<String> upstreams,
            List<StrategyType> types,
            @Nullable String model,
            boolean modelRequired) {
        PresetReader reader = new PresetReader(upstreams, types, root);
        Map<String, Preset> named = root.sections("presets", reader::preset);
        if (!named.isEmpty()) {
            reader.names.reportDuplicates();
            return new Presets(reader.withModels(named.values(), model), model, false);
        }
        if (model == null && modelRequired) {
            root.addProblem(
                    "default_model", "is missing, allowed: the name of the provider's model, or presets instead");
        }
        Preset defaults = reader.preset(model == null ? DEMO_MODEL : model, Section.absent());
        return new Presets(List.of(defaults), null, true);
    }

    /** Sets {@code default_model} in presets without a model, unless it is the name or alias of a preset. */
    private List<Preset> withModels(Collection<Preset> presets, @Nullable String model) {
        if (model == null || names.contains(model)) {
            return List.copyOf(presets);
        }
        return presets.stream()
                .map(preset -> presetsWithoutModel.contains(preset.name()) ? preset.withModel(model) : preset)
                .toList();
    }

    private Preset preset(String name, Section section) {
        Set<String> named = section.oneOrMore("upstream", ValueType.reference("the name of an upstream", upstreams));
        String model = section.find("model", ValueType.LINE);
        if (model == null) {
            presetsWithoutModel.add(name);
        }
        return new Preset(
                name,
                names.readAliases(name, section),
                named.isEmpty() ? List.of(upstreams.iterator().next()) : List.copyOf(named),
                model == null ? name : model,
                strategy(section),
                section.section("budget", PresetReader::budget),
                section.section("history", PresetReader::history),
                section.get("show", SHOWN_STEPS, ShownSteps.CONCLUSIONS),
                section.find("reasoning_format", REASONING_FORMAT),
                section.find("usage", USAGE_REPORT));
    }

    /** Reads the strategy, and reports the keys of the other strategies. */
    private Strategy strategy(Section section) {
        String fallback = types.get(0).name();
        int problemsBefore = section.problemCount();
        String name = section.get(STRATEGY, ValueType.oneOf(strategies.keySet(), Function.identity()), fallback);
        boolean known = section.problemCount() == problemsBefore;
        Strategy strategy = Objects.requireNonNull(strategies.get(name)).apply(section);
        types.stream()
                .filter(type -> !type.name().equals(name))
                .forEach(other -> other.keys().stream()
                        .filter(section::contains)
                        .filter(key -> known)
                        .forEach(key -> section.addProblem(
                                key,
                                "belongs to the strategy " + other.name()
                                        + ", allowed: settings of this preset's strategy, which is " + name)));
        return strategy;
    }

    private static Budget budget(Section section) {
        Budget fallback = Budget.DEFAULT;
        ValueType<Duration> time = ValueType.duration(Duration.ofSeconds(1), Duration.ofHours(24));
        long calls = section.get("calls", ValueType.integer(1, 1000), (long) fallback.calls());
        long retries = section.get("retries", ValueType.integer(0, 100), (long) fallback.retries());
        return new Budget(
                (int) calls,
                section.get("tokens", ValueType.integer(1, 1_000_000_000), fallback.tokens()),
                section.get("time", time, fallback.time()),
                (int) retries);
    }

    private static History history(Section section) {
        History fallback = History.DEFAULT;
        return new History(
                section.get("tokens", ValueType.integer(1, 100_000_000), fallback.tokens()),
                section.get("reasoning", ValueType.BOOLEAN, fallback.reasoning()));
    }
}
