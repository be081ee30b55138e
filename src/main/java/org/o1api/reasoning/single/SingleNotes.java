package org.o1api.reasoning.single;

import org.jspecify.annotations.Nullable;
import org.o1api.reasoning.ClosingPrompt;
import org.o1api.settings.Section;

/**
 * The gateway's own words in the visible reasoning (configuration: {@code presets.*.single.notes}).
 *
 * @param loop the reasoning ended because the model repeats itself
 * @param retry the reply broke off and the call is repeated; {@code {reason}} stands for why, an English sentence
 */
record SingleNotes(String loop, String retry) {
    private static final String REASON = "{reason}";

    static final SingleNotes DEFAULT =
            new SingleNotes("The model repeated itself, so the reasoning ends here.", REASON + " Retrying.");

    static SingleNotes read(Section section) {
        return new SingleNotes(note(section, "loop", DEFAULT.loop), note(section, "retry", DEFAULT.retry));
    }

    private static String note(Section section, String key, String fallback) {
        @Nullable String text = section.find(key, ClosingPrompt.TEXT);
        return text == null ? fallback : text;
    }

    String retryAfter(String reason) {
        return retry.replace(REASON, reason).strip();
    }
}
