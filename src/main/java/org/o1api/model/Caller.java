package org.o1api.model;

import java.util.Set;

/**
 * The authenticated sender of a request.
 *
 * @param name the configured name of the API key; may be logged
 * @param presets names of the presets that the caller may use; empty: all
 * @param budget limits of each turn, in addition to the preset's
 */
public record Caller(String name, Set<String> presets, Budget.Limits budget) {
    /** The request property that holds the caller. */
    public static final String PROPERTY = "org.o1api.caller";

    public Caller {
        presets = Set.copyOf(presets);
    }

    /** A caller whose turns are limited only by their presets. */
    public Caller(String name, Set<String> presets) {
        this(name, presets, Budget.Limits.NONE);
    }

    public boolean mayUse(String preset) {
        return presets.isEmpty() || presets.contains(preset);
    }
}
