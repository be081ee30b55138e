package org.o1api.reasoning.steps;

import org.o1api.reasoning.ClosingPrompt;
import org.o1api.settings.Section;

/**
 * Notes that the gateway adds to the visible reasoning (configuration: {@code notes} and {@code presets.*.notes}).
 *
 * @param loop the reasoning ended because the model repeats itself
 * @param context the reasoning ended because the model's context is full
 */
record Notes(String loop, String context) {
    static final Notes DEFAULT = new Notes(
            "The model repeated itself, so the reasoning ends here.",
            "The model's context is full, so the reasoning ends here.");

    /** Reads a section {@code notes}. */
    static Notes read(Section section, Notes fallback) {
        return new Notes(note(section, "loop", fallback.loop), note(section, "context", fallback.context));
    }

    private static String note(Section section, String key, String fallback) {
        String text = section.find(key, ClosingPrompt.TEXT);
        return text == null ? fallback : text;
    }
}
