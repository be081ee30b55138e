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

/** The models that callers can ask for. */
public final class Presets {
    private final Map<String, Preset> byName = new LinkedHashMap<>();
    private final Map<String, Preset> byAlias = new HashMap<>();
    private final Preset defaultPreset;
    private final boolean acceptsAnyName;

    /**
     * The presets of a config.
     *
     * @param presets at least one, in the config's order; no two names or aliases are equal
     * @param defaultName a name or alias of the preset that answers requests without a model; if none has it, the first preset does
     * @param acceptAnyName whether the standard preset answers to unknown names too
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
     * The preset that a caller asks for.
     *
     * @param name its name or an alias; null: the standard one, or if the caller may not use that, the first one that the caller may
     * @param allowed which presets the caller may use, by their names; their aliases too
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

    /** The preset with this name or alias. */
    public Optional<Preset> named(String name) {
        Preset preset = byName.get(name);
        return Optional.ofNullable(preset == null ? byAlias.get(name) : preset);
    }

    /** All presets in the config's order, each once. */
    public Collection<Preset> all() {
        return Collections.unmodifiableCollection(byName.values());
    }
}
