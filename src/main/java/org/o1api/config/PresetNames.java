package org.o1api.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.o1api.settings.Section;
import org.o1api.settings.ValueType;

/** The names and aliases of all presets, no two of which may be equal. */
final class PresetNames {
    /** As many as the name of a model in a request may have. */
    private static final int LONGEST = 256;

    private final Map<String, String> owners = new LinkedHashMap<>();
    private final List<Alias> aliases = new ArrayList<>();

    /**
     * An alias that is read.
     *
     * @param problem notes a problem at its place in the file
     */
    private record Alias(String name, String preset, Consumer<String> problem) {}

    /** Reads the aliases of a preset. */
    Set<String> readAliases(String preset, Section section) {
        owners.put(preset, "the name of a preset");
        requireShort(preset, section::addProblem);
        Set<String> own = new LinkedHashSet<>();
        section.forEachItem("aliases", ValueType.LINE, "none", (name, problem) -> {
            requireShort(name, problem);
            aliases.add(new Alias(name, preset, problem));
            own.add(name);
        });
        return own;
    }

    private static void requireShort(String name, Consumer<String> problem) {
        if (name.length() > LONGEST) {
            problem.accept("the name has " + name.length() + " characters, allowed: at most " + LONGEST);
        }
    }

    /** Reports each alias that is already in use. Call it after all presets have been read. */
    void reportDuplicates() {
        for (Alias alias : aliases) {
            String other = owners.putIfAbsent(alias.name, "an alias of the preset " + alias.preset);
            if (other != null) {
                alias.problem.accept("is already " + other + ", allowed: a name that no other preset or alias uses");
            }
        }
    }

    boolean contains(String name) {
        return owners.containsKey(name);
    }
}
