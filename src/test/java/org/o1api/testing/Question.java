package org.o1api.testing;

import org.jspecify.annotations.Nullable;

/**
 * A request for an answer, in no API's terms.
 *
 * @param effort the reasoning effort; null: that of the preset
 * @param model the preset; null: the default one
 * @param conversation the conversation that it continues, in APIs that have conversations; null: none
 */
public record Question(
        String text,
        @Nullable String effort,
        @Nullable String model,
        @Nullable String conversation) {
    /** A question with the preset's reasoning. */
    public static Question of(String text) {
        return new Question(text, null, null, null);
    }

    /** A question that is answered without reasoning. */
    public static Question withoutReasoning(String text) {
        return of(text).withEffort("none");
    }

    public Question withText(String value) {
        return new Question(value, effort, model, conversation);
    }

    public Question withEffort(String value) {
        return new Question(text, value, model, conversation);
    }

    public Question withModel(String name) {
        return new Question(text, effort, name, conversation);
    }

    public Question inConversation(String id) {
        return new Question(text, effort, model, id);
    }
}
