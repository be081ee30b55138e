package org.o1api.reasoning;

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

/** The configured presets. */
public final class Presets {
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
     * Finds the preset for a request.
     *
     * @param name a name or alias; null: the default preset or, if the caller may not use it, the first one that the caller may
     *     use
     * @param allowed whether the caller may use the preset of this name
     */
    public Optional<Preset> find(@Nullable String name, Predicate<String> allowed) {
        if (name == null) {
            return Stream.concat(Stream.of(defaultPreset), byName.values().stream())
                    .filter(preset -> allowed.test(preset.name()))
                    .findFirst();
        }
        return named(name)
                .or(() -> acceptsAnyName ? Optional.of(defaultPreset) : Optional.empty())
                .filter(found -> allowed.test(found.name()));
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
