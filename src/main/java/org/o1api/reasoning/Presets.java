package org.o1api.reasoning;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Mode;

/** The configured presets. */
public final class Presets {
    /** A preset's name with this suffix is the preset in pro mode. */
    public static final String PRO_SUFFIX = "-pro";

    private final Map<String, Preset> byName = new LinkedHashMap<>();
    private final Map<String, Preset> byAlias = new HashMap<>();
    private final Preset defaultPreset;
    private final boolean acceptsAnyName;

    /**
     * Creates the presets of a configuration.
     *
     * @param presets at least one, in configuration order; names and aliases are unique
     * @param defaultName the name or alias of the default preset, used for requests without a model; if no preset has it, the
     *     first preset is the default
     * @param acceptAnyName whether requests with an unknown model get the default preset
     */
    public Presets(List<Preset> presets, @Nullable String defaultName, boolean acceptAnyName) {
        for (Preset preset : presets) {
            byName.put(preset.name(), preset);
            preset.aliases().forEach(alias -> byAlias.put(alias, preset));
        }
        this.defaultPreset =
                Optional.ofNullable(defaultName).flatMap(this::named).orElse(presets.get(0));
        this.acceptsAnyName = acceptAnyName;
    }

    /**
     * A preset and how it is used.
     *
     * @param preset the settings in this mode
     */
    public record Choice(Preset preset, Mode mode) {
        private static Choice of(Preset preset, Mode mode) {
            return new Choice(preset.inMode(mode), mode);
        }

        /** The same preset in pro mode. */
        public Choice inProMode() {
            return of(preset, Mode.PRO);
        }
    }

    /**
     * Finds the preset for a request.
     *
     * @param name a name or alias, possibly with {@link #PRO_SUFFIX}; null: the default preset or, if the caller may not use it, the
     *     first one that the caller may use
     * @param allowed whether the caller may use the preset of this name
     */
    public Optional<Choice> find(@Nullable String name, Predicate<String> allowed) {
        if (name == null) {
            return Stream.concat(Stream.of(defaultPreset), byName.values().stream())
                    .filter(preset -> allowed.test(preset.name()))
                    .findFirst()
                    .map(preset -> Choice.of(preset, Mode.STANDARD));
        }
        return choice(name)
                .or(() -> acceptsAnyName ? Optional.of(Choice.of(defaultPreset, Mode.STANDARD)) : Optional.empty())
                .filter(found -> allowed.test(found.preset().name()));
    }

    /** Finds a preset by name or alias, or by one of them with {@link #PRO_SUFFIX}, unless that is itself a name or an alias. */
    public Optional<Choice> choice(String name) {
        return named(name).map(preset -> Choice.of(preset, Mode.STANDARD)).or(() -> inProMode(name));
    }

    private Optional<Choice> inProMode(String name) {
        return name.endsWith(PRO_SUFFIX)
                ? named(name.substring(0, name.length() - PRO_SUFFIX.length()))
                        .map(preset -> Choice.of(preset, Mode.PRO))
                : Optional.empty();
    }

    /** The names that a caller can request, as far as they are listed: those of presets, also in pro mode if it is configured. */
    public List<String> listedNames(Predicate<String> allowed) {
        List<String> names = new ArrayList<>();
        for (Preset preset : byName.values()) {
            if (allowed.test(preset.name())) {
                names.add(preset.name());
                String pro = preset.name() + PRO_SUFFIX;
                if (preset.pro() != null && preset.pro().listed() && named(pro).isEmpty()) {
                    names.add(pro);
                }
            }
        }
        return names;
    }

    /** Finds a preset by name or alias. */
    public Optional<Preset> named(String name) {
        Preset preset = byName.get(name);
        return Optional.ofNullable(preset == null ? byAlias.get(name) : preset);
    }

    /** All presets in configuration order. */
    public Collection<Preset> all() {
        return Collections.unmodifiableCollection(byName.values());
    }
}
