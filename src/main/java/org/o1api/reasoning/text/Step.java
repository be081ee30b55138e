package org.o1api.reasoning.text;

import org.jspecify.annotations.Nullable;

/**
 * The result of reading the reply to a step's call.
 *
 * @param nextAction null if missing or unknown
 * @param malformed whether the reply contains no complete step: no JSON object, one that is truncated or invalid, or one with
 *     neither title nor content
 */
public record Step(@Nullable NextAction nextAction, boolean malformed) {
    /** What the model wants to do next. */
    public enum NextAction {
        CONTINUE,
        FINAL_ANSWER
    }

    /** Whether the model wants to give the final answer. Without a next action the reasoning continues. */
    public boolean concludes() {
        return nextAction == NextAction.FINAL_ANSWER;
    }
}
