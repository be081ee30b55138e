package org.o1api.reasoning.vote;

import org.jspecify.annotations.Nullable;
import org.o1api.reasoning.ClosingPrompt;
import org.o1api.settings.Section;

/**
 * The gateway's own words in the visible reasoning of a vote (configuration: {@code presets.*.vote.notes}).
 *
 * @param sample the title of a sample; {@code {number}} stands for its number, from 1
 * @param decided the last line of a sample that was cancelled because the vote was decided
 * @param incomplete the last line of a sample that ended before its answer
 */
record VoteNotes(String sample, String decided, String incomplete) {
    static final VoteNotes DEFAULT =
            new VoteNotes("Sample {number}", "Cancelled, because the vote was decided.", "It ended before its answer.");

    private static final String NUMBER = "{number}";

    static VoteNotes read(Section section) {
        return new VoteNotes(
                note(section, "sample", DEFAULT.sample),
                note(section, "decided", DEFAULT.decided),
                note(section, "incomplete", DEFAULT.incomplete));
    }

    private static String note(Section section, String key, String fallback) {
        @Nullable String text = section.find(key, ClosingPrompt.TEXT);
        return text == null ? fallback : text;
    }

    String title(int number) {
        return sample.replace(NUMBER, Integer.toString(number));
    }
}
