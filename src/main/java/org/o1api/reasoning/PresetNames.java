package org.o1api.reasoning;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.o1api.settings.Section;
import org.o1api.settings.ValueType;

/** Names and aliases of all presets. Each may be used only once. */
final class PresetNames {
    /** The limit of {@code model} in a request. */
    private static final int MAX_LENGTH = 256;

    private final Map<String, String> owners = new LinkedHashMap<>();
    private final List<Alias> aliases = new ArrayList<>();

    /**
     * An alias.
     *
     * @param problem reports a problem at the alias's place in the file
     */
    private record Alias(String name, String preset, Consumer<String> problem) {}

    /** Reads the aliases of a preset and reserves its name. */
    Set<String> readAliases(String preset, Section section) {
        owners.put(preset, "the name of a preset");
        checkLength(preset, section::addProblem);
        Set<String> names = new LinkedHashSet<>();
        section.forEachItem("aliases", ValueType.LINE, "none", (name, problem) -> {
            checkLength(name, problem);
            aliases.add(new Alias(name, preset, problem));
            names.add(name);
        });
        return names;
    }

    private static void checkLength(String name, Consumer<String> problem) {
        if (name.length() > MAX_LENGTH) {
            problem.accept("the name has " + name.length() + " characters, allowed: at most " + MAX_LENGTH);
        }
    }

    /** Reports each alias that is already in use. Call this after all presets have been read. */
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
