package org.o1api.reasoning;

/**
 * Notes that the gateway adds to the visible reasoning (configuration: {@code notes} and {@code presets.*.notes}).
 *
 * @param loop the reasoning ended because the model repeats itself
 * @param context the reasoning ended because the model's context is full
 */
public record Notes(String loop, String context) {
    public static final Notes DEFAULT = new Notes(
            "The model repeated itself, so the reasoning ends here.",
            "The model's context is full, so the reasoning ends here.");
}
