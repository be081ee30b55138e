package org.o1api.reasoning.auto;

import org.o1api.reasoning.ClosingPrompt;
import org.o1api.settings.Section;

/**
 * The gateway's own words in the visible reasoning (configuration: {@code presets.*.auto.notes}).
 *
 * @param judge the title of the step that compares two samples
 * @param same its text if they say the same
 * @param different its text otherwise
 * @param failed its text if there was no comparison
 */
record AutoNotes(String judge, String same, String different, String failed) {
    static final AutoNotes DEFAULT = new AutoNotes(
            "Comparison",
            "Both samples say the same.",
            "The samples say different things.",
            "The comparison has failed, so the samples count as different.");

    static AutoNotes read(Section section) {
        return new AutoNotes(
                note(section, "judge", DEFAULT.judge),
                note(section, "same", DEFAULT.same),
                note(section, "different", DEFAULT.different),
                note(section, "failed", DEFAULT.failed));
    }

    private static String note(Section section, String key, String fallback) {
        String text = section.find(key, ClosingPrompt.TEXT);
        return text == null ? fallback : text;
    }
}
