package org.o1api.reasoning;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Budget;
import org.o1api.model.Effort;
import org.o1api.model.PriceList;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.UsageReport;
import org.o1api.reasoning.Preset.History;
import org.o1api.reasoning.Preset.ShownSteps;
import org.o1api.settings.Section;
import org.o1api.settings.ValueType;

/** Reads the presets: those under {@code presets}, otherwise one of {@code default_model}. */
public final class PresetReader {
    private static final String DEMO_MODEL = "o1-demo";
    /** In pro mode the budget is this many times the preset's. */
    private static final int PRO_BUDGET = 4;

    private static final String PRO = "pro";
    /** The keys of a section {@code pro} that do not have the preset's value by default. */
    private static final Set<String> PRO_KEYS = Set.of(StrategyReader.KEY, "budget");

    private static final String NOTES = "notes";

    /** A value of {@code reasoning_format}. */
    public static final ValueType<ReasoningFormat> REASONING_FORMAT =
            ValueType.oneOf(List.of(ReasoningFormat.values()), ReasoningFormat::wireName);

    /** A value of {@code usage}. */
    public static final ValueType<UsageReport> USAGE_REPORT =
            ValueType.oneOf(List.of(UsageReport.values()), UsageReport::wireName);

    private static final ValueType<ShownSteps> SHOWN_STEPS =
            ValueType.oneOf(List.of(ShownSteps.values()), ShownSteps::configName);

    private static final ValueType<Effort> EFFORT = ValueType.oneOf(List.of(Effort.values()), Effort::wireName);

    private final StrategyReader strategies;
    private final Collection<String> upstreams;
    private final StepHeading stepHeading;
    private final BudgetReader budgets = new BudgetReader();
    private final PresetNames names = new PresetNames();
    private final Set<String> presetsWithoutModel = new HashSet<>();
    private final Set<String> proWithModel = new HashSet<>();

    private PresetReader(Collection<String> upstreams, List<StrategyType> types, Section root) {
        this.upstreams = upstreams;
        this.strategies = new StrategyReader(types, root);
        stepHeading = root.section(NOTES, notes -> StepHeading.read(notes, StepHeading.DEFAULT));
    }

    /**
     * Reads the presets. If the file has none, there is one that serves any model name.
     *
     * @param root the whole file
     * @param upstreams the names that presets may use, the default first; at least one
     * @param types the known strategies, the default first
     * @param prices what the upstreams' models cost
     * @param model the value of {@code default_model}
     * @param modelRequired whether the file must have presets or {@code default_model}
     */
    public static Presets read(
            Section root,
            Collection<String> upstreams,
            List<StrategyType> types,
            PriceList prices,
            @Nullable String model,
            boolean modelRequired) {
        PresetReader reader = new PresetReader(upstreams, types, root);
        Map<String, Preset> named = root.sections("presets", reader::preset);
        if (!named.isEmpty()) {
            reader.names.reportDuplicates();
            List<Preset> presets = reader.withModels(named.values(), model);
            presets.forEach(preset -> reader.budgets.checkCost(preset, prices));
            return new Presets(presets, model, false);
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
                .map(preset -> presetsWithoutModel.contains(preset.name()) ? withModel(preset, model) : preset)
                .toList();
    }

    /** Sets the model of a preset, also in pro mode unless that has a model of its own. */
    private Preset withModel(Preset preset, String model) {
        Preset changed = preset.withModel(model);
        Preset.Pro pro = preset.pro();
        return pro == null || proWithModel.contains(preset.name())
                ? changed
                : changed.withPro(new Preset.Pro(pro.preset().withModel(model), pro.listed()));
    }

    private Preset preset(String name, Section section) {
        if (section.find("model", ValueType.LINE) == null) {
            presetsWithoutModel.add(name);
        }
        Set<String> aliases = names.readAliases(name, section);
        PresetStrategies chosen = strategies.read(section);
        Preset preset = preset(name, aliases, section, chosen, Budget.DEFAULT);
        boolean listed = section.contains(PRO);
        return section.overlay(PRO, PRO_KEYS, pro -> {
            PresetStrategies chosenInPro = strategies.readPro(pro, chosen);
            strategies.rejectOtherSettings(section, chosen, pro, chosenInPro);
            if (pro.contains("model")) {
                proWithModel.add(name);
            }
            Budget budget = preset.budget().times(PRO_BUDGET);
            return preset.withPro(new Preset.Pro(preset(name, aliases, pro, chosenInPro, budget), listed));
        });
    }

    private Preset preset(
            String name, Set<String> aliases, Section section, PresetStrategies chosen, Budget defaultBudget) {
        Set<String> named = section.oneOrMore("upstream", ValueType.reference("the name of an upstream", upstreams));
        String model = section.find("model", ValueType.LINE);
        return new Preset(
                name,
                aliases,
                named.isEmpty() ? List.of(upstreams.iterator().next()) : List.copyOf(named),
                model == null ? name : model,
                chosen.strategy(),
                chosen.byName(),
                section.section("budget", budget -> budgets.read(budget, defaultBudget)),
                section.section("history", PresetReader::history),
                section.get("show", SHOWN_STEPS, ShownSteps.CONCLUSIONS),
                section.section(NOTES, notes -> StepHeading.read(notes, stepHeading)),
                section.find("reasoning_format", REASONING_FORMAT),
                section.find("usage", USAGE_REPORT),
                section.find("model_effort", EFFORT),
                null);
    }

    private static History history(Section section) {
        History fallback = History.DEFAULT;
        return new History(
                section.get("tokens", ValueType.integer(1, 100_000_000), fallback.tokens()),
                section.get("reasoning", ValueType.BOOLEAN, fallback.reasoning()));
    }
}
