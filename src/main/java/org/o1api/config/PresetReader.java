package org.o1api.config;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.o1api.reasoning.Notes;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Preset.Budget;
import org.o1api.reasoning.Preset.History;
import org.o1api.reasoning.Preset.Steps;
import org.o1api.reasoning.Presets;
import org.o1api.reasoning.StepPrompts;
import org.o1api.settings.Section;
import org.o1api.settings.ValueType;

/** Reads the presets: those under {@code presets}, otherwise one of {@code default_model}. */
final class PresetReader {
    private static final String DEMO_MODEL = "o1-demo";
    private static final String STEPS = "steps";
    private static final ValueType<String> STRATEGY = ValueType.oneOf(List.of(STEPS), Function.identity());
    private static final ValueType<String> STEP_PROMPT = ValueType.multiline(
            "text that mentions next_action, the field that ends the reasoning", text -> text.contains("next_action"));
    private static final ValueType<String> PROMPT = ValueType.multiline("non-blank text", text -> true);

    private final Collection<String> upstreams;
    private final String defaultUpstream;
    private final StepPrompts prompts;
    private final Notes notes;
    private final PresetNames names = new PresetNames();
    private final Set<String> presetsWithoutModel = new HashSet<>();

    private PresetReader(Collection<String> upstreams, StepPrompts prompts, Notes notes) {
        this.upstreams = upstreams.isEmpty() ? List.of(Config.DEFAULT_UPSTREAM) : List.copyOf(upstreams);
        this.defaultUpstream = this.upstreams.contains(Config.DEFAULT_UPSTREAM)
                ? Config.DEFAULT_UPSTREAM
                : this.upstreams.iterator().next();
        this.prompts = prompts;
        this.notes = notes;
    }

    /** Reads the presets. If the file has none, there is one that serves any model name. */
    static Presets read(Section root, Collection<String> upstreams, @Nullable String model) {
        StepPrompts prompts = root.section("prompts", section -> prompts(section, StepPrompts.DEFAULT));
        PresetReader reader =
                new PresetReader(upstreams, prompts, root.section("notes", section -> notes(section, Notes.DEFAULT)));
        Map<String, Preset> named = root.sections("presets", reader::preset);
        if (!named.isEmpty()) {
            reader.names.reportDuplicates();
            return new Presets(reader.withModels(named.values(), model), model, false);
        }
        if (model == null && !upstreams.isEmpty()) {
            root.addProblem(
                    "default_model", "is missing, allowed: the name of the provider's model, or presets instead");
        }
        return new Presets(List.of(reader.defaultPreset(model == null ? DEMO_MODEL : model)), null, true);
    }

    private Preset defaultPreset(String name) {
        return new Preset(
                name,
                Set.of(),
                List.of(defaultUpstream),
                name,
                STEPS,
                Steps.DEFAULT,
                Budget.DEFAULT,
                prompts,
                notes,
                History.DEFAULT,
                null,
                null);
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
                named.isEmpty() ? List.of(defaultUpstream) : List.copyOf(named),
                model == null ? name : model,
                section.get("strategy", STRATEGY, STEPS),
                section.section("steps", PresetReader::steps),
                section.section("budget", PresetReader::budget),
                section.section("prompts", own -> prompts(own, prompts)),
                section.section("notes", own -> notes(own, notes)),
                section.section("history", PresetReader::history),
                section.find("reasoning_format", ConfigReader.REASONING_FORMAT),
                section.find("usage", ConfigReader.USAGE_REPORT));
    }

    private static Steps steps(Section section) {
        ValueType<Long> count = ValueType.integer(0, 100);
        Long configuredMin = section.find("min", count, Steps.DEFAULT.min() + ", or max if that is less");
        long max = section.get("max", count, (long) Steps.DEFAULT.max());
        long min = configuredMin == null ? Math.min(Steps.DEFAULT.min(), max) : configuredMin;
        if (min > max) {
            section.addProblem("min", "found " + min + ", allowed: at most max, which is " + max);
            return Steps.DEFAULT;
        }
        Steps fallback = Steps.DEFAULT;
        return new Steps(
                (int) min,
                (int) max,
                section.get("after_tools", count, (long) fallback.afterTools()).intValue(),
                section.get("tokens", ValueType.integer(1, 1_000_000), (long) fallback.tokens())
                        .intValue(),
                section.get("loop_detection", ValueType.BOOLEAN, fallback.loopDetection()));
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

    private static StepPrompts prompts(Section section, StepPrompts fallback) {
        return new StepPrompts(
                prompt(section, "step", STEP_PROMPT, fallback.step()),
                prompt(section, "next", PROMPT, fallback.next()),
                prompt(section, "check", PROMPT, fallback.check()),
                prompt(section, "answer", PROMPT, fallback.answer()));
    }

    private static Notes notes(Section section, Notes fallback) {
        return new Notes(
                prompt(section, "loop", PROMPT, fallback.loop()),
                prompt(section, "context", PROMPT, fallback.context()));
    }

    private static String prompt(Section section, String key, ValueType<String> type, String fallback) {
        String text = section.find(key, type);
        return text == null ? fallback : text;
    }
}
