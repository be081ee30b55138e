package org.o1api.reasoning.strategy;

import org.jspecify.annotations.Nullable;

/**
 * What a model's reply to one step call came to.
 *
 * @param title null where the model gave none
 * @param text all that was shown of it
 * @param nextAction null where the model said nothing known
 * @param malformed whether no step could be read whole: no JSON object, one that is cut or makes no sense, or one with
 *     neither title nor content
 */
record Step(@Nullable String title, String text, @Nullable NextAction nextAction, boolean malformed) {
    /** What the model wants to do next. */
    enum NextAction {
        CONTINUE,
        FINAL_ANSWER
    }

    /** Whether the model has thought enough; one that does not say goes on. */
    boolean concludes() {
        return nextAction == NextAction.FINAL_ANSWER;
    }
}
