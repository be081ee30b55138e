package org.o1api.reasoning.steps;

import java.util.regex.Pattern;
import org.o1api.reasoning.ClosingPrompt;
import org.o1api.settings.Section;

/**
 * Notes that the gateway adds to the visible reasoning (configuration: {@code notes} and {@code presets.*.notes}).
 *
 * @param loop the reasoning ended because the model repeats itself
 * @param context the reasoning ended because the model's context is full
 * @param retry a step ended and is repeated; {@code {reason}} stands for why, an English sentence
 * @param incomplete a step broke off and the answer is based on the steps before it; {@code {reason}} as in {@code retry}
 */
record Notes(String loop, String context, String retry, String incomplete) {
    private static final String REASON = "{reason}";
    private static final Pattern SENTENCE = Pattern.compile("(?s).*[.!?\u2026\u3002\uff01\uff1f]");

    static final Notes DEFAULT = new Notes(
            "The model repeated itself, so the reasoning ends here.",
            "The model's context is full, so the reasoning ends here.",
            REASON + " Retrying this step.",
            REASON + " Answering from the previous steps.");

    /** Reads a section {@code notes}. */
    static Notes read(Section section, Notes fallback) {
        return new Notes(
                note(section, "loop", fallback.loop),
                note(section, "context", fallback.context),
                note(section, "retry", fallback.retry),
                note(section, "incomplete", fallback.incomplete));
    }

    private static String note(Section section, String key, String fallback) {
        String text = section.find(key, ClosingPrompt.TEXT);
        return text == null ? fallback : text;
    }

    /** Returns the note that a step is repeated. */
    String retryAfter(String reason) {
        return withReason(retry, reason);
    }

    /** Returns the note that a step is repeated because the context is full: the note about that comes first, as it is configured. */
    String retryAfterContext() {
        return (sentence(context) + " " + withReason(retry, "")).strip();
    }

    /** Returns the note that the answer is based on the steps before this one. */
    String incompleteAfter(String reason) {
        return withReason(incomplete, reason);
    }

    private static String withReason(String note, String reason) {
        return note.replace(REASON, reason.isEmpty() ? "" : sentence(reason)).strip();
    }

    private static String sentence(String text) {
        return SENTENCE.matcher(text).matches() ? text : text + ".";
    }
}
