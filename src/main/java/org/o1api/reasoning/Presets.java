package org.o1api.reasoning;

import java.util.Collection;
import java.util.Collections;
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
    private final Preset standard;
    private final boolean anyName;

    /**
     * The presets of a config.
     *
     * @param presets at least one, in the config's order
     * @param standard the name of the preset that answers where none is asked for; the first one where there is none such
     * @param anyName whether an unknown name is answered by the standard preset too
     */
    public Presets(List<Preset> presets, @Nullable String standard, boolean anyName) {
        presets.forEach(preset -> byName.put(preset.name(), preset));
        Preset named = standard == null ? null : byName.get(standard);
        this.standard = named != null ? named : presets.get(0);
        this.anyName = anyName;
    }

    /**
     * The preset that a caller asks for.
     *
     * @param name null: the standard one, or where the caller may not use that the first one that the caller may
     * @param allowed which presets the caller may use
     */
    public Optional<Preset> find(@Nullable String name, Predicate<String> allowed) {
        if (name == null) {
            return Stream.concat(Stream.of(standard), byName.values().stream())
                    .filter(preset -> allowed.test(preset.name()))
                    .findFirst();
        }
        Preset preset = byName.get(name);
        return Optional.ofNullable(preset == null && anyName ? standard : preset)
                .filter(found -> allowed.test(found.name()));
    }

    public Collection<Preset> all() {
        return Collections.unmodifiableCollection(byName.values());
    }
}
