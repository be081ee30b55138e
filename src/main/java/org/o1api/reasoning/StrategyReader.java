package org.o1api.reasoning;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.o1api.settings.Section;
import org.o1api.settings.ValueType;

/** Reads the strategies of presets, and reports the settings of strategies that a preset does not use. */
final class StrategyReader {
    static final String KEY = "strategy";
    private static final String CHOICES = "strategies";
    /** The strategy of pro mode, unless another one is configured. */
    private static final String PRO = "vote";

    private final List<StrategyType> types;
    private final Map<String, Function<Section, Strategy>> readers = new LinkedHashMap<>();
    private final ValueType<String> name;

    /**
     * Creates a reader.
     *
     * @param types the known strategies, the default first
     * @param root the whole file
     */
    StrategyReader(List<StrategyType> types, Section root) {
        this.types = types;
        types.forEach(type -> readers.put(type.name(), type.reader(root)));
        name = ValueType.oneOf(readers.keySet(), Function.identity());
    }

    /** Reads the strategies of a preset. */
    PresetStrategies read(Section preset) {
        int problemsBefore = preset.problemCount();
        String main = preset.get(KEY, name, types.get(0).name());
        return read(preset, main, choices(preset), preset.problemCount() == problemsBefore);
    }

    private Set<String> choices(Section preset) {
        return preset.set(CHOICES, name, "none");
    }

    /**
     * Reads the strategies of a preset in pro mode.
     *
     * @param pro the preset's section {@code pro}
     * @param standard the strategies in standard mode; its main one can be chosen in pro mode, too
     */
    PresetStrategies readPro(Section pro, PresetStrategies standard) {
        int problemsBefore = pro.problemCount();
        String main = pro.get(KEY, name, readers.containsKey(PRO) ? PRO : standard.main());
        Set<String> choices = new LinkedHashSet<>();
        choices.add(standard.main());
        choices.addAll(choices(pro));
        return read(pro, main, choices, standard.valid() && pro.problemCount() == problemsBefore);
    }

    private PresetStrategies read(Section section, String main, Set<String> choices, boolean valid) {
        Map<String, Strategy> byName = new LinkedHashMap<>();
        Stream.concat(Stream.of(main), choices.stream())
                .distinct()
                .forEach(choice -> byName.put(
                        choice, Objects.requireNonNull(readers.get(choice)).apply(section)));
        return new PresetStrategies(main, byName, valid);
    }

    /**
     * Reports the settings that none of a preset's strategies reads.
     *
     * @param preset its section may contain settings of the strategies in pro mode, and its section {@code pro} those that can be
     *     chosen there
     */
    void rejectOtherSettings(Section preset, PresetStrategies standard, Section pro, PresetStrategies inPro) {
        if (standard.valid() && inPro.valid()) {
            Set<String> used = new LinkedHashSet<>(standard.byName().keySet());
            used.addAll(inPro.byName().keySet());
            rejectOtherSettings(preset, used);
            rejectOtherSettings(pro, inPro.byName().keySet());
        }
    }

    private void rejectOtherSettings(Section section, Set<String> used) {
        Set<String> readOrReported = types.stream()
                .filter(type -> used.contains(type.name()))
                .flatMap(type -> type.keys().stream())
                .collect(Collectors.toCollection(HashSet::new));
        String names = String.join(", ", used);
        String allowed = used.size() == 1 ? "strategy, which is " + names : "strategies, which are " + names;
        for (StrategyType other : types) {
            other.keys().stream()
                    .filter(key -> section.contains(key) && readOrReported.add(key))
                    .forEach(key -> section.addProblem(
                            key,
                            "belongs to the strategy " + other.name() + ", allowed: settings of this preset's "
                                    + allowed));
        }
    }
}
