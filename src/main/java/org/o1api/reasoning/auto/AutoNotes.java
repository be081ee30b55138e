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
                section.get("judge", ClosingPrompt.TEXT, DEFAULT.judge),
                section.get("same", ClosingPrompt.TEXT, DEFAULT.same),
                section.get("different", ClosingPrompt.TEXT, DEFAULT.different),
                section.get("failed", ClosingPrompt.TEXT, DEFAULT.failed));
    }
}
