package org.o1api.model;

import java.util.Set;

/**
 * Who sends a request.
 *
 * @param name as the config names the key; fit for the log
 * @param presets the presets that the caller may use; empty: all of them
 */
public record Caller(String name, Set<String> presets) {
    /** The name of the request property that holds the caller. */
    public static final String PROPERTY = "org.o1api.caller";

    public Caller {
        presets = Set.copyOf(presets);
    }

    public boolean mayUse(String preset) {
        return presets.isEmpty() || presets.contains(preset);
    }
}
