package org.o1api.reasoning;

/**
 * What the gateway itself says within the reasoning that a client sees.
 *
 * @param loop the reasoning has ended because the model repeated itself
 * @param context the reasoning has ended because the model's context is full
 */
public record Notes(String loop, String context) {
    public static final Notes DEFAULT = new Notes(
            "The model repeated itself, so the reasoning ends here.",
            "The model's context is full, so the reasoning ends here.");
}
