package org.o1api.model;

import org.jspecify.annotations.Nullable;

/**
 * What happens in a turn that a client can see: steps, the answer, then {@link Completed}. The live stream, a replay and a stored
 * turn are the same sequence of events; they differ only in where they are.
 */
public sealed interface TurnEvent {
    /** A step starts. Steps are numbered from 1; a number is repeated if the step's reply broke off and the step is retried. */
    record StepStarted(int step) implements TurnEvent {}

    /** The title of a step: at most one, before, between or after the step's text. */
    record StepTitled(int step, String title) implements TurnEvent {}

    /** A piece of a step's text. */
    record StepText(int step, String text) implements TurnEvent {}

    /**
     * A step ends.
     *
     * @param conclusion its result in one line; null: it has none
     */
    record StepEnded(
            int step, StepOutcome outcome, @Nullable String conclusion) implements TurnEvent {
        /** A completed step without a conclusion. */
        public StepEnded(int step) {
            this(step, StepOutcome.COMPLETED, null);
        }
    }

    /** How a step ended. */
    enum StepOutcome {
        COMPLETED,
        /** Its call was ended because its result was no longer needed. */
        CANCELLED,
        FAILED
    }

    /** A piece of the answer. */
    record AnswerText(String text) implements TurnEvent {}

    /** A piece of the text with which the model refuses to answer. */
    record RefusalText(String text) implements TurnEvent {}

    /** An image in the answer, as the provider's JSON. */
    record Image(RawJson json) implements TurnEvent {}

    /** A piece of a tool call in the answer. */
    record ToolCall(Delta.ToolCall piece) implements TurnEvent {}

    /** The answer is complete. The last event; a turn that fails has none. */
    record Completed(FinishReason reason, TurnUsage usage) implements TurnEvent {}
}
